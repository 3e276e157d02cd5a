import TemperJSON

/// Converts text to token ids and back, like the `tokenizers` library of Hugging Face with the same `tokenizer.json`.
///
/// Encoding has four stages: added tokens are extracted, the rest is normalized and pre-tokenized into words, and the model (byte-pair
/// encoding, unigram, WordPiece, or word-level) gives the ids of each word. Texts are bytes of UTF-8; each stage treats a malformed byte as
/// U+FFFD, except the byte-level one, which accepts every byte.
///
/// A tokenizer is immutable and thread-safe.
public struct Tokenizer: Sendable {
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let model: TokenizerModel
  let postProcessor: PostProcessor?
  let decoder: TokenDecoder?
  let addedTokens: AddedTokens
  /// The texts of all tokens, of the model and added.
  let vocabulary: Vocabulary
  private let scratches = ScratchPool()
  private let joinsBytes: Bool
  let looksAtBeginning: Bool
  /// Settings of the file that are ignored, one per line, such as the padding of batches.
  public internal(set) var notes: [String] = []

  /// The special tokens, where there are any.
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

  /// Whether the token `id` is special.
  func isSpecial(_ id: Int32) -> Bool { addedTokens.isSpecial(id) }

  /// Whether the token `id` stands for a byte, which is only text together with its neighbours.
  func isPartOfBytes(_ id: Int32) -> Bool { joinsBytes && vocabulary.bytes(of: id).flatMap(TokenDecoder.fallbackByte) != nil }

  /// Whether words are split into pieces whose text depends on their neighbours.
  var isWordPiece: Bool { if case .wordPiece = model { true } else { false } }

  /// One more than the largest id, including those of the template: the number of rows of an embedding table.
  public let vocabularySize: Int

  /// The id of `token`, as written in the vocabulary (`Ġthe`, `##ing`, `[CLS]`).
  public func id(of token: String) -> Int32? { vocabulary.id(of: token) }

  /// The token with this id, as written in the vocabulary; nil where there is none.
  public func token(_ id: Int32) -> String? { vocabulary.text(of: id) }

  /// The ids of a text in UTF-8.
  ///
  /// Added tokens, including special ones, are recognised in the text. With `addingSpecialTokens`, those of the tokenizer's template
  /// (`[CLS]`, `[SEP]`) are added. Text without a token becomes the unknown token; a vocabulary without one drops it (see
  /// ``firstUnknown(in:)``).
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

  /// The ids of a text to be continued: with the template's tokens before the text, but not those after it.
  public func encode(beginning text: String) -> [Int32] {
    let ids = encode(text)
    return postProcessor?.begin(ids) ?? ids
  }

  /// The ids of a text; see the overload for a buffer.
  public func encode(_ text: some Collection<UInt8>, addingSpecialTokens: Bool = false) -> [Int32] {
    text.withContiguousStorageIfAvailable { encode($0, addingSpecialTokens: addingSpecialTokens) }
      ?? Array(text).withUnsafeBufferPointer { encode($0, addingSpecialTokens: addingSpecialTokens) }
  }

  /// The ids of a text; see the overload for a buffer.
  public func encode(_ text: String, addingSpecialTokens: Bool = false) -> [Int32] {
    var text = text
    return text.withUTF8 { encode($0, addingSpecialTokens: addingSpecialTokens) }
  }

  /// The text of `ids` as bytes, which are UTF-8 except for a byte-level tokenizer's ids that end within a character. Ids without a token
  /// are skipped, and special tokens with `skippingSpecialTokens`.
  public func decode(_ ids: some Collection<Int32>, skippingSpecialTokens: Bool = true) -> [UInt8] {
    var tokens: [[UInt8]] = []
    tokens.reserveCapacity(ids.count)
    for id in ids where !(skippingSpecialTokens && addedTokens.isSpecial(id)) {
      if let bytes = vocabulary.bytes(of: id) { tokens.append(bytes) }
    }
    return TokenDecoder.text(of: tokens, decoder)
  }

  /// The text of `ids`; invalid UTF-8 becomes U+FFFD.
  public func text(_ ids: some Collection<Int32>, skippingSpecialTokens: Bool = true) -> String {
    String(decoding: decode(ids, skippingSpecialTokens: skippingSpecialTokens), as: UTF8.self)
  }
}
