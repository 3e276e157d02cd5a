import TemperJSON

extension Checkpoint {
  /// Converts `state` to this version.
  static func upgraded(_ state: JSON) -> JSON {
    switch state["version"]?.integer {
    case 2: upgraded3(upgraded2(state))
    case 3: upgraded3(state)
    default: state
    }
  }

  /// From version 2, which had no callbacks: their state was part of the run's own.
  private static func upgraded2(_ state: JSON) -> JSON {
    let stopping = members(state["early_stopping"])
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
    return changed(state, version: 3, callbacks)
  }

  /// From version 3, in which patience was the only criterion, and the time limit counted the seconds.
  private static func upgraded3(_ state: JSON) -> JSON {
    var callbacks = members(state["callbacks"])
    let seconds = state["callbacks"]?[TimeLimit.name]?["seconds"] ?? .null
    callbacks.removeAll { $0.0 == TimeLimit.name }
    if let index = callbacks.firstIndex(where: { $0.0 == EarlyStopping.name }) {
      let patience = members(callbacks[index].1).map { ($0.0 == "has_stopped" ? "stops" : $0.0, $0.1) }
      callbacks[index].1 = .object([
        ("observed", callbacks[index].1["observed"] ?? .null), ("patience", .object(patience)), ("criteria", []),
      ])
    }
    return changed(state, version: version, callbacks, more: [("seconds", seconds)])
  }

  private static func changed(_ state: JSON, version: Int, _ callbacks: [(String, JSON)], more: [(String, JSON)] = []) -> JSON {
    let own = members(state).filter { !["version", "callbacks"].contains($0.0) }
    return .object(own + more + [("version", .integer(version)), ("callbacks", .object(callbacks))])
  }

  private static func members(_ json: JSON?) -> [(String, JSON)] { (json?.members ?? []).map { ($0.name, $0.value) } }
}
