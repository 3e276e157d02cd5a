/// Splits a normalized text into words. The cases are named as in the `tokenizers` library.
indirect enum PreTokenizer: Sendable, Equatable {
  /// What happens to the delimiters that a text is split at.
  enum Behavior: String, Sendable, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  /// Whether a space is prepended to a text.
  enum PrependScheme: String, Sendable, CaseIterable { case always, first, never }

  case sequence([PreTokenizer])
  /// The model gets bytes; with `splits`, words are GPT-2's.
  case byteLevel(addsPrefixSpace: Bool, splits: Bool)
  /// At spaces, which are removed, and at punctuation, each a word.
  case bert
  /// `\w+|[^\w\s]+`
  case whitespace
  case whitespaceSplit
  case metaspace(replacement: [UInt8], scheme: PrependScheme, splits: Bool)
  case digits(individual: Bool)
  case punctuation(Behavior)
  /// At a character, which is removed.
  case characterDelimiter([UInt8])
  case pattern(TextPattern, Behavior, inverted: Bool)

  /// Calls `body` with each word in order. `isFirst` tells whether `text` is at the beginning of the whole text.
  @inline(__always)
  func forEachWord(in text: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    switch self {
    case .byteLevel(false, true): Self.cutLikeGPT2(text, body)
    case .bert: Self.cutLikeBert(text, body)
    case .metaspace(let sign, let scheme, true):
      var splitter = MetaspaceSplitter(sign: sign)
      splitter.cut(text, prepends: scheme.prepends(isFirst), body)
    case .sequence(let parts):
      guard parts.count == 2, case .whitespaceSplit = parts[0], case .metaspace(let sign, let scheme, true) = parts[1] else {
        return cut(text, isFirst: isFirst) { word, _ in body(word) }
      }
      var splitter = MetaspaceSplitter(sign: sign)
      splitter.cutWords(text, scheme, isFirst: isFirst, body)
    default: cut(text, isFirst: isFirst) { word, _ in body(word) }
    }
  }

  /// Whether it matters that a text is at the beginning of the whole text.
  var looksAtBeginning: Bool {
    switch self {
    case .sequence(let parts): parts.contains(where: \.looksAtBeginning)
    case .metaspace(_, let scheme, _): scheme == .first
    default: false
    }
  }

  private typealias Words = (UnsafeBufferPointer<UInt8>, _ isFirst: Bool) -> Void

  private func cut(_ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ body: Words) {
    guard text.count > 0 else { return }
    switch self {
    case .sequence(let parts): Self.cut(text, isFirst: isFirst, parts[...], body)
    case .byteLevel(let addsPrefixSpace, let splits):
      if addsPrefixSpace, text[0] != 0x20 {
        ([0x20] + text).withUnsafeBufferPointer { Self.cutBytes($0, isFirst, splits: splits, body) }
      } else {
        Self.cutBytes(text, isFirst, splits: splits, body)
      }
    case .bert: Self.cutLikeBert(text) { body($0, isFirst && $0.baseAddress == text.baseAddress) }
    case .whitespace:
      Self.cut(text, isFirst, .removed, inverted: true, body) { text, place in
        let isWord = CharacterClasses.of(UTF8Scan.scalar(text, at: place).value).contains(.word)
        return Self.run(text, place) { $0.contains(.word) == isWord && (isWord || !$0.contains(.space)) }
      }
    case .whitespaceSplit: Self.cut(text, isFirst, .removed, inverted: false, body) { Self.one($0, $1) { $0.contains(.space) } }
    case .metaspace(let replacement, let scheme, let splits):
      var changed = Normalizer.replacing([0x20], with: replacement, in: text)
      if scheme.prepends(isFirst), !changed.starts(with: replacement) { changed = replacement + changed }
      changed.withUnsafeBufferPointer { changed in
        if !splits { return body(changed, isFirst) }
        Self.cut(changed, isFirst, .mergedWithNext, inverted: false, body) { Self.literal(replacement, $0, $1) }
      }
    case .digits(let individual):
      Self.cut(text, isFirst, individual ? .isolated : .contiguous, inverted: false, body) { Self.one($0, $1) { $0.contains(.digit) } }
    case .punctuation(let behavior):
      Self.cut(text, isFirst, behavior, inverted: false, body) { Self.one($0, $1) { $0.contains(.punctuation) } }
    case .characterDelimiter(let delimiter):
      Self.cut(text, isFirst, .removed, inverted: false, body) { Self.literal(delimiter, $0, $1) }
    case .pattern(let pattern, let behavior, let inverted):
      Self.cut(text, isFirst, behavior, inverted: inverted, body) { pattern.end(of: $0, from: $1) }
    }
  }

  private static func cut(_ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ parts: ArraySlice<PreTokenizer>, _ body: Words) {
    guard let part = parts.first else { return body(text, isFirst) }
    part.cut(text, isFirst: isFirst) { word, isFirst in cut(word, isFirst: isFirst, parts.dropFirst(), body) }
  }

  private static func cutBytes(_ text: UnsafeBufferPointer<UInt8>, _ isFirst: Bool, splits: Bool, _ body: Words) {
    if splits { cutLikeGPT2(text) { body($0, isFirst && $0.baseAddress == text.baseAddress) } } else { body(text, isFirst) }
  }

  @inline(__always)
  private static func cutLikeGPT2(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    var start = 0
    while start < text.count {
      let end = GPT2Splitter.end(of: text, from: start)
      body(UnsafeBufferPointer(rebasing: text[start..<end]))
      start = end
    }
  }

  @inline(__always)
  private static func cutLikeBert(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    var (start, place) = (0, 0)
    while place < text.count {
      let (value, next) = UTF8Scan.scalar(text, at: place)
      let classes = CharacterClasses.of(value)
      if !classes.isDisjoint(with: [.space, .punctuation]) {
        if place > start { body(UnsafeBufferPointer(rebasing: text[start..<place])) }
        if !classes.contains(.space) { body(UnsafeBufferPointer(rebasing: text[place..<next])) }
        start = next
      }
      place = next
    }
    if place > start { body(UnsafeBufferPointer(rebasing: text[start..<place])) }
  }

  /// Splits at the matches of `match`, which returns the end of the match that begins at a position, or the position itself where there is
  /// none.
  private static func cut(
    _ text: UnsafeBufferPointer<UInt8>, _ isFirst: Bool, _ behavior: Behavior, inverted: Bool, _ body: Words,
    _ match: (UnsafeBufferPointer<UInt8>, Int) -> Int
  ) {
    // The matches and the ranges between them, in order.
    var parts: [(range: Range<Int>, isMatch: Bool)] = []
    var (start, place) = (0, 0)
    while place < text.count {
      let end = match(text, place)
      if end > place {
        if place > start { parts.append((start..<place, inverted)) }
        parts.append((place..<end, !inverted))
        (start, place) = (end, end)
      } else {
        place += UTF8Scan.length(text, at: place)
      }
    }
    if start < text.count { parts.append((start..<text.count, inverted)) }

    var words: [Range<Int>] = []
    var previousMatched = false
    switch behavior {
    case .removed: words = parts.filter { !$0.isMatch }.map(\.range)
    case .isolated: words = parts.map(\.range)
    case .mergedWithPrevious:
      for part in parts {
        if part.isMatch, !previousMatched, let last = words.popLast() {
          words.append(last.lowerBound..<part.range.upperBound)
        } else {
          words.append(part.range)
        }
        previousMatched = part.isMatch
      }
    case .mergedWithNext:
      for part in parts.reversed() {
        if part.isMatch, !previousMatched, let last = words.popLast() {
          words.append(part.range.lowerBound..<last.upperBound)
        } else {
          words.append(part.range)
        }
        previousMatched = part.isMatch
      }
      words.reverse()
    case .contiguous:
      for (number, part) in parts.enumerated() {
        if number > 0, part.isMatch == previousMatched, let last = words.popLast() {
          words.append(last.lowerBound..<part.range.upperBound)
        } else {
          words.append(part.range)
        }
        previousMatched = part.isMatch
      }
    }
    for word in words { body(UnsafeBufferPointer(rebasing: text[word]), isFirst && word.lowerBound == 0) }
  }

  /// The end of one character of a class.
  private static func one(_ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ belongs: (CharacterClasses) -> Bool) -> Int {
    let (value, next) = UTF8Scan.scalar(text, at: place)
    return belongs(CharacterClasses.of(value)) ? next : place
  }

  /// The end of the longest run of characters of a class.
  private static func run(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ belongs: (CharacterClasses) -> Bool) -> Int {
    var place = start
    while place < text.count {
      let (value, next) = UTF8Scan.scalar(text, at: place)
      guard belongs(CharacterClasses.of(value)) else { break }
      place = next
    }
    return place
  }

  private static func literal(_ pattern: [UInt8], _ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
    !pattern.isEmpty && text[place...].starts(with: pattern) ? place + pattern.count : place
  }
}
