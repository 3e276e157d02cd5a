import TemperFiles
import TemperJSON

/// Text for which a vocabulary has neither a token nor an unknown token.
public struct UnknownText: Sendable, Equatable {
  /// The character, or the word for word-level models, as seen by the model: normalized.
  public let text: String
  /// Its byte offset in the text; where an earlier stage changed it beyond recovery, that of the enclosing range.
  public let offset: Int
}

extension Tokenizer {
  /// The first text that ``encode(_:addingSpecialTokens:)-swift.method`` would drop; nil where nothing is dropped.
  public func firstUnknown(in text: UnsafeBufferPointer<UInt8>) -> UnknownText? {
    guard model.canDropText else { return nil }
    var found: UnknownText?
    addedTokens.splitRaw(text) { part in
      guard found == nil, case .text(let range) = part else { return }
      let piece = UnsafeBufferPointer(rebasing: text[range])
      splitPiece(piece, isFirst: range.lowerBound == 0) { part in
        guard found == nil, case .word(let word) = part, let unknown = model.firstUnknown(in: word) else { return }
        let bytes = UnsafeBufferPointer(rebasing: word[unknown])
        found = UnknownText(
          text: String(decoding: bytes, as: UTF8.self), offset: range.lowerBound + Self.offset(of: bytes, madeFrom: piece))
      }
    }
    return found
  }

  /// The position of `part` of a word in the `text` that the word was made from: its own if the word is a range of the text, else that of
  /// the first match.
  private static func offset(of part: UnsafeBufferPointer<UInt8>, madeFrom text: UnsafeBufferPointer<UInt8>) -> Int {
    guard let start = text.baseAddress, let place = part.baseAddress else { return 0 }
    if place >= start, place < start + text.count { return place - start }
    var pattern = Array(part)
    // Metaspace's replacement character stands for a space.
    if pattern.starts(with: "\u{2581}".utf8), pattern.count > 3 { pattern.removeFirst(3) }
    return text.indices.first { text[$0...].starts(with: pattern) } ?? 0
  }
}

extension Findings {
  /// Adds `E0282` for the first text that `tokenizer` would drop, because it has neither a token for it nor an unknown token.
  mutating func checkKnown(_ text: UnsafeBufferPointer<UInt8>, to tokenizer: Tokenizer, place: (_ offset: Int) -> Place) {
    guard let unknown = tokenizer.firstUnknown(in: text) else { return }
    add(
      .noToken, at: place(unknown.offset),
      "the vocabulary has no token for \(quoted(unknown.text)), and no unknown token. Train the tokenizer on texts that have it, or "
        + "with an unknown token.")
  }
}

extension Tokenizer {
  /// Throws `E0282` for each of `texts` of which something would be dropped; `place` gives the place of a text.
  public func checkKnown(_ texts: [[UInt8]], place: (_ index: Int) -> Place) throws(Diagnostics) {
    guard model.canDropText else { return }
    var findings = Findings()
    for (index, text) in texts.enumerated() where !findings.isFull {
      text.withUnsafeBufferPointer { findings.checkKnown($0, to: self) { _ in place(index) } }
    }
    try findings.check()
  }
}
