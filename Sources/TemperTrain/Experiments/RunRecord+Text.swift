import TemperFiles
import TemperJSON

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

extension RunRecord {
  /// The SHA-256 of each data file of the run in `path`, or of its first fold, as recorded; nil if there is no record.
  package static func dataHashes(of path: String) -> [String]? {
    let folder = (try? Experiments.kind(of: path)?.models(in: path))?.first ?? path
    return (try? JSON(reading: folder + "/" + RunDirectory.manifestName))?["data"]?.array?.compactMap { $0["sha256"]?.string }
  }
}
