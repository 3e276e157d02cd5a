import TemperJSON

/// Turns text into token ids and back, as the `tokenizers` library of Hugging Face does with the same `tokenizer.json`.
///
/// A text goes through four stages: tokens that were added by name are cut out of it, the rest is normalized, cut into words, and the model
/// (byte-pair encoding, a unigram model, WordPiece, or whole words) gives each word its ids. Texts are bytes of UTF-8; where they are not, each stage takes
/// a malformed byte for U+FFFD, except the byte-level one, which knows every byte.
///
/// A tokenizer does not change, and any number of threads may use it at once.
public struct Tokenizer: Sendable {
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let model: TokenizerModel
  let postProcessor: PostProcessor?
  let decoder: TokenDecoder?
  let addedTokens: AddedTokens
  /// The texts of all tokens, those of the model and those added.
  let vocabulary: Vocabulary
  private let scratches = ScratchPool()
  private let joinsBytes: Bool
  let looksAtBeginning: Bool
  /// What the file asks for and is passed over, a line each, such as the padding of batches.
  public internal(set) var notes: [String] = []

  /// Tokens with a part to play, where there are any.
  public let specialTokens: SpecialTokens

  init(
    normalizer: Normalizer? = nil, preTokenizer: PreTokenizer? = nil, model: TokenizerModel, postProcessor: PostProcessor? = nil,
    decoder: TokenDecoder? = nil, addedTokens: AddedTokens
  ) {
    (self.normalizer, self.preTokenizer, self.model, self.postProcessor) = (normalizer, preTokenizer, model, postProcessor)
    (self.decoder, self.addedTokens) = (decoder, addedTokens)
    var vocabulary = model.vocabulary
    for token in addedTokens.list { vocabulary.add(token.content, id: token.id) }
    self.vocabulary = vocabulary
    specialTokens = SpecialTokens(in: vocabulary)
    vocabularySize = max(vocabulary.size, (postProcessor?.ids.max()).map { Int($0) + 1 } ?? 0)
    joinsBytes = decoder?.joinsBytes ?? false
    looksAtBeginning = preTokenizer?.looksAtBeginning ?? false
  }

  /// Whether `id` is that of a token which is no text.
  func isSpecial(_ id: Int32) -> Bool { addedTokens.isSpecial(id) }

  /// Whether the token `id` stands for a byte, which is text only together with its neighbours.
  func isPartOfBytes(_ id: Int32) -> Bool { joinsBytes && vocabulary.bytes(of: id).flatMap(TokenDecoder.fallbackByte) != nil }

  /// Whether words are cut into pieces whose text depends on their neighbours.
  var isWordPiece: Bool { if case .wordPiece = model { true } else { false } }

  /// One more than the largest id, those of the template included: how many rows a table of embeddings needs.
  public let vocabularySize: Int

  /// The id of the token that is written `token`, in the model's own writing (`Ġthe`, `##ing`, `[CLS]`).
  public func id(of token: String) -> Int32? { vocabulary.id(of: token) }

  /// The token with this id in the model's own writing; nil where there is none.
  public func token(_ id: Int32) -> String? { vocabulary.text(of: id) }

  /// The ids of a text in UTF-8.
  ///
  /// Tokens that were added by name, special ones among them, are recognised in the text. Where `addingSpecialTokens`, those that the
  /// tokenizer's template puts around a text (`[CLS]`, `[SEP]`) are added. What has no token becomes the unknown token; a vocabulary
  /// without one leaves it out (see ``firstUnknown(in:)``).
  public func encode(_ text: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool = false) -> [Int32] {
    let scratch = scratches.take()
    defer { scratches.give(scratch) }
    let ids = TokenSink(hint: text.count / 3)
    forEachPart(of: text) { part in
      switch part {
      case .token(let id): ids.append(id)
      case .word(let word): model.encode(word, into: ids, scratch)
      }
    }
    return addingSpecialTokens ? postProcessor?.process(ids.array) ?? ids.array : ids.array
  }

  /// The ids of a text that is to be continued: the tokens that the template puts before a text are added, and those behind it are not.
  public func encode(beginning text: String) -> [Int32] {
    let ids = encode(text)
    return postProcessor?.begin(ids) ?? ids
  }

  /// The ids of a text; see the form that takes a buffer.
  public func encode(_ text: some Collection<UInt8>, addingSpecialTokens: Bool = false) -> [Int32] {
    text.withContiguousStorageIfAvailable { encode($0, addingSpecialTokens: addingSpecialTokens) }
      ?? Array(text).withUnsafeBufferPointer { encode($0, addingSpecialTokens: addingSpecialTokens) }
  }

  /// The ids of a text; see the form that takes a buffer.
  public func encode(_ text: String, addingSpecialTokens: Bool = false) -> [Int32] {
    var text = text
    return text.withUTF8 { encode($0, addingSpecialTokens: addingSpecialTokens) }
  }

  /// The text of `ids` as bytes, which are UTF-8 but for a byte-level tokenizer's ids that end within a character. Ids without a token are
  /// left out, and special tokens where `skippingSpecialTokens`.
  public func decode(_ ids: some Collection<Int32>, skippingSpecialTokens: Bool = true) -> [UInt8] {
    var tokens: [[UInt8]] = []
    tokens.reserveCapacity(ids.count)
    for id in ids where !(skippingSpecialTokens && addedTokens.isSpecial(id)) {
      if let bytes = vocabulary.bytes(of: id) { tokens.append(bytes) }
    }
    return TokenDecoder.text(of: tokens, decoder)
  }

  /// The text of `ids`; what is not UTF-8 becomes U+FFFD.
  public func text(_ ids: some Collection<Int32>, skippingSpecialTokens: Bool = true) -> String {
    String(decoding: decode(ids, skippingSpecialTokens: skippingSpecialTokens), as: UTF8.self)
  }
}
