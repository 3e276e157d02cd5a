/// Equality of field values: notations of the same number are equal, and blanks around a value are ignored.
///
/// `1`, `1.0`, `+1`, `01` and ` 1e0` are one label, one category, one group. Numbers are compared digit by digit, never as doubles, so
/// that long integers that differ in their last digit are distinguished. Anything else is compared byte by byte.
enum ValueKey {
  /// The maximum number of zeros that are written out.
  private static let mostZeros = 400

  /// Calls `body` with the key of `field`, which is the same for all fields of the same value, and for no others.
  @inline(__always)
  static func with<Result>(_ field: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let value = trimmed(field)
    if isPlain(value) { return body(value) }
    guard let number = DecimalNumber(value) else { return body(value) }
    return number.digits(of: value, mostZeros: mostZeros).withUnsafeBufferPointer(body)
  }

  /// `field` without surrounding spaces and tabs.
  @inline(__always)
  static func trimmed(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var (start, end) = (0, field.count)
    while start < end, isBlank(field[start]) { start += 1 }
    while end > start, isBlank(field[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: field[start..<end])
  }

  /// Whether `text` is empty except for spaces and tabs.
  static func isEmpty(_ text: [UInt8]) -> Bool { text.allSatisfy(isBlank) }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// Whether `a` and `b` are the same value.
  static func areSame(_ a: String, _ b: String) -> Bool { of(a) == of(b) }

  /// The key of `text`.
  static func of(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { with($0) { Array($0) } }
  }

  /// Whether a value without surrounding blanks is its own key: a word, or an integer without a sign and leading zeros.
  @inline(__always)
  private static func isPlain(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = value.first else { return true }
    guard NumberGrammar.digit(first) != nil else {
      return first != UInt8(ascii: "-") && first != UInt8(ascii: "+") && first != UInt8(ascii: ".")
    }
    guard value.count <= 20, first != UInt8(ascii: "0") || value.count == 1 else { return false }
    return value.allSatisfy { NumberGrammar.digit($0) != nil }
  }
}

/// A number as its digits, from the first to the last that is not 0.
private struct DecimalNumber {
  private let isNegative: Bool
  /// The range of the digits in the text, including the point.
  private let range: Range<Int>
  /// The power of ten of the last digit in `range`; nil for zero.
  private let exponent: Int?

  /// Parses all of `text`; nil if it does not follow ``NumberGrammar``.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard NumberGrammar.isNumber(text) else { return nil }
    isNegative = text.first == UInt8(ascii: "-")
    var (first, last, point, end) = (-1, -1, -1, text.count)
    var power = 0
    for (i, byte) in text.enumerated() {
      if byte == UInt8(ascii: ".") {
        point = i
      } else if byte | 0x20 == UInt8(ascii: "e") {
        end = i
        power = Self.power(UnsafeBufferPointer(rebasing: text[(i + 1)...]))
        break
      } else if let digit = NumberGrammar.digit(byte), digit > 0 {
        if first < 0 { first = i }
        last = i
      }
    }
    guard first >= 0 else {
      (range, exponent) = (0..<0, nil)
      return
    }
    if point < 0 { point = end }
    range = first..<last + 1
    exponent = power + (last < point ? point - last - 1 : point - last)
  }

  private static func power(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var power = 0
    for byte in text { if let digit = NumberGrammar.digit(byte) { power = min(power * 10 + digit, 1 << 50) } }
    return text.first == UInt8(ascii: "-") ? -power : power
  }

  /// The number in ordinary notation, if that takes no more than `mostZeros` zeros besides the digits, else with an exponent.
  func digits(of text: UnsafeBufferPointer<UInt8>, mostZeros: Int) -> [UInt8] {
    guard let exponent else { return [UInt8(ascii: "0")] }
    let digits = text[range].filter { $0 != UInt8(ascii: ".") }
    var key = isNegative ? [UInt8(ascii: "-")] : []
    let before = digits.count + exponent
    if exponent >= 0, exponent <= mostZeros {
      key += digits + [UInt8](repeating: UInt8(ascii: "0"), count: exponent)
    } else if exponent < 0, before > 0 {
      key += digits[..<before] + [UInt8(ascii: ".")] + digits[before...]
    } else if exponent < 0, -before <= mostZeros {
      key += Array("0.".utf8) + [UInt8](repeating: UInt8(ascii: "0"), count: -before) + digits
    } else {
      key += digits + Array("e\(exponent)".utf8)
    }
    return key
  }
}
