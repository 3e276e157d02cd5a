/// Decodes ids incrementally. Its output is the same as decoding all ids at once, and is only released once certain: a token may end within
/// a character, and the text of byte tokens is only known after the last of them.
public struct TokenStream: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  /// The last ids. The text of a token may depend on the one before it, and on being the first.
  private var window: [Int32] = []
  /// The part of the window's text already released.
  private var sent: [UInt8] = []

  /// How many ids are enough context, and the maximum kept.
  private static let (context, longest) = (8, 32)

  /// A stream that decodes with `tokenizer` after the ids `before`, whose own text is not returned.
  public init(_ tokenizer: Tokenizer, after before: [Int32] = [], skippingSpecialTokens: Bool = true) {
    (self.tokenizer, skipsSpecialTokens) = (tokenizer, skippingSpecialTokens)
    window = Array(before.filter(isText).suffix(Self.context))
    sent = text
  }

  /// The text completed by `id`; empty where it ends within a character.
  public mutating func append(_ id: Int32) -> [UInt8] {
    guard isText(id) else { return [] }
    window.append(id)
    if tokenizer.isPartOfBytes(id) { return [] }
    let text = text
    let whole = text.count - UTF8Scan.incompleteTail(text)
    let result = release(text[..<whole])
    if window.count >= Self.longest, whole == text.count {
      window.removeFirst(window.count - Self.context)
      sent = self.text
    }
    return result
  }

  /// The remainder at the end: the beginning of an incomplete character.
  public mutating func finish() -> [UInt8] {
    let rest = release(text[...])
    (window, sent) = ([], [])
    return rest
  }

  private var text: [UInt8] { tokenizer.decode(window, skippingSpecialTokens: false) }

  private func isText(_ id: Int32) -> Bool { !(skipsSpecialTokens && tokenizer.isSpecial(id)) }

  /// The part of `text` not yet released. Where the released part differs, as the bytes of a prompt may when they turn out to be invalid
  /// UTF-8, the result begins with the first character that differs.
  private mutating func release(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var common = zip(sent, text).prefix { $0 == $1 }.count
    if common == text.count { return [] }
    while common > 0, common < sent.count, text[common] & 0xC0 == 0x80 { common -= 1 }
    sent = Array(text)
    return Array(text[common...])
  }
}
