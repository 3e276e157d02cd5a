extension SearchSpace {
  /// Whether `parameter` is part of a trial in which the parameters before it have these values.
  public func isActive(_ parameter: Parameter, given values: [String: Double]) -> Bool {
    guard let condition = parameter.condition else { return true }
    return values[condition.parent].flatMap { Int(exactly: $0) }.map(condition.choices.contains) ?? false
  }

  /// The values of a trial: asks for those of its active parameters, in order.
  public func values(_ value: (Parameter) -> Double) -> [String: Double] {
    var values: [String: Double] = [:]
    for parameter in parameters where isActive(parameter, given: values) { values[parameter.name] = value(parameter) }
    return values
  }

  /// The parameters that are always part of a trial together, in order: those without condition, and those of each condition.
  var groups: [[Parameter]] {
    var groups: [[Parameter]] = []
    for parameter in parameters {
      if let index = groups.firstIndex(where: { $0[0].condition == parameter.condition }) {
        groups[index].append(parameter)
      } else {
        groups.append([parameter])
      }
    }
    return groups
  }

  /// The parameter called `name`.
  public subscript(name: String) -> Parameter? { parameters.first { $0.name == name } }
}
