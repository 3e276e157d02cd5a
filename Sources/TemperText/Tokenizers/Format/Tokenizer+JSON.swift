import TemperJSON

extension Tokenizer {
  /// Reads a `tokenizer.json` as written by the `tokenizers` library of Hugging Face; `path` is the file's name in messages.
  ///
  /// Models are BPE, Unigram, WordPiece and WordLevel. Throws `E0281` for anything unsupported, so that ids never differ from that library,
  /// and `E0280` for a damaged file.
  public init(json bytes: [UInt8], path: String) throws(Diagnostics) {
    let file = try JSON.parse(bytes, path: path)
    let reader = TokenizerReader(path: path)
    try reader.check(
      file, "the file",
      ["version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"])
    guard let modelValue = file["model"] else { throw reader.failure(file, "\"model\" is missing: this is not a tokenizer.json.") }
    let normalizer = try reader.optional("normalizer", in: file) { value throws(Diagnostics) in try Normalizer(value, reader) }
    let preTokenizer = try reader.optional("pre_tokenizer", in: file) { value throws(Diagnostics) in try PreTokenizer(value, reader) }
    guard let isByteLevel = preTokenizer?.isByteLevel ?? (preTokenizer == nil ? false : nil) else {
      throw reader.unsupported(file["pre_tokenizer"]!, "a ByteLevel pre-tokenizer must be the last of its sequence.")
    }
    let model = try TokenizerModel(modelValue, isByteLevel: isByteLevel, reader)
    let added = try Self.addedTokens(file, model.vocabulary, reader)
    self.init(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model,
      postProcessor: try reader.optional("post_processor", in: file) { value throws(Diagnostics) in try PostProcessor(value, reader) },
      decoder: try reader.optional("decoder", in: file) { value throws(Diagnostics) in try TokenDecoder(value, reader) },
      addedTokens: AddedTokens(added, normalizer))
    // Truncation and padding are handled where batches are made.
    notes = ["truncation", "padding"].filter { file[$0]?.isNull == false }.map { "\(quoted($0)) of \(path) is ignored" }
  }

  private static func addedTokens(_ file: JSON, _ model: Vocabulary, _ reader: TokenizerReader) throws(Diagnostics) -> [AddedToken] {
    var vocabulary = model
    return try reader.all(file["added_tokens"]?.array ?? []) { value throws(Diagnostics) in
      try reader.check(
        value, "an added token", ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"])
      let isSpecial = try reader.bool("special", in: value, absent: false)
      guard let id = value["id"] else { throw reader.failure(value, "an added token must have an id.") }
      let token = AddedToken(
        id: try reader.id(id), content: try reader.string("content", in: value),
        isSingleWord: try reader.bool("single_word", in: value, absent: false),
        stripsLeft: try reader.bool("lstrip", in: value, absent: false), stripsRight: try reader.bool("rstrip", in: value, absent: false),
        isNormalized: try reader.bool("normalized", in: value, absent: !isSpecial), isSpecial: isSpecial)
      guard vocabulary.add(token.content, id: token.id) else {
        throw reader.failure(value, "the added token \(quoted(token.content)) or its id \(token.id) is a duplicate.")
      }
      return token
    }
  }

  /// The tokenizer as a `tokenizer.json` for the `tokenizers` library.
  public var json: JSON {
    [
      "version": "1.0", "truncation": .null, "padding": .null,
      "added_tokens": .array(
        addedTokens.list.map { token in
          [
            "id": .integer(Int(token.id)), "content": .string(token.content), "single_word": .bool(token.isSingleWord),
            "lstrip": .bool(token.stripsLeft), "rstrip": .bool(token.stripsRight), "normalized": .bool(token.isNormalized),
            "special": .bool(token.isSpecial),
          ]
        }),
      "normalizer": normalizer?.json ?? .null, "pre_tokenizer": preTokenizer?.json ?? .null,
      "post_processor": postProcessor?.json ?? .null, "decoder": decoder?.json ?? .null, "model": model.json,
    ]
  }
}
