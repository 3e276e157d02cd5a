import TemperFiles
import TemperJSON

/// Something in a text that a vocabulary has no token for, nor one for what is unknown.
public struct UnknownText: Sendable, Equatable {
  /// The character, or the word where tokens are words, as the model sees it: normalized.
  public let text: String
  /// The byte at which it stands in the text; where a stage before the model changed it past finding, that at which the stretch begins.
  public let offset: Int
}

extension Tokenizer {
  /// The first thing in `text` that ``encode(_:addingSpecialTokens:)-swift.method`` would leave out; nil where nothing is left out.
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

  /// Where `part` of a word stands in the `text` that the word was made from: its place if the word is a stretch of that, else that of the first
  /// that looks like it.
  private static func offset(of part: UnsafeBufferPointer<UInt8>, madeFrom text: UnsafeBufferPointer<UInt8>) -> Int {
    guard let start = text.baseAddress, let place = part.baseAddress else { return 0 }
    if place >= start, place < start + text.count { return place - start }
    var pattern = Array(part)
    // Metaspace's sign stands for a space.
    if pattern.starts(with: "\u{2581}".utf8), pattern.count > 3 { pattern.removeFirst(3) }
    return text.indices.first { text[$0...].starts(with: pattern) } ?? 0
  }
}

extension Findings {
  /// Adds `E0282` for the first thing in a text that `tokenizer` would leave out, because it has neither a token for it nor one for what it does
  /// not know.
  mutating func checkKnown(_ text: UnsafeBufferPointer<UInt8>, to tokenizer: Tokenizer, place: (_ offset: Int) -> Place) {
    guard let unknown = tokenizer.firstUnknown(in: text) else { return }
    add(
      .noToken, at: place(unknown.offset),
      "the vocabulary has no token for \(quoted(unknown.text)), nor one for what is unknown. Make the tokenizer of texts that have it, or "
        + "with an unknown token.")
  }
}

extension Tokenizer {
  /// Throws `E0282` for each of `texts` with something in it that would be left out; `place` tells where a text stands.
  public func checkKnown(_ texts: [[UInt8]], place: (_ index: Int) -> Place) throws(Diagnostics) {
    guard model.canDropText else { return }
    var findings = Findings()
    for (index, text) in texts.enumerated() where !findings.isFull {
      text.withUnsafeBufferPointer { findings.checkKnown($0, to: self) { _ in place(index) } }
    }
    try findings.check()
  }
}
