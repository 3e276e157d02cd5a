import TemperNN

/// Which parameters weight decay and penalties act on. The raw value is the name in a config.
public enum DecayScope: String, CaseIterable, Sendable {
  /// Weights of products and embeddings, without biases and normalization layers.
  case matrices
  /// Every trainable parameter, except those that may not decay.
  case all
}

/// A range of the arena whose parameters are treated alike.
public struct ParameterGroup: Sendable {
  /// Where it lies.
  public let range: Range<Int>
  /// Whether decay and penalties act on it.
  public let decays: Bool
  /// What its learning rate is multiplied by.
  public let rateFactor: Double
}

extension ParameterStore {
  /// The trainable arena cut into as few groups as `scope` and `factors` allow, in order.
  public func groups(decaying scope: DecayScope, factors: RateFactors = .none) -> [ParameterGroup] {
    var groups: [ParameterGroup] = []
    for parameter in trainable {
      let decays = parameter.isMatrix || (scope == .all && parameter.mayDecay)
      let factor = factors.factor(of: parameter.name)
      var range = parameter.range
      if let last = groups.last, last.decays == decays, last.rateFactor == factor {
        range = groups.removeLast().range.lowerBound..<range.upperBound
      }
      groups.append(ParameterGroup(range: range, decays: decays, rateFactor: factor))
    }
    return groups
  }
}
