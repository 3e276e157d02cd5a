import TemperCore
import TemperJSON

extension Diagnostic.Code {
  /// Weights that contradict the config beside them.
  public static let contradictoryWeights = Diagnostic.Code("E0246", "stored weights contradict their config.json")
}

extension SafeTensors {
  /// The tensors that Temper's model of `config` needs, under its names, which are those that `transformers` writes today. Files may differ
  /// in ways that `transformers` tolerates too: the prefix of the inner model may be missing, norms may be called `gamma` and `beta`, a
  /// tied head may be stored a second time or instead of the embedding (`safetensors.torch.save_model` keeps one name of the two), and
  /// there may be constants and heads that the model does not use.
  ///
  /// - Throws: For a head that should be tied and is not, and for two tensors that are the same parameter under two names.
  public func fitted(to config: PretrainedConfig, path: String) throws(Diagnostics) -> SafeTensors {
    let architecture = config.config.tensorNames(config.head)
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
    // Of a tied pair, the copy alone is enough.
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
          "\"\(copy)\" differs from \"\(original)\", although the config ties them; set tie_word_embeddings to false if they are separate"
        )
      }
    }
    let copies = Set(architecture.shared.map(\.copy))
    return fitted.renamed { copies.contains($0) ? nil : $0 }
  }
}
