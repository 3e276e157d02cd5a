/// Splits a text like the pre-tokenizer `Metaspace`: every space becomes the replacement character, which begins a word.
struct MetaspaceSplitter {
  let sign: [UInt8]
  /// The current word, with its replacement character.
  private var word: [UInt8] = []

  init(sign: [UInt8]) {
    self.sign = sign
    word.reserveCapacity(64)
  }

  /// Calls `body` with the words of `text`; with `prepends` the first gets a replacement character.
  @inline(__always)
  mutating func cut(_ text: UnsafeBufferPointer<UInt8>, prepends: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    var place = 0
    while place < text.count {
      var start = place
      if text[place] == 0x20 { start += 1 } else if isSign(text, place) { start += sign.count }
      var end = max(start, place)
      while end < text.count, text[end] != 0x20, !isSign(text, end) { end += 1 }
      let rest = UnsafeBufferPointer(rebasing: text[start..<end])
      if start > place || (prepends && place == 0) {
        word.removeAll(keepingCapacity: true)
        word.append(contentsOf: sign)
        word.append(contentsOf: rest)
        word.withUnsafeBufferPointer(body)
      } else {
        body(rest)
      }
      place = end
    }
  }

  /// Calls `body` with the words of `text` after splitting at white space, which is removed.
  @inline(__always)
  mutating func cutWords(
    _ text: UnsafeBufferPointer<UInt8>, _ scheme: PreTokenizer.PrependScheme, isFirst: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var (start, place) = (0, 0)
    while place < text.count {
      let (value, next) = UTF8Scan.scalar(text, at: place)
      if CharacterClasses.of(value).contains(.space) {
        if place > start {
          cut(UnsafeBufferPointer(rebasing: text[start..<place]), prepends: scheme.prepends(isFirst && start == 0), body)
        }
        start = next
      }
      place = next
    }
    if place > start { cut(UnsafeBufferPointer(rebasing: text[start..<place]), prepends: scheme.prepends(isFirst && start == 0), body) }
  }

  @inline(__always)
  private func isSign(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    text[place] == sign[0] && text[place...].starts(with: sign)
  }
}

extension PreTokenizer.PrependScheme {
  @inline(__always)
  func prepends(_ isFirst: Bool) -> Bool { self == .always || (self == .first && isFirst) }
}
