import TemperCore
import TemperFiles
import TemperJSON
import TemperNN
import TemperText

extension Diagnostic.Code {
  /// A folder does not hold the expected Hugging Face model.
  public static let noPretrainedModel = Diagnostic.Code("E0312", "there is no Hugging Face model in this folder")
}

/// A model in the format of another program: a folder of Hugging Face's `transformers`, or a checkpoint of llama2.c.
public struct PretrainedModel {
  static let weightsName = "model.safetensors"
  static let indexName = "model.safetensors.index.json"
  static let configName = "config.json"
  static let tokenizerName = "tokenizer.json"
  static let generationName = "generation_config.json"

  /// The model's shape and head.
  public let config: PretrainedConfig
  /// Its parameters, under the names of `transformers`.
  public let store: ParameterStore
  /// The content of its tokenizer.json; nil if there is none.
  public let tokenizer: JSON?
  /// The unused tensors of its file, each with its type.
  public let ignoredTensors: [String]

  /// Creates a model from matching parts: `store` has the parameters that `config` describes.
  init(config: PretrainedConfig, store: ParameterStore, tokenizer: JSON?, ignoredTensors: [String] = []) {
    (self.config, self.store, self.tokenizer, self.ignoredTensors) = (config, store, tokenizer, ignoredTensors)
  }

  /// The same with parameters to be checked; `path` is their source.
  private init(
    config: PretrainedConfig, weights: SafeTensors, tokenizer: JSON?, path: String, ignoringExtra: Bool
  ) throws(Diagnostics) {
    let store = ParameterStore(loading: weights)
    config.config.load(store.root, config.head, vocabulary: config.vocabularySize) { weights.tensor($0) != nil }
    do {
      try store.finishLoading(ignoring: ignoringExtra ? [NamePattern("*")] : [])
    } catch {
      let hint = error.unexpected.isEmpty ? "" : "\nuse --ignore-extra to ignore unexpected tensors"
      throw Diagnostics(.unfitWeights, at: .wholeFile(path: path), "the weights do not match the config:\n\(error)\(hint)")
    }
    let extra = store.unexpectedTensors.map { "\($0) (\(weights.typeName(of: $0) ?? ""))" }
    self.init(config: config, store: store, tokenizer: tokenizer, ignoredTensors: extra)
  }

  /// Reads a folder with config.json, model.safetensors or its shards, and optionally tokenizer.json; or the .bin file of llama2.c,
  /// whose tokenizer file is `tokenizer`. Everything is checked: weights that do not fit the config cause an error that names them,
  /// except unused ones if `ignoringExtra`.
  public init(reading path: String, tokenizer: String? = nil, ignoringExtra: Bool = false) throws(Diagnostics) {
    if Files.isFolder(path) {
      if let tokenizer {
        throw Diagnostics(
          .contradiction, at: .option("--tokenizer"), "\(tokenizer) is only for llama2.c checkpoints; a folder has its own tokenizer.json")
      }
      try self.init(folder: path, ignoringExtra: ignoringExtra)
    } else {
      let file = try FileBytes(reading: path)
      let checkpoint = try Llama2CCheckpoint(parsing: file.bytes, path: file.name)
      var json: JSON?
      if let tokenizer {
        let file = try FileBytes(reading: tokenizer)
        json = try Llama2CTokenizer(parsing: file.bytes, count: checkpoint.config.vocabularySize, path: file.name).json
      }
      try self.init(config: checkpoint.config, weights: checkpoint.weights, tokenizer: json, path: path, ignoringExtra: ignoringExtra)
    }
  }

  private init(folder: String, ignoringExtra: Bool) throws(Diagnostics) {
    let configPath = folder + "/" + Self.configName
    guard Files.exists(configPath) else {
      throw Diagnostics(
        .noPretrainedModel, at: .wholeFile(path: folder),
        "contains no \(Self.configName). Use a folder written by transformers' save_pretrained, or a .bin file of llama2.c.")
    }
    let generationPath = folder + "/" + Self.generationName
    let generation: SpecialTokenIDs? =
      Files.exists(generationPath) ? try SpecialTokenIDs(reading: JSON(reading: generationPath), path: generationPath) : nil
    let config = try PretrainedConfig(huggingFace: JSON(reading: configPath), path: configPath, generationTokens: generation)
    let weights = try Self.weights(folder).fitted(to: config, path: folder + "/" + Self.weightsName)
    let tokenizerPath = folder + "/" + Self.tokenizerName
    try self.init(
      config: config, weights: weights, tokenizer: Files.exists(tokenizerPath) ? try JSON(reading: tokenizerPath) : nil, path: folder,
      ignoringExtra: ignoringExtra)
  }

