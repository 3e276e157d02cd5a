/// What a text is split at or replaced in.
enum TextPattern: Sendable, Equatable {
  /// This text.
  case literal([UInt8])
  case expression(RegularExpression)

  /// The end of the match that begins at `place`, `place` itself where there is none.
  func end(of text: UnsafeBufferPointer<UInt8>, from place: Int) -> Int {
    switch self {
    case .literal(let pattern): !pattern.isEmpty && text[place...].starts(with: pattern) ? place + pattern.count : place
    case .expression(let expression): expression.end(of: text, from: place)
    }
  }

  /// `text` with each match replaced by `content`, from the left.
  func replacing(in text: UnsafeBufferPointer<UInt8>, with content: [UInt8]) -> [UInt8] {
    switch self {
    case .literal(let pattern): Normalizer.replacing(pattern, with: content, in: text)
    case .expression(let expression): expression.replacing(in: text, with: content)
    }
  }
}
