import Glibc

/// A folder of its own, removed with all it holds when the last reference goes.
public final class TemporaryFolder {
  /// Its path, without links in it.
  public let path: String

  /// Makes an empty folder; in memory, where the system has such files, if `isInMemory`: writing to disk takes most of the time of small runs.
  public init(inMemory isInMemory: Bool = false) {
    let parent = isInMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/temper-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("a temporary folder could not be made") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { TestFiles.remove(path) }

  /// The path of `name` in it.
  public func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes `text` to `name` and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) -> String {
    TestFiles.write(Array(text.utf8), to: self(name))
    return self(name)
  }
}

/// Files as tests need them: what goes wrong ends the tests.
public enum TestFiles {
  /// All bytes of a file; nil if there is none.
  public static func bytes(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = Array(repeating: UInt8(0), count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// A file as text; empty if there is none.
  public static func text(_ path: String) -> String { String(decoding: bytes(path) ?? [], as: UTF8.self) }

  /// Replaces a file by `bytes`.
  public static func write(_ bytes: [UInt8], to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    let written = Glibc.write(descriptor, bytes, bytes.count)
    close(descriptor)
    guard descriptor >= 0, written == bytes.count else { fatalError("\(path) could not be written") }
  }

  /// What lies in a folder, sorted; a folder in it ends with a slash.
  public static func names(_ folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(isFolder(folder + "/" + name) ? name + "/" : name) }
    }
    return names.sorted()
  }

  /// Makes a folder.
  public static func makeFolder(_ path: String) { mkdir(path, 0o777) }

  /// Copies a folder of files and folders.
  public static func copy(_ folder: String, to target: String) {
    mkdir(target, 0o777)
    for name in names(folder) {
      if name.hasSuffix("/") {
        copy(folder + "/" + name.dropLast(), to: target + "/" + name.dropLast())
      } else {
        write(bytes(folder + "/" + name) ?? [], to: target + "/" + name)
      }
    }
  }

  /// Removes a file or a folder with all it holds.
  public static func remove(_ path: String) {
    if isFolder(path) {
      chmod(path, 0o777)
      for name in names(path) { remove(path + "/" + (name.hasSuffix("/") ? String(name.dropLast()) : name)) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  /// Whether `path` is a folder and no link to one.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
