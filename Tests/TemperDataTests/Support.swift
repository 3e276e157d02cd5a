import Glibc
import TemperJSON
import TemperRunSupport

@testable import TemperData

/// A table of `text`, as if it had been read from `name`.
func table(_ text: String, _ name: String = "t.csv", delimiter: Delimiter? = nil) throws(Diagnostics) -> Table {
  try Table(FileBytes(name: name, bytes: Array(text.utf8)), options: TableOptions(delimiter: delimiter))
}

/// The lines of the error that `body` throws; none if it throws nothing.
func errors<Value>(_ body: () throws -> Value) -> [String] {
  do {
    _ = try body()
    return []
  } catch let error as Diagnostics {
    return error.list.map(\.description)
  } catch {
    return ["not a diagnostic: \(error)"]
  }
}

/// All fields of a table.
func rows(_ table: Table) -> [[String]] {
  (0..<table.count).map { row in table.header.indices.map { table.text(row: row, column: $0) } }
}

/// A preprocessor fitted on `rows` of `table`, by default on all.
func fit(
  _ table: Table, label: String, rows: [Int]? = nil, declared: [(name: String, rules: ColumnRules)] = [],
  defaults: ColumnDefaults = ColumnDefaults()
) throws(Diagnostics) -> Preprocessor {
  try fit(table, target: .classes(label), rows: rows, declared: declared, defaults: defaults)
}

/// As above, for any target.
func fit(
  _ table: Table, target: TargetColumns, rows: [Int]? = nil, declared: [(name: String, rules: ColumnRules)] = [],
  defaults: ColumnDefaults = ColumnDefaults(), targetNormalization: Normalization = .standard
) throws(Diagnostics) -> Preprocessor {
  var notes: [String] = []
  let roles = try ColumnRoles(table, target: target, split: nil, declared: declared)
  return try Preprocessor(
    fitting: table, rows: rows ?? Array(0..<table.count), roles: roles, defaults: defaults,
    targetNormalization: targetNormalization, notes: &notes)
}

/// Runs `body` with the path of a new file of `text`, which is removed afterwards.
func withFile<Value>(_ text: String, suffix: String = ".csv", _ body: (String) throws -> Value) throws -> Value {
  try withFile(Array(text.utf8), suffix: suffix, body)
}

/// As above, of bytes.
func withFile<Value>(_ bytes: [UInt8], suffix: String, _ body: (String) throws -> Value) throws -> Value {
  let folder = TemporaryFolder()
  TestFiles.write(bytes, to: folder("file" + suffix))
  return try body(folder("file" + suffix))
}

extension Gzip {
  /// The content of `bytes`.
  static func unpacked(_ bytes: [UInt8], limit: Int = limit) throws(InflateProblem) -> [UInt8] {
    let content = try bytes.withUnsafeBufferPointer { (bytes) throws(InflateProblem) in try unpacked(bytes, limit: limit) }
    return withExtendedLifetime(content) { Array(content.buffer) }
  }
}

/// Every byte of a file as it is stored.
func stored(_ file: FileBytes) -> [UInt8] {
  var bytes: [UInt8] = []
  file.forEachStoredPart { bytes += $0 }
  return bytes
}

/// How far counts are from being alike: Pearson's statistic, with one degree of freedom less than there are counts.
func chiSquare(_ counts: some Collection<Double>) -> Double {
  let expected = counts.reduce(0, +) / Double(counts.count)
  var sum = 0.0
  for count in counts { sum += (count - expected) * (count - expected) / expected }
  return sum
}

/// Where the goldens of these tests lie.
enum DataGoldens {
  /// The folder, with a slash behind it.
  static let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Goldens/"
}
