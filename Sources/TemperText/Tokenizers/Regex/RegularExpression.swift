/// A compiled regular expression for splitting texts: the first alternative that matches is used, as in Oniguruma, which the `tokenizers`
/// library uses.
struct RegularExpression: Sendable, Equatable {
  /// As it was written.
  let pattern: String
  private let program: RegexProgram

  /// Throws where `pattern` is invalid or not supported. A pattern that matches the empty text cannot split texts.
  init(_ pattern: String) throws(RegexProblem) {
    self.pattern = pattern
    let node = try RegexParser.parse(pattern)
    guard node.leastLength > 0 else { throw RegexProblem(message: "can match an empty string") }
    program = try RegexProgram(node)
  }

  static func == (a: RegularExpression, b: RegularExpression) -> Bool { a.pattern.utf8.elementsEqual(b.pattern.utf8) }

  /// The end of the match that begins at `place`; `place` itself where there is none.
  func end(of text: UnsafeBufferPointer<UInt8>, from place: Int) -> Int { program.end(of: text, from: place) ?? place }

  /// `text` with each match replaced by `content`, from the left.
  func replacing(in text: UnsafeBufferPointer<UInt8>, with content: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      let end = end(of: text, from: place)
      if end > place {
        result += content
        place = end
      } else {
        let next = place + UTF8Scan.length(text, at: place)
        result += text[place..<next]
        place = next
      }
    }
    return result
  }
}
