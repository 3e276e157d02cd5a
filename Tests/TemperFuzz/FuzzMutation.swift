/// Changes of the bytes of a file.
enum FuzzMutation {
  /// `bytes` with one to four changes; `other` is a file to splice with.
  static func apply(to bytes: [UInt8], _ format: FuzzFormat, other: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    var bytes = bytes
    // Half of the cases keep to the structure: other changes are mostly found before anything is read.
    let keepsStructure = random.below(2) == 0
    for _ in 0...random.below(keepsStructure ? 2 : 4) {
      bytes = keepsStructure ? format.structured(bytes, &random) : changed(bytes, format, other: other, &random)
    }
    return bytes
  }

  private static func changed(_ old: [UInt8], _ format: FuzzFormat, other: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    var bytes = old
    guard !bytes.isEmpty else { return Array(random.pick(format.words).utf8) }
    switch random.below(11) {
    case 0: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    case 1: bytes[random.below(bytes.count)] = random.pick(FuzzWords.bytes)
    case 2: bytes.removeSubrange(random.below(bytes.count)...)
    case 3: bytes.removeSubrange(random.range(in: bytes.count))
    case 4: bytes.insert(contentsOf: bytes[random.range(in: bytes.count)], at: random.below(bytes.count + 1))
    case 5:
      let (from, to) = (random.range(in: bytes.count), random.range(in: bytes.count))
      let (a, b) = (Array(bytes[from]), Array(bytes[to]))
      bytes.replaceSubrange(to, with: a)
      if from.upperBound <= min(to.lowerBound, bytes.count) { bytes.replaceSubrange(from, with: b) }
    case 6: bytes.insert(contentsOf: random.pick(format.words).utf8, at: random.pick([0, bytes.count, random.below(bytes.count)]))
    case 7: bytes = Array(bytes[..<random.below(bytes.count)] + other[random.below(other.count)...])
    case 8: return integer(in: bytes, upTo: random.pick([64, bytes.count]), bigEndian: random.below(2) == 0, &random)
    case 9: return number(in: bytes, &random)
    default: return format.structured(bytes, &random)
    }
    return bytes
  }

  /// Overwrites an aligned whole number of 2, 4 or 8 bytes by an extreme one.
  static func integer(in bytes: [UInt8], upTo end: Int, bigEndian: Bool, _ random: inout FuzzRandom) -> [UInt8] {
    let (width, value) = (random.pick([2, 4, 8]), random.pick(FuzzWords.integers))
    let start = random.below(min(end, bytes.count) / width) * width
    guard start + width <= bytes.count else { return bytes }
    var bytes = bytes
    for index in 0..<width {
      bytes[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (bigEndian ? width - 1 - index : index)))
    }
    return bytes
  }

  /// Replaces a run of digits by an extreme number.
  static func number(in bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    let first = random.below(bytes.count)
    guard let start = bytes[first...].firstIndex(where: isDigit) ?? bytes.firstIndex(where: isDigit) else { return bytes }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    return bytes[..<start] + Array(random.pick(FuzzWords.numbers).utf8) + bytes[end...]
  }
}
