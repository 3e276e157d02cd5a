import CSQLite
import TemperJSON

/// A value of SQLite's.
enum SQLValue: Equatable {
  /// `NULL`.
  case null
  /// A whole number.
  case integer(Int)
  /// A number. SQLite stores NaN as `NULL`.
  case real(Double)
  /// Text.
  case text(String)
}

/// A prepared statement, which is compiled once and run many times.
final class Statement {
  private let handle: OpaquePointer
  // The database owns the statement.
  private unowned let database: Database

  /// Compiles `sql`.
  init(_ sql: String, in database: Database) throws(Diagnostics) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw database.problem(code) }
    (self.handle, self.database) = (handle, database)
  }

  /// Frees the statement, which must happen before its database closes.
  func finalize() { sqlite3_finalize(handle) }

  /// Runs it with `values` for its parameters and calls `row` for each row of its result.
  func run(_ values: [SQLValue], _ row: (Row) throws(Diagnostics) -> Void) throws(Diagnostics) {
    // A statement left in the middle would keep its transaction open.
    defer { sqlite3_reset(handle) }
    for (index, value) in values.enumerated() { try bind(value, CInt(index + 1)) }
    while true {
      let code = sqlite3_step(handle)
      if code == SQLITE_DONE { return }
      guard code == SQLITE_ROW else { throw database.problem(code) }
      try row(Row(handle: handle))
    }
  }

  private func bind(_ value: SQLValue, _ index: CInt) throws(Diagnostics) {
    // SQLITE_TRANSIENT, a macro that Swift does not import: SQLite copies the text.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    let code =
      switch value {
      case .null: sqlite3_bind_null(handle, index)
      case .integer(let value): sqlite3_bind_int64(handle, index, Int64(value))
      case .real(let value): sqlite3_bind_double(handle, index, value)
      case .text(let value): value.withCString { sqlite3_bind_text(handle, index, $0, CInt(value.utf8.count), transient) }
      }
    if code != SQLITE_OK { throw database.problem(code) }
  }
}

/// A row of a result, valid until the next one. Columns count from 0.
struct Row {
  fileprivate let handle: OpaquePointer

  /// Whether the column is `NULL`.
  func isNull(_ column: CInt) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// The column as a whole number; 0 if it is none.
  func integer(_ column: CInt) -> Int { Int(sqlite3_column_int64(handle, column)) }

  /// The column as a number; 0 if it is none.
  func real(_ column: CInt) -> Double { sqlite3_column_double(handle, column) }

  /// The column as text; empty if it is `NULL`.
  func text(_ column: CInt) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
  }
}
