extension Direction {
  /// `value` as a number of which less is better.
  public func loss(_ value: Double) -> Double { self == .minimize ? value : -value }
}

extension Trial {
  /// Whether no constraint is violated; a trial without any counts as feasible, as in Optuna 5.
  public var isFeasible: Bool { constraints.allSatisfy { !($0 > 0) } }

  /// The sum of what is violated, 0 if feasible.
  var violation: Double { constraints.reduce(0) { $1 > 0 ? $0 + $1 : $0 } }

  /// Whether it has an outcome that samplers learn from.
  var isFinished: Bool { state == .complete || state == .pruned }
}

extension Trial {
  /// The stored values of `parameters`; nil if one is not part of it or no longer one of the parameter's values.
  func values(of parameters: [SearchSpace.Parameter]) -> [Double]? {
    var values: [Double] = []
    values.reserveCapacity(parameters.count)
    for parameter in parameters {
      guard let value = self.parameters[parameter.name], parameter.distribution.contains(value) else { return nil }
      values.append(value)
    }
    return values
  }
}

extension Sequence<Trial> {
  /// The best complete and feasible trial by the first objective, the earliest of equals; nil without one.
  public func best(_ direction: Direction) -> Trial? {
    var best: Trial?
    for trial in self where trial.state == .complete && trial.isFeasible {
      guard let value = trial.values.first else { continue }
      if let known = best?.values.first, direction.loss(value) >= direction.loss(known) { continue }
      best = trial
    }
    return best
  }
}
