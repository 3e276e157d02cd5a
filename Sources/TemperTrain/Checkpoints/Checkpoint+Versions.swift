import TemperJSON

extension Checkpoint {
  /// Converts `state` to this version. Version 2 had no callbacks: their state was part of the run's own.
  static func upgraded(_ state: JSON) -> JSON {
    guard state["version"]?.integer == 2 else { return state }
    func members(_ name: String) -> [(String, JSON)] { (state[name]?.members ?? []).map { ($0.name, $0.value) } }
    let stopping = members("early_stopping")
    var callbacks: [(String, JSON)] = [
      (
        MetricsLog.name,
        .object([("file", state["metrics"] ?? .null), ("since_evaluation", state["since_evaluation"] ?? .null)])
      )
    ]
    if !stopping.isEmpty {
      callbacks.append((BestWeights.name, .object(stopping)))
      callbacks.append((EarlyStopping.name, .object(stopping + [("has_stopped", state["has_stopped"] ?? .null)])))
    }
    let own = (state.members ?? []).map { ($0.name, $0.value) }
    return .object(own.filter { $0.0 != "version" } + [("version", .integer(version)), ("callbacks", .object(callbacks))])
  }
}
