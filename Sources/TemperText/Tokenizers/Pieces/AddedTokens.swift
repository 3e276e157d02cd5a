/// A token recognised by its text, anywhere, before the model is applied.
struct AddedToken: Sendable, Equatable {
  var id: Int32
  var content: String
  /// Matches only where neither side is a letter or digit.
  var isSingleWord = false
  /// Includes the spaces before it.
  var stripsLeft = false
  /// Includes the spaces after it.
  var stripsRight = false
  /// Matched in its normalized form in the normalized text.
  var isNormalized = false
  /// Left out of decoded text.
  var isSpecial = true
}

/// The added tokens of a tokenizer. Matches are leftmost, then longest.
struct AddedTokens: Sendable {
  enum Part {
    case token(Int32)
    case text(Range<Int>)
  }

  let list: [AddedToken]
  private let special: Set<Int32>
  private let raw: Finder
  private let normalized: Finder

  init(_ list: [AddedToken], _ normalizer: Normalizer?) {
    self.list = list
    special = Set(list.filter(\.isSpecial).map(\.id))
    raw = Finder(list.filter { !$0.isNormalized }.map { (Array($0.content.utf8), $0) })
    normalized = Finder(
      list.filter(\.isNormalized).map { token in
        let content = Array(token.content.utf8)
        return (normalizer.map { normalizer in content.withUnsafeBufferPointer { normalizer.apply($0) } } ?? content, token)
      })
  }

  func isSpecial(_ id: Int32) -> Bool { special.contains(id) }

  /// Calls `body` with the tokens in the original text, and the text between them.
  @inline(__always)
  func splitRaw(_ text: UnsafeBufferPointer<UInt8>, _ body: (Part) -> Void) { raw.split(text, body) }

  /// Calls `body` with the tokens in a normalized text, and the text between them.
  @inline(__always)
  func splitNormalized(_ text: UnsafeBufferPointer<UInt8>, _ body: (Part) -> Void) { normalized.split(text, body) }

  private struct Finder: Sendable {
    /// By first byte, the longest first.
    private var candidates: [[(bytes: [UInt8], token: AddedToken)]] = Array(repeating: [], count: 256)
    private var begins = [Bool](repeating: false, count: 256)
    private var isEmpty = true

    init(_ tokens: [(bytes: [UInt8], token: AddedToken)]) {
      for token in tokens where !token.bytes.isEmpty {
        candidates[Int(token.bytes[0])].append(token)
        begins[Int(token.bytes[0])] = true
        isEmpty = false
      }
      for first in candidates.indices { candidates[first].sort { $0.bytes.count > $1.bytes.count } }
    }

    func split(_ text: UnsafeBufferPointer<UInt8>, _ body: (Part) -> Void) {
      guard text.count > 0 else { return }
      var (start, place) = (0, 0)
      if !isEmpty {
        begins.withUnsafeBufferPointer { begins in
          while place < text.count {
            guard begins[Int(text[place])], let found = token(text, place) else {
              place += 1
              continue
            }
            var (from, to) = (place, place + found.bytes.count)
            // The search continues after the token itself: some of the spaces it includes may be a token of their own.
            place = to
            if found.token.isSingleWord, isWord(before: from, text) || isWord(after: to, text) { continue }
            if found.token.stripsLeft { from = max(start, spaceStart(from, text)) }
            if found.token.stripsRight { to = spaceEnd(to, text) }
            // A token that includes the spaces before it is lost where the previous token has already included them.
            if found.token.stripsLeft, from >= to { continue }
            if from > start { body(.text(start..<from)) }
            body(.token(found.token.id))
            start = to
          }
        }
      }
      if start < text.count { body(.text(start..<text.count)) }
    }

    private func token(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> (bytes: [UInt8], token: AddedToken)? {
      candidates[Int(text[place])].first { text[place...].starts(with: $0.bytes) }
    }

    private func isWord(after place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
      place < text.count && CharacterClasses.of(UTF8Scan.scalar(text, at: place).value).contains(.word)
    }

    private func isWord(before place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
      place > 0 && CharacterClasses.of(UTF8Scan.scalar(text, at: before(place, text)).value).contains(.word)
    }

    private func before(_ place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
      var start = place - 1
      while start > 0, place - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
      return start
    }

    private func spaceStart(_ place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
      var place = place
      while place > 0 {
        let start = before(place, text)
        guard CharacterClasses.of(UTF8Scan.scalar(text, at: start).value).contains(.space) else { break }
        place = start
      }
      return place
    }

    private func spaceEnd(_ place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
      var place = place
      while place < text.count {
        let (value, next) = UTF8Scan.scalar(text, at: place)
        guard CharacterClasses.of(value).contains(.space) else { break }
        place = next
      }
      return place
    }
  }
}
