import TemperFiles

/// The normalization map of a SentencePiece model: a trie of texts, and their replacements.
///
/// The file has the size of the trie in bytes, the trie as a double array of darts-clone, and the replacements, each up to a zero byte. It
/// is applied as in `tokenizers` 0.23: to grapheme clusters of fewer than six bytes, where the shortest prefix in the trie decides for the
/// whole, else to single characters.
struct PrecompiledMap: Sendable, Equatable {
  /// An error in a map.
  struct Damage: Error {
    let message: String
  }

  /// As in the file.
  let bytes: [UInt8]
  private let units: [UInt32]
  private let texts: [UInt8]
  /// For each ASCII character the start of its replacement, -1 where it is unchanged.
  private var ascii: [Int32] = []

  /// Throws where there are too few bytes, or the trie or a text extends beyond the end.
  init(_ bytes: [UInt8]) throws(Damage) {
    func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * $1) } }
    guard bytes.count >= 4 else { throw Damage(message: "has no trie length") }
    let count = Int(word(0)) / 4
    guard count > 0 else { throw Damage(message: "has an empty trie") }
    guard bytes.count >= 4 + 4 * count else {
      throw Damage(message: "is truncated: its trie needs \(4 * count) bytes, but \(bytes.count - 4) are present")
    }
    self.bytes = bytes
    units = (0..<count).map { word(4 + 4 * $0) }
    texts = Array(bytes[(4 + 4 * count)...])
    guard String(validating: texts, as: UTF8.self) != nil else { throw Damage(message: "has strings that are not UTF-8") }
    try check()
    ascii = (0..<128).map { value in [UInt8(value)].withUnsafeBufferPointer { Int32(find($0) ?? -1) } }
  }

  /// The normalized form of `text`.
  func apply(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    if UTF8Check.firstInvalid(in: text, 0..<text.count) != nil {
      return Normalizer.bytes(of: Normalizer.scalars(of: text)).withUnsafeBufferPointer { apply($0) }
    }
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 8)
    var place = 0
    while place < text.count {
      let plain = endOfPlain(text, from: place)
      if plain > place {
        result.append(contentsOf: UnsafeBufferPointer(rebasing: text[place..<plain]))
        place = plain
        continue
      }
      let end = GraphemeScan.end(of: text, from: place)
      defer { place = end }
      if end == place + 1 {
        let target = ascii[Int(text[place])]
        if target < 0 { result.append(text[place]) } else { appendText(at: Int(target), to: &result) }
        continue
      }
      if end - place < 6, let target = find(UnsafeBufferPointer(rebasing: text[place..<end])) {
        appendText(at: target, to: &result)
        continue
      }
      while place < end {
        let character = UnsafeBufferPointer(rebasing: text[place..<place + UTF8Scan.length(text, at: place)])
        if let target = find(character) { appendText(at: target, to: &result) } else { result += character }
        place += character.count
      }
    }
    return result
  }

  /// The end of a run of unchanged ASCII characters. A line end may be two, and the last before others may belong to them.
  @inline(__always)
  private func endOfPlain(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    ascii.withUnsafeBufferPointer { ascii in
      var place = start
      while place < text.count, text[place] < 0x80, ascii[Int(text[place])] < 0, text[place] != 0x0D { place += 1 }
      return place > start && place < text.count && text[place] >= 0x80 ? place - 1 : place
    }
  }

  private func appendText(at start: Int, to result: inout [UInt8]) {
    var place = start
    while place < texts.count, texts[place] != 0 {
      result.append(texts[place])
      place += 1
    }
  }

  /// The start of the replacement for the shortest prefix of `key` in the trie.
  private func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
    var node = Self.offset(units[0])
    for byte in key where byte > 0 {
      node ^= Int(byte)
      guard node < units.count, Self.label(units[node]) == UInt32(byte) else { return nil }
      let unit = units[node]
      node ^= Self.offset(unit)
      if Self.hasLeaf(unit) { return node < units.count ? Self.value(units[node]) : nil }
    }
    return nil
  }

  // The bits of a unit, as laid out by darts-clone.
  private static func hasLeaf(_ unit: UInt32) -> Bool { unit >> 8 & 1 == 1 }
  private static func value(_ unit: UInt32) -> Int { Int(unit & 0x7FFF_FFFF) }
  private static func label(_ unit: UInt32) -> UInt32 { unit & 0x8000_00FF }
  private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int(unit >> 6 & 8) }

  /// Checks everything reachable from the root.
  private func check() throws(Damage) {
    let outside = Damage(message: "has a trie that points outside itself")
    // The units that may follow a position, as lists: a unit's label tells which position it belongs to.
    var first = [Int32](repeating: -1, count: units.count)
    var next = first
    for (index, unit) in units.enumerated() where (1...255).contains(Self.label(unit)) {
      let owner = index ^ Int(Self.label(unit))
      guard owner < units.count else { continue }
      (next[index], first[owner]) = (first[owner], Int32(index))
    }
    var isSeen = [Bool](repeating: false, count: units.count)
    var open = [Self.offset(units[0])]
    while let place = open.popLast() {
      guard place < units.count else { throw outside }
      if isSeen[place] { continue }
      isSeen[place] = true
      var index = Int(first[place])
      while index >= 0 {
        let target = index ^ Self.offset(units[index])
        guard target < units.count else { throw outside }
        if Self.hasLeaf(units[index]) {
          let start = Self.value(units[target])
          guard start <= texts.count, start == texts.count || texts[start] & 0xC0 != 0x80 else {
            throw Damage(message: "has a trie that points to byte \(start) of its strings, where no string begins")
          }
        }
        open.append(target)
        index = Int(next[index])
      }
    }
  }
}
