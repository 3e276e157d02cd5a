/// Decodes ids as they come, one by one. What it lets out is what decoding all ids at once gives, and it is certain: a token may end within a
/// character, and tokens that stand for bytes are a text only when the last of them is known.
public struct TokenStream: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  /// The last ids. What a token's text is may depend on the one before it, and on being the first.
  private var window: [Int32] = []
  /// As much of the window's text as is out.
  private var sent: [UInt8] = []

  /// How many ids are enough to go on from, and how many are kept at most.
  private static let (context, longest) = (8, 32)

  /// A stream of what `tokenizer` decodes, behind the ids `before`, whose own text it leaves out.
  public init(_ tokenizer: Tokenizer, after before: [Int32] = [], skippingSpecialTokens: Bool = true) {
    (self.tokenizer, skipsSpecialTokens) = (tokenizer, skippingSpecialTokens)
    window = Array(before.filter(isText).suffix(Self.context))
    sent = text
  }

  /// The text that `id` completes; empty where it ends within a character.
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

  /// What is left at the end: the beginning of a character whose rest never came.
  public mutating func finish() -> [UInt8] {
    let rest = release(text[...])
    (window, sent) = ([], [])
    return rest
  }

  private var text: [UInt8] { tokenizer.decode(window, skippingSpecialTokens: false) }

  private func isText(_ id: Int32) -> Bool { !(skipsSpecialTokens && tokenizer.isSpecial(id)) }

  /// What `text` has beyond that which is out. Where it differs from that, as the bytes of a prompt may that turn out to be no text, it begins
  /// with the first character that does.
  private mutating func release(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var common = zip(sent, text).prefix { $0 == $1 }.count
    if common == text.count { return [] }
    while common > 0, common < sent.count, text[common] & 0xC0 == 0x80 { common -= 1 }
    sent = Array(text)
    return Array(text[common...])
  }
}
