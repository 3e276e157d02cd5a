import Glibc
import TemperJSON

/// A folder to which no other process that asks for this lock writes; given back when the value is released or the process ends.
public final class FolderLock: Sendable {
  private let descriptor: CInt

  /// Locks the folder `path`; nil while another process has it.
  public init?(_ path: String) throws(Diagnostics) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Files.failure("cannot open", path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
