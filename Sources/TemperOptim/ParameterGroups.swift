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
}

extension ParameterStore {
  /// The trainable arena cut into as few groups as `scope` allows, in order.
  public func groups(decaying scope: DecayScope) -> [ParameterGroup] {
    var groups: [ParameterGroup] = []
    for parameter in trainable {
      let decays = parameter.isMatrix || (scope == .all && parameter.mayDecay)
      if let last = groups.last, last.decays == decays {
        groups[groups.count - 1] = ParameterGroup(range: last.range.lowerBound..<parameter.range.upperBound, decays: decays)
      } else {
        groups.append(ParameterGroup(range: parameter.range, decays: decays))
      }
    }
    return groups
  }
}
