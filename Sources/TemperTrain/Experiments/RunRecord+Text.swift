extension RunRecord {
  /// Its progress in a table.
  public var stateText: String {
    if let parts, parts.ended < parts.count { return "\(parts.ended) of \(parts.count) \(parts.name)" }
    return switch state {
    case .running: "running"
    case .broken: "crashed"
    case .completed: parts.map { "\($0.count) \($0.name)" } ?? "completed"
    case .earlyStopping: "early stopping"
    case .timeLimit: "time limit"
    case .diverged: "DIVERGED"
    case .interrupted: "interrupted"
    case .damaged: "damaged"
    }
  }
}
