/// Detects fields without a value: those of only spaces and tabs, and the declared words.
struct MissingValues: Sendable {
  /// The words.
  let words: [String]
  private let index: ValueIndex
  /// The words that are numbers, such as -999.
  private let numbers: Set<Double>

  init(_ words: [String] = []) {
    self.words = words
    index = ValueIndex(words)
    numbers = Set(words.compactMap { NumberGrammar.double($0) })
  }

  /// Common words for missing values in tables; not treated as missing unless declared.
  static let usual = [
    "NA", "N/A", "n/a", "na", "#N/A", "#NA", "#N/A N/A", "<NA>", "nan", "NaN", "NAN", "-nan", "-NaN", "null", "NULL", "Null", "(null)",
    "None",
    "\\N", "?", "-", "--", ".", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!", "#NAME?", "#NULL!",
  ]

  @inline(__always)
  func contains(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    Table.isBlank(field) || isWord(field)
  }

  /// Whether a field equals one of the words, compared as in ``ValueKey``.
  @inline(__always)
  func isWord(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    !words.isEmpty && index.find(field) != nil
  }

  /// Writes the numbers in the fields of `rows`; NaN if there is none, or if it overflows 32 bits.
  func numbers(_ table: Table, rows: UnsafeBufferPointer<Int>, column: Int, to numbers: UnsafeMutablePointer<Double>) {
    table.numbers(rows, column: column, to: numbers)
    let style = table.numberStyle
    let known = style.isPlain ? self.numbers : Set(words.compactMap { style.double($0) })
    if known.isEmpty { return }
    // As texts, long numbers that are equal as doubles are distinguished; in another style only the numbers are compared.
    for (i, row) in rows.enumerated() where known.contains(numbers[i]) {
      if !style.isPlain || table.withField(row: row, column: column, isWord) { numbers[i] = .nan }
    }
  }

  /// Whether a field is missing.
  func contains(_ table: Table, row: Int, column: Int) -> Bool {
    if table.withField(row: row, column: column, contains) { return true }
    let style = table.numberStyle
    guard !style.isPlain, let number = table.number(row: row, column: column) else { return false }
    return words.contains { style.double($0) == number }
  }
}
