/// The style of numbers in a table: decimal mark and thousands separator.
public struct NumberStyle: Sendable, Equatable {
  /// The decimal mark.
  public let decimal: UInt8
  /// The thousands separator; nil for none.
  public let thousands: UInt8?

  /// The style of ``NumberGrammar``: `1234.5`.
  public static let plain = NumberStyle(unchecked: UInt8(ascii: "."), nil)

  /// With a decimal comma: `1234,5`.
  public static let comma = NumberStyle(unchecked: UInt8(ascii: ","), nil)

  private init(unchecked decimal: UInt8, _ thousands: UInt8?) {
    (self.decimal, self.thousands) = (decimal, thousands)
  }

  /// A style with a point or comma as decimal mark, and a thousands separator that cannot be part of a number; nil for anything else.
  public init?(decimal: UInt8, thousands: UInt8? = nil) {
    guard decimal == UInt8(ascii: ".") || decimal == UInt8(ascii: ",") else { return nil }
    if let thousands {
      let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= thousands | 0x20
      guard thousands != decimal, 0x20..<0x7F ~= thousands, !isLetter, NumberGrammar.digit(thousands) == nil,
        !["+", "-", "\""].contains(UnicodeScalar(thousands))
      else { return nil }
    }
    self.init(unchecked: decimal, thousands)
  }

  /// Whether this is the style of ``NumberGrammar``.
  @inline(__always)
  var isPlain: Bool { decimal == UInt8(ascii: ".") && thousands == nil }

  /// Parses all of `bytes`; nil if it is not a number.
  ///
  /// Thousands separators must be between groups of two or three digits, the last of three, as in `1.234.567` and `12,34,567`, or be
  /// absent. So a date is not a number.
  @inline(__always)
  func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? { isPlain ? NumberGrammar.double(bytes) : otherDouble(bytes) }

  /// Parses `text`.
  func double(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { double($0) }
  }

  @inline(never)
  private func otherDouble(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    let (start, end) = NumberGrammar.trimmed(bytes)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, end - start)) { plain in
      var count = 0
      /// Digits since the last separator, and whether there was one.
      var (digits, isGrouped, isWhole) = (0, false, true)
      for i in start..<end {
        let byte = bytes[i]
        if NumberGrammar.digit(byte) != nil {
          digits += 1
        } else if byte == thousands, isWhole {
          guard digits > 0, isGrouped ? digits == 2 || digits == 3 : digits <= 3 else { return nil }
          (digits, isGrouped) = (0, true)
          continue
        } else if byte != UInt8(ascii: "-"), byte != UInt8(ascii: "+") {
          // The decimal mark and the exponent end the digits that may be grouped.
          if isWhole, isGrouped, digits != 3 { return nil }
          isWhole = false
          if byte == UInt8(ascii: "."), decimal != byte { return nil }
        }
        plain[count] = byte == decimal ? UInt8(ascii: ".") : byte
        count += 1
      }
      if isWhole, isGrouped, digits != 3 { return nil }
      return NumberGrammar.double(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(plain)[..<count]))
    }
  }

  /// Both bytes as one integer, for a packed column; 0 for ``plain``.
  var code: Int { isPlain ? 0 : Int(decimal) | Int(thousands ?? 0) << 8 }

  /// Creates the style with this ``code``.
  init(code: Int) {
    let (decimal, thousands) = (UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8))
    self = code == 0 ? .plain : NumberStyle(unchecked: decimal, thousands == 0 ? nil : thousands)
  }
}
