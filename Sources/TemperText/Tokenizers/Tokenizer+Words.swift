extension Tokenizer {
  /// A part of a text.
  enum Part {
    case token(Int32)
    case word(UnsafeBufferPointer<UInt8>)
  }

  /// Calls `body` with the added tokens and the words of a text, in order.
  @inline(__always)
  func forEachPart(of text: UnsafeBufferPointer<UInt8>, _ body: (Part) -> Void) {
    addedTokens.splitRaw(text) { part in
      switch part {
      case .token(let id): body(.token(id))
      case .text(let range): splitPiece(UnsafeBufferPointer(rebasing: text[range]), isFirst: range.lowerBound == 0, body)
      }
    }
  }

  /// Calls `body` with the parts of the original text between two tokens.
  @inline(__always)
  func splitPiece(_ piece: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ body: (Part) -> Void) {
    if let normalizer {
      let isFirst = isFirst && !(looksAtBeginning && normalizer.dropsBeginning(of: piece))
      normalizer.apply(piece).withUnsafeBufferPointer { splitNormalized($0, isFirst, body) }
    } else {
      splitNormalized(piece, isFirst, body)
    }
  }

  @inline(__always)
  private func splitNormalized(_ text: UnsafeBufferPointer<UInt8>, _ isFirst: Bool, _ body: (Part) -> Void) {
    addedTokens.splitNormalized(text) { part in
      switch part {
      case .token(let id): body(.token(id))
      case .text(let range):
        let piece = UnsafeBufferPointer(rebasing: text[range])
        guard let preTokenizer else { return body(.word(piece)) }
        preTokenizer.forEachWord(in: piece, isFirst: isFirst && range.lowerBound == 0) { body(.word($0)) }
      }
    }
  }
}
