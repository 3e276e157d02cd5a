/// The grammar of numbers in data.
///
/// `[+|-] digits [. digits] [e|E [+|-] digits]`, with optional spaces around it but not inside; digits may be omitted on one side of
/// the point, as in `.5` and `5.`. Hexadecimal, `inf`, `nan`, grouping and decimal commas are excluded, because programs interpret them
/// differently. The locale has no effect.
public enum NumberGrammar {
  /// Parses all of `bytes`, correctly rounded; nil if it does not follow the grammar or overflows a `Double`. Underflow gives zero.
  public static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    let (start, end) = trimmed(bytes)
    var i = start
    let negative = i < end && bytes[i] == UInt8(ascii: "-")
    if negative || (i < end && bytes[i] == UInt8(ascii: "+")) { i += 1 }

    // The digits as an integer, times ten to `scale`. Beyond 19 digits the slow path is used, so dropped digits do not matter.
    var mantissa: UInt64 = 0
    var significant = 0
    var scale = 0
    let digitsStart = i
    while i < end, let digit = digit(bytes[i]) {
      if significant > 0 || digit > 0 { significant += 1 }
      if significant <= 19 { mantissa = mantissa * 10 + UInt64(digit) }
      i += 1
    }
    var digits = i - digitsStart
    if i < end, bytes[i] == UInt8(ascii: ".") {
      i += 1
      let fractionStart = i
      while i < end, let digit = digit(bytes[i]) {
        if significant > 0 || digit > 0 { significant += 1 }
        if significant <= 19 { mantissa = mantissa * 10 + UInt64(digit) }
        i += 1
      }
      digits += i - fractionStart
      scale = fractionStart - i
    }
    guard digits > 0 else { return nil }
    if i < end, bytes[i] | 0x20 == UInt8(ascii: "e") {
      i += 1
      let negativeExponent = i < end && bytes[i] == UInt8(ascii: "-")
      if i < end, negativeExponent || bytes[i] == UInt8(ascii: "+") { i += 1 }
      let exponentStart = i
      var exponent = 0
      while i < end, let digit = digit(bytes[i]) {
        exponent = min(exponent * 10 + digit, 1_000_000)
        i += 1
      }
      guard i > exponentStart else { return nil }
      scale += negativeExponent ? -exponent : exponent
    }
    guard i == end else { return nil }

    // Both factors are exact in a Double, so a single product or quotient is correctly rounded (Clinger, "How to read floating point
    // numbers accurately", PLDI 1990).
    if significant <= 19, mantissa <= 1 << 53, abs(scale) <= 22 {
      let whole = Double(mantissa)
      let value = scale < 0 ? whole / powersOfTen[-scale] : whole * powersOfTen[scale]
      return negative ? -value : value
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// Parses `text`; see ``double(_:)-(UnsafeBufferPointer<UInt8>)``.
  public static func double(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { double($0) }
  }

  /// Whether all of `bytes` is a number.
  static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { double(bytes) != nil }

  /// The range of `bytes` without surrounding spaces.
  static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> (start: Int, end: Int) {
    var (start, end) = (0, bytes.count)
    while start < end, bytes[start] == UInt8(ascii: " ") { start += 1 }
    while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return (start, end)
  }

  @inline(__always)
  static func digit(_ byte: UInt8) -> Int? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? Int(value) : nil
  }

  static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
