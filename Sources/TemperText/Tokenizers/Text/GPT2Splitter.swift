/// Cuts a text as GPT-2's regular expression does:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
enum GPT2Splitter {
  /// The end of the word that begins at `start`.
  @inline(__always)
  static func end(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start
    let first = text[place]
    if first == UInt8(ascii: "'"), let end = contraction(text, start) { return end }
    if first == 0x20 {
      place += 1
      if place == text.count { return place }
    }
    let (value, next) = UTF8Scan.scalar(text, at: place)
    let kind = kind(value)
    if kind == .space { return spaces(text, start) }
    return run(kind, text, next)
  }

  private static let kinds: CharacterClasses = [.letter, .number, .space]

  @inline(__always)
  private static func kind(_ value: UInt32) -> CharacterClasses { CharacterClasses.of(value).intersection(kinds) }

  /// The end of the run of characters of one kind.
  @inline(__always)
  private static func run(_ kind: CharacterClasses, _ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < text.count {
      let (value, next) = UTF8Scan.scalar(text, at: place)
      if Self.kind(value) != kind { break }
      place = next
    }
    return place
  }

  /// Spaces before a word leave the last one to it; those at the end stay together.
  private static func spaces(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var (place, last) = (start, start)
    while place < text.count {
      let (value, next) = UTF8Scan.scalar(text, at: place)
      if kind(value) != .space { return last > start ? last : place }
      (last, place) = (place, next)
    }
    return place
  }

  private static func contraction(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    switch text[start + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return start + 2 < text.count && text[start + 2] == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"): return start + 2 < text.count && text[start + 2] == UInt8(ascii: "l") ? start + 3 : nil
    default: return nil
    }
  }
}
