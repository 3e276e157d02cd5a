import Glibc
import TemperJSON

extension Diagnostic.Code {
  /// A file or folder could not be written.
  public static let cannotWrite = Diagnostic.Code("E0401", "a file or folder cannot be written")
}

/// Writing of files. Writes are atomic: contents are written under a temporary name, flushed to disk, and renamed.
public enum Files {
  /// Creates a folder with its parents, unless it exists.
  public static func makeFolder(_ path: String) throws(Diagnostics) {
    if path == "/" || isFolder(path) { return }
    try makeFolder(Paths.folder(of: Paths.absolute(path)))
    if mkdir(path, 0o777) != 0, errno != EEXIST || !isFolder(path) { throw failure("cannot create the folder", path) }
  }

  /// Whether `path` is a folder.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether anything exists at `path`.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Writes a file atomically.
  public static func write(_ bytes: [UInt8], to path: String, waitsForDisk: Bool = true) throws(Diagnostics) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(Diagnostics) in
      try write([UnsafeRawBufferPointer(bytes)], to: path, partial: path + ".partial", waitsForDisk: waitsForDisk)
    }
  }

  /// Writes a file from several parts atomically, under the temporary name `partial`. Processes that may write the same file
  /// concurrently must use different names.
  public static func write(
    _ parts: [UnsafeRawBufferPointer], to path: String, partial: String, waitsForDisk: Bool = true
  ) throws(Diagnostics) {
    if isLinkOrDevice(path) { return try writeThrough(parts, to: path) }
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("cannot write", path) }
    let isWritten = parts.allSatisfy { writeAll($0, to: descriptor) } && (!waitsForDisk || fsync(descriptor) == 0)
    let problem = errno
    guard close(descriptor) == 0, isWritten, rename(partial, path) == 0 else {
      if !isWritten { errno = problem }
      let error = failure("cannot write", path)
      unlink(partial)
      throw error
    }
  }

  /// Whether `path` is a link, a device or a pipe, which must not be replaced by a file.
  private static func isLinkOrDevice(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// Writes into what is there, as a shell's redirection does.
  private static func writeThrough(_ parts: [UnsafeRawBufferPointer], to path: String) throws(Diagnostics) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("cannot write", path) }
    let isWritten = parts.allSatisfy { writeAll($0, to: descriptor) }
    let problem = errno
    guard close(descriptor) == 0, isWritten else {
      if !isWritten { errno = problem }
      throw failure("cannot write", path)
    }
  }

  /// Hard-links the file at `twin` as `path` if its content is `bytes`, and returns whether it did.
  static func link(_ twin: String, as path: String, ifItHolds bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty, let file = try? FileBytes(reading: twin), file.storedCount == bytes.count else { return false }
    let isSame = file.withBytes { own in own.count == bytes.count && memcmp(own.baseAddress!, bytes, bytes.count) == 0 }
    return isSame && Glibc.link(twin, path) == 0
  }

  /// Writes a text file atomically.
  public static func write(_ text: String, to path: String) throws(Diagnostics) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes the folder `path` atomically: `fill` gets the name of an empty folder, which is renamed only when all of it is on disk, and
  /// replaces an existing one.
  public static func writeFolder(_ path: String, _ fill: (_ folder: String) throws(Diagnostics) -> Void) throws(Diagnostics) {
    let partial = path + ".partial"
    try remove(partial)
    try makeFolder(partial)
    try fill(partial)
    sync(partial)
    let old = path + ".old"
    try remove(old)
    if exists(path), rename(path, old) != 0 { throw failure("cannot replace", path) }
    guard rename(partial, path) == 0 else { throw failure("cannot write", path) }
    sync(Paths.folder(of: Paths.absolute(path)))
    try remove(old)
  }

  /// Completes what a killed process began in `folder` with ``writeFolder(_:_:)``: a replaced folder without a successor gets its name
  /// back, and the rest is removed.
  public static func finishReplacements(in folder: String) throws(Diagnostics) {
    for name in names(in: folder) {
      let path = folder + "/" + name
      if name.hasSuffix(".partial") { try remove(path) }
      guard name.hasSuffix(".old") else { continue }
      let original = String(path.dropLast(4))
      if exists(original) {
        try remove(path)
      } else if rename(path, original) != 0 {
        throw failure("cannot restore", original)
      }
    }
  }

  /// Removes a file or a folder with its content, if it exists.
  public static func remove(_ path: String) throws(Diagnostics) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { try remove(path + "/" + name) }
      if rmdir(path) != 0 { throw failure("cannot remove", path) }
    } else if unlink(path) != 0 {
      throw failure("cannot remove", path)
    }
  }

  /// The paths of all files in a folder and the folders in it, relative to it and sorted by bytes, but for hidden ones.
  public static func names(below folder: String) -> [String] {
    var (found, open) = ([String](), [""])
    while let prefix = open.popLast() {
      for name in names(in: folder + "/" + prefix) where !name.hasPrefix(".") {
        let path = prefix + name
        if isFolder(folder + "/" + path) { open.append(path + "/") } else { found.append(path) }
      }
    }
    return found.sorted(by: bytesBefore)
  }

  /// The names of the entries of a folder, sorted.
  public static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Throws unless files can be written in `folder`.
  package static func demandWritable(_ folder: String) throws(Diagnostics) {
    guard access(folder, W_OK | X_OK) == 0 else { throw failure("cannot write in the folder", folder) }
  }

  /// Throws `code` if something exists at `path`, where a command is to write its output.
  package static func demandNew(_ path: String, _ code: Diagnostic.Code) throws(Diagnostics) {
    guard exists(path) else { return }
    throw Diagnostics(code, at: .wholeFile(path: path), "the file already exists. Name another with --output, or remove it.")
  }

  /// Writes all bytes to a descriptor, in several calls if necessary; false on failure.
  public static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
  }

  private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// A system error about `path`, from `errno`.
  public static func failure(_ what: String, _ path: String) -> Diagnostics {
    let reason = String(cString: strerror(errno))
    return Diagnostics(.cannotWrite, at: .wholeFile(path: path), "\(what): \(reason). Check the path, permissions and free disk space.")
  }

  private static func sync(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