  /// The weights of a folder: one file, or the shards listed in an index.
  private static func weights(_ folder: String) throws(Diagnostics) -> SafeTensors {
    func read(_ name: String) throws(Diagnostics) -> SafeTensors {
      let file = try FileBytes(reading: folder + "/" + name)
      return try SafeTensors(parsing: file.bytes, path: file.name)
    }
    if Files.exists(folder + "/" + weightsName) { return try read(weightsName) }
    let indexPath = folder + "/" + indexName
    guard Files.exists(indexPath) else {
      throw Diagnostics(
        .noPretrainedModel, at: .wholeFile(path: folder),
        "contains neither \(weightsName) nor \(indexName). Other weight formats are not supported: save the model with transformers, "
          + "which writes safetensors.")
    }
    guard let places = try JSON(reading: indexPath)["weight_map"]?.members, places.allSatisfy({ $0.value.string != nil }) else {
      throw Diagnostics(.badWeights, at: .wholeFile(path: indexPath), "has no \"weight_map\" from tensors to files; the file is damaged")
    }
    var shards: [SafeTensors] = []
    for name in Set(places.compactMap(\.value.string)).sorted() {
      guard !name.contains("/") else {
        throw Diagnostics(.badWeights, at: .wholeFile(path: indexPath), "refers to the file \"\(name)\", which is in another folder")
      }
      shards.append(try read(name))
    }
    guard let joined = SafeTensors(joining: shards) else {
      throw Diagnostics(.badWeights, at: .wholeFile(path: indexPath), "lists files with a duplicate tensor; copy the folder again")
    }
    return joined
  }

  /// Writes the folder that `transformers` loads, atomically.
  public func write(to folder: String) throws(Diagnostics) {
    let json = try config.huggingFace()
    try demandAbsence(of: folder)
    try Files.writeFolder(folder) { (folder) throws(Diagnostics) in
      func write(_ json: JSON, _ name: String) throws(Diagnostics) {
        try Files.write(json, to: folder + "/" + name)
      }
      try write(json, Self.configName)
      if let generation = config.huggingFaceGeneration() { try write(generation, Self.generationName) }
      try Files.write(store.saved(metadata: [("format", "pt")]).bytes, to: folder + "/" + Self.weightsName)
      if let tokenizer {
        try write(tokenizer, Self.tokenizerName)
        try write(tokenizerConfig(tokenizer), "tokenizer_config.json")
      }
    }
  }

  /// The content of tokenizer_config.json: settings that are not in tokenizer.json.
  private func tokenizerConfig(_ tokenizer: JSON) throws(Diagnostics) -> JSON {
    let special = try Tokenizer(json: Array(tokenizer.serialized().utf8), path: Self.tokenizerName)
    func name(_ id: Int32?) -> JSON { id.flatMap { special.token($0) }.map { .string($0) } ?? .null }
    func name(_ id: Int?) -> JSON { name(id.flatMap(Int32.init(exactly:))) }
    let tokens = special.specialTokens
    let members: [(String, JSON)] = [
      ("tokenizer_class", "PreTrainedTokenizerFast"), ("model_max_length", .integer(config.config.contextLength)),
      ("bos_token", name(config.specialTokens.beginning)),
      ("eos_token", name(config.specialTokens.ends.first)),
      ("pad_token", name(config.specialTokens.padding ?? tokens.padding.map(Int.init))), ("unk_token", name(tokens.unknown)),
      ("cls_token", name(tokens.classification)), ("sep_token", name(tokens.separator)), ("mask_token", name(tokens.mask)),
      ("clean_up_tokenization_spaces", false),
    ]
    return .object(members.filter { !$0.1.isNull })
  }
}
