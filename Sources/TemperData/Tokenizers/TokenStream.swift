/// Decodes ids as they come, one by one, and lets out whole characters only: a token may end within one.
public struct TokenStream: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  /// The last ids. What a token's text is may depend on the one before it, and on being the first.
  private var window: [Int32] = []
  /// How many bytes of the window's text are out.
  private var sent = 0

  /// A stream of what `tokenizer` decodes.
  public init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true) {
    (self.tokenizer, skipsSpecialTokens) = (tokenizer, skippingSpecialTokens)
  }

  /// The text that `id` completes; empty where it ends within a character.
  public mutating func append(_ id: Int32) -> [UInt8] {
    window.append(id)
    let text = tokenizer.decode(window, skippingSpecialTokens: skipsSpecialTokens)
    let whole = text.count - UTF8Scan.incompleteTail(text)
    let result = whole > sent ? Array(text[sent..<whole]) : []
    sent = max(sent, whole)
    // The last tokens are enough to go on from.
    if window.count >= 32, whole == text.count {
      window.removeFirst(24)
      sent = tokenizer.decode(window, skippingSpecialTokens: skipsSpecialTokens).count
    }
    return result
  }

  /// What is left at the end: the beginning of a character whose rest never came.
  public mutating func finish() -> [UInt8] {
    let text = tokenizer.decode(window, skippingSpecialTokens: skipsSpecialTokens)
    let rest = Array(text.dropFirst(sent))
    (window, sent) = ([], 0)
    return rest
  }
}
