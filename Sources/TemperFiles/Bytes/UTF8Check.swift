import TemperJSON

extension Diagnostic.Code {
  /// Bytes that are not UTF-8.
  public static let notUTF8 = Diagnostic.Code("E0208", "a data file is not UTF-8")
}

extension Findings {
  /// Reports the first invalid UTF-8 byte in `range`, which begins on `line`. `hasOption` says whether another encoding may be declared
  /// for the file.
  package mutating func checkEncoding(
    _ file: FileBytes, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, line: Int, hasOption: Bool = true
  ) {
    guard let offset = UTF8Check.firstInvalid(in: bytes, range) else { return }
    let breaks = bytes[range.lowerBound..<offset].count { $0 == .lineFeed }
    let byte = String(bytes[offset], radix: 16, uppercase: true)
    let isUTF16 = bytes.count > 1 && [[0xFF, 0xFE], [0xFE, 0xFF]].contains([bytes[0], bytes[1]])
    add(
      .notUTF8, at: file.place(bytes, offset: offset, line: line + breaks),
      isUTF16
        ? "the file is UTF-16 (by its first two bytes). Save it as UTF-8."
        : "the byte 0x\(byte.count < 2 ? "0" : "")\(byte) is not valid UTF-8. Save the file as UTF-8"
          + (hasOption ? ", or set data.encoding to \"latin-1\" if that is its encoding." : "."))
  }
}

/// Finds bytes that are not UTF-8.
package enum UTF8Check {
  /// The offset of the first byte in `range` that does not begin a well-formed character; nil if there is none.
  ///
  /// Follows table 3-7 of the Unicode standard: overlong forms, surrogates and values above U+10FFFF are invalid.
  package static func firstInvalid(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
    let count = range.upperBound
    var i = range.lowerBound
    while i < count {
      if bytes[i] < 0x80 {
        // Eight ASCII bytes at a time, because most tables are ASCII.
        while i + 8 <= count,
          UnsafeRawPointer(bytes.baseAddress! + i).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          i += 8
        }
        while i < count, bytes[i] < 0x80 { i += 1 }
        continue
      }
      guard let length = characterLength(bytes, at: i, upTo: count) else { return i }
      i += length
    }
    return nil
  }

  /// The length of the character at `i`, whose lead byte is at least 0x80; nil if it is malformed.
  @inlinable package static func characterLength(_ bytes: UnsafeBufferPointer<UInt8>, at i: Int, upTo end: Int) -> Int? {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[i] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard i + length <= end, second.contains(bytes[i + 1]) else { return nil }
    for k in 2..<max(2, length) where bytes[i + k] & 0xC0 != 0x80 { return nil }
    return length
  }
}
