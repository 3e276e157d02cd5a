/// Tells fields without a value: those of nothing but spaces and tabs, and the words declared for it.
struct MissingValues: Sendable {
  /// The words.
  let words: [String]
  private let index: ByteIndex

  init(_ words: [String] = []) {
    self.words = words
    index = ByteIndex(words)
  }

  /// What people write for a missing value in tables; none of it is taken for one unless declared.
  static let usual = ["NA", "N/A", "n/a", "#N/A", "nan", "NaN", "NAN", "null", "NULL", "Null", "None", "?", "-", "--", "."]

  @inline(__always)
  func contains(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    Table.isBlank(field) || isWord(field)
  }

  /// Whether a field is one of the words, spaces around it aside.
  @inline(__always)
  func isWord(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    guard !words.isEmpty else { return false }
    let (start, end) = NumberGrammar.trimmed(field)
    return index.find(UnsafeBufferPointer(rebasing: field[start..<end])) != nil
  }

  /// Writes the numbers in the fields of `rows`; NaN where there is none, or none that 32 bits hold.
  func numbers(_ table: Table, rows: UnsafeBufferPointer<Int>, column: Int, to numbers: UnsafeMutablePointer<Double>) {
    table.numbers(rows, column: column, to: numbers)
    if words.isEmpty { return }
    for (i, row) in rows.enumerated() where !numbers[i].isNaN && table.withField(row: row, column: column, isWord) { numbers[i] = .nan }
  }

  /// Whether a field has no value.
  func contains(_ table: Table, row: Int, column: Int) -> Bool {
    table.withField(row: row, column: column, contains)
  }
}
