import TemperCore
import TemperJSON

extension Diagnostic.Code {
  /// Weights that contradict the config beside them.
  public static let contradictoryWeights = Diagnostic.Code("E0246", "stored weights contradict the config beside them")
}

extension SafeTensors {
  /// These tensors under the names, and in the choice, that Temper's model of `config` has, which are those that `transformers` writes today.
  /// Files found elsewhere differ in ways that `transformers` tolerates too: the prefix of the inner model may be missing, norms may be called
  /// `gamma` and `beta`, a shared head may be there a second time or instead of the embedding (`safetensors.torch.save_model` keeps one name of
  /// the two), and there may be constants and heads that the model has no use for.
  ///
  /// - Throws: A head that is said to be shared and is not, and two tensors that are one parameter under two names.
  public func fitted(to config: PretrainedConfig, path: String) throws(Diagnostics) -> SafeTensors {
    let architecture = PretrainedNames(config)
    let isPrefixed = names.contains { $0.hasPrefix(architecture.prefix) }
    func fittedName(_ name: String) -> String? {
      if architecture.isIgnored(name) { return nil }
      let modern = PretrainedNames.modern(name)
      return isPrefixed || architecture.isOutside(modern) ? modern : architecture.prefix + modern
    }
    var sources: [String: String] = [:]
    for name in names {
      guard let own = fittedName(name) else { continue }
      if let other = sources.updateValue(name, forKey: own) {
        throw Diagnostics(
          .contradictoryWeights, at: .wholeFile(path: path),
          "\(quoted(other)) and \(quoted(name)) are both names of the parameter \(quoted(own)); remove one of the two tensors")
      }
    }
    // Of a pair that is one tensor, the copy alone will do.
    let lone = architecture.shared.filter { sources[$0.copy] != nil && sources[$0.original] == nil }
    let fitted = renamed { name in
      let own = fittedName(name)
      return lone.first { $0.copy == own }?.original ?? own
    }
    for (copy, original) in architecture.shared {
      guard let a = fitted.tensor(copy), let b = fitted.tensor(original) else { continue }
      guard a.shape == b.shape, (0..<a.count).allSatisfy({ a.pointer[$0] == b.pointer[$0] }) else {
        throw Diagnostics(
          .contradictoryWeights, at: .wholeFile(path: path),
          "\"\(copy)\" differs from \"\(original)\", although the config says that they are one; set tie_word_embeddings to false if they are two"
        )
      }
    }
    let copies = Set(architecture.shared.map(\.copy))
    return fitted.renamed { copies.contains($0) ? nil : $0 }
  }
}

/// What the names of an architecture's tensors have in common.
private struct PretrainedNames {
  /// Where the inner model's names begin.
  let prefix: String
  private let outside: [String]
  private let ignored: [String]
  private let ignoredPrefixes: [String]
  /// Tensors that are the same as others.
  let shared: [(copy: String, original: String)]

  init(_ pretrained: PretrainedConfig) {
    switch pretrained.config {
    case .gpt2(let config):
      (prefix, outside, ignored, ignoredPrefixes) = ("transformer.", ["lm_head."], [".attn.bias", ".attn.masked_bias"], [])
      shared = config.tiesEmbeddings ? [("lm_head.weight", "transformer.wte.weight")] : []
    case .llama(let config):
      (prefix, outside, ignored, ignoredPrefixes) = ("model.", ["lm_head."], [".rotary_emb.inv_freq"], [])
      shared = config.tiesEmbeddings ? [("lm_head.weight", "model.embed_tokens.weight")] : []
    case .bert:
      (prefix, outside, ignored) = ("bert.", ["cls.", "classifier."], ["embeddings.position_ids"])
      ignoredPrefixes = pretrained.head == .masked ? ["bert.pooler.", "pooler.", "cls.seq_relationship."] : []
      shared = [
        ("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"),
        ("cls.predictions.decoder.bias", "cls.predictions.bias"),
      ]
    }
  }

  /// Whether the name belongs to a constant, or to a head that the model has not.
  func isIgnored(_ name: String) -> Bool {
    ignored.contains { name.hasSuffix($0) } || ignoredPrefixes.contains { name.hasPrefix($0) }
  }

  /// Whether the name lies beside the inner model.
  func isOutside(_ name: String) -> Bool { outside.contains { name.hasPrefix($0) } }

  /// The name as it is today; the first BERTs called a norm's parameters as TensorFlow did.
  static func modern(_ name: String) -> String {
    for (old, new) in [(".LayerNorm.gamma", ".LayerNorm.weight"), (".LayerNorm.beta", ".LayerNorm.bias")] where name.hasSuffix(old) {
      return name.dropLast(old.count) + new
    }
    return name
  }
}
