import TemperTrain

extension Components {
  /// All that Temper has, and the examples of this folder: a line each.
  static var extended: Components {
    var components = Components.standard
    components.models.append(QuadraticConfig.self)
    components.inputs.append(ParityInput.self)
    components.tasks.append(.supervised(Counts.self))
    components.tasks.append(.reconstruction)
    return components
  }
}
