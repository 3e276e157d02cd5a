/// The characters that represent bytes in GPT-2's vocabulary: printable Latin-1 represents itself, every other byte, in order, is a
/// character from U+0100 on, so that a space is `Ġ`.
enum ByteAlphabet {
  /// The character of each byte.
  static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        next += 1
        return Unicode.Scalar(next - 1)!
      }
    }
  }()

  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x200)
    for (byte, character) in characters.enumerated() { bytes[Int(character.value)] = Int16(byte) }
    return bytes
  }()

  /// The bytes that a token in UTF-8 represents; nil where it has a character outside the alphabet.
  static func bytes(of token: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.count)
    for scalar in String(decoding: token, as: UTF8.self).unicodeScalars {
      guard scalar.value < 0x200, bytes[Int(scalar.value)] >= 0 else { return nil }
      result.append(UInt8(bytes[Int(scalar.value)]))
    }
    return result
  }

  /// The representation of `bytes` in the vocabulary.
  static func text(of bytes: some Collection<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(characters[Int(byte)]) }
    return String(text)
  }
}
