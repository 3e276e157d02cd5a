import TemperFiles

/// Steps through UTF-8.
enum UTF8Scan {
  /// The number of bytes of the character at `place`; 1 for a byte that does not begin a well-formed one.
  @inline(__always)
  static func length(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    bytes[place] < 0x80 ? 1 : UTF8Check.characterLength(bytes, at: place, upTo: bytes.count) ?? 1
  }

  /// The character at `place`, U+FFFD for a malformed byte, and the start of the next.
  @inline(__always)
  static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> (value: UInt32, next: Int) {
    let first = bytes[place]
    if first < 0x80 { return (UInt32(first), place + 1) }
    return long(bytes, at: place)
  }

  /// The start of the character that ends before `place`, which is after `least`; a malformed byte is a character of its own.
  static func start(ofCharacterBefore place: Int, in bytes: UnsafeBufferPointer<UInt8>, notBefore least: Int) -> Int {
    var start = place - 1
    while start > least, place - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start + length(bytes, at: start) == place ? start : place - 1
  }

  private static func long(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> (value: UInt32, next: Int) {
    let length = length(bytes, at: place)
    func tail(_ offset: Int) -> UInt32 { UInt32(bytes[place + offset] & 0x3F) }
    let first = UInt32(bytes[place])
    return switch length {
    case 2: ((first & 0x1F) << 6 | tail(1), place + 2)
    case 3: ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), place + 3)
    case 4: ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), place + 4)
    default: (0xFFFD, place + 1)
    }
  }

  /// How many of the last bytes are the beginning of an incomplete character.
  static func incompleteTail(_ bytes: some RandomAccessCollection<UInt8>) -> Int {
    for (back, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
      let length = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xC2 && byte < 0xE0 ? 2 : 1
      return length > back + 1 ? back + 1 : 0
    }
    return 0
  }
}
