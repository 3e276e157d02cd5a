import TemperCore
import TemperJSON

extension TokenizerModel {
  init(_ value: JSON, isByteLevel: Bool, _ reader: TokenizerReader) throws(Diagnostics) {
    let what = "the model"
    // The oldest files of byte-pair encodings have no type.
    let type = value["type"] == nil && value["merges"] != nil ? "BPE" : try reader.string("type", in: value)
    if isByteLevel, type != "BPE" {
      throw reader.unsupported(value, "a ByteLevel pre-tokenizer is only supported with a model of type BPE.")
    }
    switch type {
    case "BPE":
      try reader.check(
        value, what,
        [
          "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges",
          "vocab", "merges",
        ])
      if let dropout = value["dropout"], !dropout.isNull, dropout.number != 0 {
        throw reader.unsupported(dropout, "\"dropout\" of merges is not supported: set it to null.")
      }
      var options = BytePairModel.Options()
      options.unknownToken = try reader.optionalString("unk_token", in: value)
      options.prefix = try reader.optionalString("continuing_subword_prefix", in: value) ?? ""
      options.suffix = try reader.optionalString("end_of_word_suffix", in: value) ?? ""
      options.fusesUnknown = try reader.bool("fuse_unk", in: value, absent: false)
      options.byteFallback = try reader.bool("byte_fallback", in: value, absent: false)
      options.ignoresMerges = try reader.bool("ignore_merges", in: value, absent: false)
      options.isByteLevel = isByteLevel
      if isByteLevel, options.byteFallback || !options.prefix.isEmpty || !options.suffix.isEmpty {
        throw reader.unsupported(value, "byte_fallback, prefix and suffix are not supported with a ByteLevel pre-tokenizer.")
      }
      let vocabulary = try Self.vocabulary(value, reader)
      let merges = try reader.all(reader.array("merges", in: value)) { merge throws(Diagnostics) in
        try Self.merge(merge, vocabulary, prefix: options.prefix, reader)
      }
      self = .bytePair(BytePairModel(vocabulary: vocabulary, merges: merges, options: options))
    case "WordPiece":
      try reader.check(value, what, ["type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"])
      let vocabulary = try Self.vocabulary(value, reader)
      self = .wordPiece(
        WordPieceModel(
          vocabulary: vocabulary, unknownToken: try reader.string("unk_token", in: value),
          prefix: try reader.optionalString("continuing_subword_prefix", in: value) ?? "##",
          longestWord: try reader.integer("max_input_chars_per_word", in: value, 1...Int(Int32.max), absent: 100)))
    case "WordLevel":
      try reader.check(value, what, ["type", "unk_token", "vocab"])
      let vocabulary = try Self.vocabulary(value, reader)
      self = .wordLevel(WordLevelModel(vocabulary: vocabulary, unknownToken: try reader.string("unk_token", in: value)))
    case "Unigram": self = .unigram(try UnigramModel(value, reader))
    default:
      throw reader.unsupported(value, "unsupported model type \(quoted(type)). Supported are BPE, Unigram, WordPiece and WordLevel.")
    }
  }

  private static func vocabulary(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) -> Vocabulary {
    guard let members = value["vocab"]?.members else {
      throw reader.failure(value["vocab"] ?? value, "\"vocab\" must be an object of tokens and their ids.")
    }
    return try vocabulary(members, reader)
  }

  static func vocabulary(_ members: [JSON.Member], _ reader: TokenizerReader) throws(Diagnostics) -> Vocabulary {
    var vocabulary = Vocabulary()
    for member in members {
      let id = try reader.id(member.value)
      guard vocabulary.add(member.name, id: id) else {
        throw reader.failure(member.value, "the id \(id) is already that of \(quoted(vocabulary.text(of: id) ?? "")).")
      }
    }
    return vocabulary
  }

  /// `["a", "b"]` or, in older files, `"a b"`.
  private static func merge(
    _ value: JSON, _ vocabulary: Vocabulary, prefix: String, _ reader: TokenizerReader
  ) throws(Diagnostics) -> (left: Int32, right: Int32, merged: Int32) {
    let parts = value.array?.compactMap(\.string) ?? value.string.map { $0.utf8.split(separator: 0x20).map { String($0)! } } ?? []
    guard parts.count == 2 else { throw reader.failure(value, "a merge must be two tokens.") }
    return try merge(parts[0], parts[1], vocabulary, prefix: prefix) { message in reader.failure(value, message) }
  }

  /// The ids of a merge of two tokens.
  static func merge(
    _ left: String, _ right: String, _ vocabulary: Vocabulary, prefix: String, _ failure: (String) -> Diagnostics
  ) throws(Diagnostics) -> (left: Int32, right: Int32, merged: Int32) {
    let rest = right.utf8.starts(with: prefix.utf8) ? Array(right.utf8.dropFirst(prefix.utf8.count)) : Array(right.utf8)
    let merged = String(decoding: Array(left.utf8) + rest, as: UTF8.self)
    func id(_ token: String) throws(Diagnostics) -> Int32 {
      guard let id = vocabulary.id(of: token) else {
        throw failure("the merge of \(quoted(left)) and \(quoted(right)) needs the token \(quoted(token)), which is not in the vocabulary.")
      }
      return id
    }
    return (try id(left), try id(right), try id(merged))
  }

  var json: JSON {
    func entries(_ vocabulary: Vocabulary) -> JSON { .object(vocabulary.entries.map { ($0.text, .integer(Int($0.id))) }) }
    switch self {
    case .bytePair(let model):
      let options = model.options
      return [
        "type": "BPE", "dropout": .null, "unk_token": options.unknownToken.map { .string($0) } ?? .null,
        "continuing_subword_prefix": options.prefix.isEmpty ? .null : .string(options.prefix),
        "end_of_word_suffix": options.suffix.isEmpty ? .null : .string(options.suffix), "fuse_unk": .bool(options.fusesUnknown),
        "byte_fallback": .bool(options.byteFallback), "ignore_merges": .bool(options.ignoresMerges), "vocab": entries(model.vocabulary),
        "merges": .array(
          model.merges.map { merge in
            [.string(model.vocabulary.text(of: merge.left) ?? ""), .string(model.vocabulary.text(of: merge.right) ?? "")]
          }),
      ]
    case .wordPiece(let model):
      return [
        "type": "WordPiece", "unk_token": .string(model.unknownToken), "continuing_subword_prefix": .string(model.prefix),
        "max_input_chars_per_word": .integer(model.longestWord), "vocab": entries(model.vocabulary),
      ]
    case .wordLevel(let model):
      return ["type": "WordLevel", "vocab": entries(model.vocabulary), "unk_token": .string(model.unknownToken)]
    case .unigram(let model): return model.json
    }
  }
}
