extension JSONLScan {
  /// Reads the string with its opening quote at `i`.
  mutating func string(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int) throws(Mistake) -> Span {
    let open = i
    i += 1
    let start = i
    while i < end, bytes[i] != .doubleQuote, bytes[i] != UInt8(ascii: "\\"), bytes[i] >= 0x20 { i += 1 }
    if i < end, bytes[i] == .doubleQuote {
      i += 1
      return Span(start: start, count: i - 1 - start, offset: open)
    }
    let arenaStart = arena.count
    arena += bytes[start..<i]
    while i < end, bytes[i] != .doubleQuote {
      if bytes[i] < 0x20 {
        throw Mistake(offset: i, message: "a control character in a string. Write it as \\t, \\r or \\u00XX.")
      } else if bytes[i] == UInt8(ascii: "\\") {
        try escape(bytes, end, &i)
      } else {
        arena.append(bytes[i])
        i += 1
      }
    }
    guard i < end else {
      throw Mistake(offset: open, message: "the string that opens here is not closed on its line. Close it; write a line break as \\n.")
    }
    i += 1
    return Span(start: arenaStart, count: arena.count - arenaStart, isInArena: true, offset: open)
  }

  private mutating func escape(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int) throws(Mistake) {
    let start = i
    func hex(_ at: Int) -> UInt32? {
      guard at + 6 <= end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else { return nil }
      var value: UInt32 = 0
      for k in 2..<6 {
        guard let digit = Character(UnicodeScalar(bytes[at + k])).hexDigitValue else { return nil }
        value = value << 4 | UInt32(digit)
      }
      return value
    }
    let simple: [UInt8: UInt8] = [0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09]
    if i + 1 < end, let byte = simple[bytes[i + 1]] {
      arena.append(byte)
      i += 2
      return
    }
    if var value = hex(i) {
      i += 6
      if 0xD800..<0xDC00 ~= value, let low = hex(i), 0xDC00..<0xE000 ~= low {
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        i += 6
      }
      if let scalar = UnicodeScalar(value) {
        arena += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        return
      }
      throw Mistake(offset: start, message: "half of a surrogate pair. Write the character itself, or both halves.")
    }
    throw Mistake(offset: start, message: "unknown escape. Write \\\\ for the backslash itself.")
  }
}
