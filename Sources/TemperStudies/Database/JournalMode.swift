import Glibc
import TemperJSON

/// How SQLite keeps a file intact if a process dies in the middle of a write.
public enum JournalMode: String, Sendable {
  /// The write-ahead log: readers and writers don't wait for each other. On local disks only: it needs memory that all processes share.
  case writeAhead = "wal"
  /// The rollback journal, some 3 times as slow with several writers, and safe on network file systems whose locks work.
  case rollback = "delete"
}

extension Database {
  /// Changes the journal mode of the file, for all processes and for good.
  func set(_ mode: JournalMode) throws(Diagnostics) {
    // SQLite answers that the file is locked without waiting, where it needs it alone.
    let pause: UInt32 = 20_000
    for attempt in 1... {
      do throws(Diagnostics) {
        let now = try first("PRAGMA journal_mode=\(mode.rawValue)") { $0.text(0) }
        guard now == mode.rawValue else {
          throw Diagnostics(
            .studyFailure, at: .wholeFile(path: path),
            "the file system does not support the journal mode \(mode.rawValue). Use the rollback journal, or another folder.")
        }
        return
      } catch {
        if error.list[0].code != .studyLocked || attempt * Int(pause) > Int(Self.busyTimeout) * 1000 { throw error }
        usleep(pause)
      }
    }
  }

  /// Sets how often this connection waits for the disk, by the file's journal mode.
  func setSynchronous() throws(Diagnostics) {
    // With the write-ahead log, a power failure can then undo the last transactions but not damage the file, and a process that dies undoes
    // none: trials take much longer than a write, and a lost one is run again. With a rollback journal, it could damage the file.
    let isLog = try first("PRAGMA journal_mode") { $0.text(0) } == JournalMode.writeAhead.rawValue
    try run("PRAGMA synchronous=\(isLog ? "NORMAL" : "FULL")")
  }
}
