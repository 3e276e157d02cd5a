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
  /// Opens the file at `path` in the journal mode `journal`; nil keeps that of the file, and gives a new one the write-ahead log.
  static func open(_ path: String, mayCreate: Bool, journal: JournalMode?) throws(Diagnostics) -> Database {
    let end = ContinuousClock.now + .milliseconds(Int(busyTimeout))
    while true {
      do throws(Diagnostics) {
        return try attempt(path, mayCreate, journal)
      } catch {
        if error.list[0].code != .studyLocked || ContinuousClock.now > end { throw error }
      }
      usleep(.random(in: 5000...50_000))
    }
  }

  /// A change of the journal mode needs the file alone, and an open connection keeps others from that. So it is closed before the next attempt, which
  /// the end of this function does: workers that begin together would otherwise wait for each other until they give up.
  private static func attempt(_ path: String, _ mayCreate: Bool, _ journal: JournalMode?) throws(Diagnostics) -> Database {
    let database = try Database(path, mayCreate: mayCreate)
    let isEmpty = try database.first("SELECT 1 FROM sqlite_master") { _ in } == nil
    if let journal = journal ?? (isEmpty && mayCreate ? .writeAhead : nil) { try database.set(journal) }
    try database.setSynchronous()
    return database
  }

  /// Changes the journal mode of the file, for all processes and for good; SQLite says that it is locked without waiting.
  private func set(_ mode: JournalMode) throws(Diagnostics) {
    let now = try first("PRAGMA journal_mode=\(mode.rawValue)") { $0.text(0) }
    guard now == mode.rawValue else {
      throw Diagnostics(
        .studyFailure, at: .wholeFile(path: path),
        "the file system does not support the journal mode \(mode.rawValue). Use the rollback journal, or another folder.")
    }
  }

  /// Sets how often this connection waits for the disk, by the file's journal mode.
  private func setSynchronous() throws(Diagnostics) {
    // With the write-ahead log, a power failure can then undo the last transactions but not damage the file, and a process that dies undoes
    // none: trials take much longer than a write, and a lost one is run again. With a rollback journal, it could damage the file.
    let isLog = try first("PRAGMA journal_mode") { $0.text(0) } == JournalMode.writeAhead.rawValue
    try run("PRAGMA synchronous=\(isLog ? "NORMAL" : "FULL")")
  }
}
