/// Bytes as text (RFC 4648, section 4).
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let values: [UInt8: UInt32] = Dictionary(uniqueKeysWithValues: zip(digits, 0...))

  /// The decoded bytes; nil where `text` is not as ``encode(_:)`` writes it.
  static func decode(_ text: String) -> [UInt8]? {
    var text = Array(text.utf8)
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    if padding == 2, text.last != UInt8(ascii: "=") || text[text.count - 2] != UInt8(ascii: "=") { return nil }
    for place in text.count - padding..<text.count { text[place] = UInt8(ascii: "A") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    for start in stride(from: 0, to: text.count, by: 4) {
      var word: UInt32 = 0
      for digit in text[start..<start + 4] {
        guard let value = values[digit] else { return nil }
        word = word << 6 | value
      }
      bytes += [UInt8(word >> 16), UInt8(word >> 8 & 0xFF), UInt8(word & 0xFF)]
    }
    // The padding bits of the last byte must be zero.
    guard bytes.suffix(padding).allSatisfy({ $0 == 0 }) else { return nil }
    return bytes.dropLast(padding)
  }

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / 3 * 4 + 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let word = part.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
      for place in 0..<4 { text.append(place <= part.count ? digits[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "=")) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
