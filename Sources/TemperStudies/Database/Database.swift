import CSQLite
import TemperJSON

/// A connection to an SQLite file, for one thread.
///
/// A process must not open and close the file by other means while it has a connection: POSIX drops all locks of a process on a file when the
/// process closes any descriptor of it.
final class Database {
  /// How long a statement waits for the locks of other processes, in milliseconds.
  static let busyTimeout: CInt = 30_000

  /// The path as given.
  let path: String
  let handle: OpaquePointer
  private var statements: [String: Statement] = [:]

  /// Opens the file, which is made if `isNew` allows it. SQLite reads it at the first statement only.
  init(_ path: String, mayCreate: Bool, busyTimeout: CInt = Database.busyTimeout) throws(Diagnostics) {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mayCreate ? SQLITE_OPEN_CREATE : 0)
    let code = sqlite3_open_v2(path, &handle, flags, nil)
    guard let handle else { throw DatabaseProblem.diagnostics(code, "out of memory", path: path) }
    (self.path, self.handle) = (path, handle)
    if code != SQLITE_OK { throw problem(code) }
    sqlite3_busy_timeout(handle, busyTimeout)
  }

  deinit {
    for statement in statements.values { statement.finalize() }
    sqlite3_close_v2(handle)
  }

  /// The number of rows that the last statement inserted or changed.
  var changes: Int { Int(sqlite3_changes(handle)) }

  /// The row number of the last insertion.
  var lastRow: Int { Int(sqlite3_last_insert_rowid(handle)) }

  /// Runs one statement, which is compiled at its first use.
  func run(_ sql: String, _ values: [SQLValue] = [], _ row: (Row) throws(Diagnostics) -> Void = { _ in }) throws(Diagnostics) {
    let statement: Statement
    if let known = statements[sql] {
      statement = known
    } else {
      statement = try Statement(sql, in: self)
      statements[sql] = statement
    }
    try statement.run(values, row)
  }

  /// The first row of a result as `read` makes it; nil if there is none.
  func first<Result>(_ sql: String, _ values: [SQLValue] = [], _ read: (Row) -> Result) throws(Diagnostics) -> Result? {
    var found: Result?
    try run(sql, values) { row in if found == nil { found = read(row) } }
    return found
  }

  /// Runs `body` as one write transaction, which is undone if it throws. Within another it is a part of that one, and only this part is undone.
  func write<Result>(_ body: () throws(Diagnostics) -> Result) throws(Diagnostics) -> Result {
    if isInTransaction { return try transaction("SAVEPOINT part", body, end: "RELEASE part", undo: "ROLLBACK TO part") }
    // Immediate: a transaction that reads before it writes cannot wait for the lock, and fails at once if another one wrote in between.
    return try transaction("BEGIN IMMEDIATE", body)
  }

  /// Runs `body` with one view of the database, whatever other processes write.
  func read<Result>(_ body: () throws(Diagnostics) -> Result) throws(Diagnostics) -> Result {
    isInTransaction ? try body() : try transaction("BEGIN", body)
  }

  private var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  private func transaction<Result>(
    _ begin: String, _ body: () throws(Diagnostics) -> Result, end: String = "COMMIT", undo: String = "ROLLBACK"
  ) throws(Diagnostics) -> Result {
    try run(begin)
    do throws(Diagnostics) {
      let result = try body()
      try run(end)
      return result
    } catch {
      // SQLite has undone all of it already after some errors, such as a full disk; then there is nothing to roll back.
      if isInTransaction { try? run(undo) }
      throw error
    }
  }

  /// The error for a result code of this connection.
  func problem(_ code: CInt) -> Diagnostics {
    DatabaseProblem.diagnostics(code, String(cString: sqlite3_errmsg(handle)), path: path)
  }

  /// The error for content that no program should have written.
  func damaged(_ what: String) -> Diagnostics {
    Diagnostics(
      .studyDamaged, at: .wholeFile(path: path), "\(what). Another program wrote it, or the file is damaged: restore a copy.")
  }
}
