import Glibc
import TemperFiles
import TemperJSON

/// A sign of life: a file that a worker holds locked as long as it lives, so that other processes, also on other hosts of a network file system, can
/// tell whether it has died. The system releases the lock however the process ends.
///
/// The lock is one on a byte range (`fcntl`), which NFS passes on to its server, and belongs to the open file and not to the process, so that no
/// other part of the program can drop it by closing the file.
public final class WorkerLock: Sendable {
  /// The worker's name, `host-pid-random`.
  public let id: String
  private let path: String
  private let descriptor: CInt

  /// Makes and locks a file in `folder`, which is made too. The lock lasts until this object goes: keep it in a property, since
  /// a local variable may go after its last use.
  ///
  /// - Throws: `E0401` if the file cannot be made, `E0429` where the file system has no locks.
  public init(folder: String) throws(Diagnostics) {
    try Files.makeFolder(folder)
    while true {
      let id = Self.newID()
      let path = folder + "/" + id + Self.suffix
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0 { throw Files.failure("cannot make the lock file of a worker", path) }
      if Self.isLocked(descriptor) {
        // A process that cleans up may have taken it for that of a dead worker just before.
        if Self.hasName(descriptor) {
          (self.id, self.path, self.descriptor) = (id, path, descriptor)
          return
        }
      } else if errno != EAGAIN && errno != EACCES {
        let error = Self.failure("cannot lock", path)
        close(descriptor)
        unlink(path)
        throw error
      }
      close(descriptor)
    }
  }

  deinit {
    // The name goes first: without a file, a worker has ended.
    unlink(path)
    close(descriptor)
  }

  /// The folder of lock files beside a database, wherever links to it lie.
  public static func folder(besides database: String) -> String {
    guard let real = realpath(database, nil) else { return Paths.folder(of: database) + "/workers" }
    defer { free(real) }
    return Paths.folder(of: String(cString: real)) + "/workers"
  }

  /// Whether the worker `id` has ended, well or not. A name that no worker has is never dead, as its life cannot be told.
  ///
  /// - Throws: `E0429` if its file exists and its lock cannot be examined.
  public static func isDead(_ id: String, in folder: String) throws(Diagnostics) -> Bool {
    guard isID(id) else { return false }
    let path = folder + "/" + id + suffix
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return true }
      throw failure("cannot examine the lock of a worker", path)
    }
    defer { close(descriptor) }
    var range = wholeFile
    guard fcntl(descriptor, getLock, &range) == 0 else { throw failure("cannot examine the lock of a worker", path) }
    return range.l_type == Int16(F_UNLCK)
  }

  /// Removes the lock files of dead workers; returns how many. Their trials stay abandoned: without a file, a worker counts as dead.
  @discardableResult
  public static func removeDead(in folder: String) -> Int {
    var count = 0
    for name in Files.names(in: folder) where name.hasSuffix(suffix) && isID(String(name.dropLast(suffix.utf8.count))) {
      let path = folder + "/" + name
      let descriptor = open(path, O_RDWR | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      // Under its lock, so that a worker that has just made it notices.
      if isLocked(descriptor), unlink(path) == 0 { count += 1 }
      close(descriptor)
    }
    return count
  }

  /// Locks the whole file, unless another has; then `errno` says so.
  private static func isLocked(_ descriptor: CInt) -> Bool {
    var range = wholeFile
    return fcntl(descriptor, setLock, &range) == 0
  }

  private static func hasName(_ descriptor: CInt) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }

  private static let suffix = ".lock"
  // F_OFD_GETLK and F_OFD_SETLK of Linux, which Glibc shows to GNU sources only.
  private static let (getLock, setLock): (CInt, CInt) = (36, 37)

  private static var wholeFile: flock {
    var range = flock()
    (range.l_type, range.l_whence) = (Int16(F_WRLCK), Int16(SEEK_SET))
    return range
  }

  private static func newID() -> String {
    var name = Array(repeating: CChar(0), count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // A name, not a number of an experiment: it must differ between processes that have the same seed, host name and process number.
    let random = UInt64.random(in: .min ... .max)
    return "\(String(host.map { isPlain($0) ? $0 : "_" }.prefix(64)))-\(getpid())-\(String(random, radix: 36))"
  }

  /// Whether `text` may be such a name, and so is safe as the name of a file.
  private static func isID(_ text: String) -> Bool { text.allSatisfy(isPlain) && text.split(separator: "-").count >= 3 }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == "_")
  }

  private static func failure(_ what: String, _ path: String) -> Diagnostics {
    let reason = String(cString: strerror(errno))
    return Diagnostics(
      .studyFailure, at: .wholeFile(path: path), "\(what): \(reason). Use a folder on a file system with locks, which you may write.")
  }
}
