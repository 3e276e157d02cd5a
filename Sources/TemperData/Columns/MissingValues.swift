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
    Self.isBlank(field) || isWord(field)
  }

  /// Whether a field is one of the words, spaces around it aside.
  @inline(__always)
  func isWord(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    guard !words.isEmpty else { return false }
    let (start, end) = NumberGrammar.trimmed(field)
    return index.find(UnsafeBufferPointer(rebasing: field[start..<end])) != nil
  }

  /// Whether a field holds nothing but spaces and tabs.
  static func isBlank(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    field.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  /// The number in a field; nil where there is none, or none that 32 bits hold.
  @inline(__always)
  func number(_ field: UnsafeBufferPointer<UInt8>) -> Double? {
    isWord(field) ? nil : Self.number(field)
  }

  /// The same where no words are declared.
  static func number(_ field: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let value = NumberGrammar.double(field), Float(value).isFinite else { return nil }
    return value
  }
}
