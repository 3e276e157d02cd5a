import TemperData
import TemperJSON

/// A single run: the default for configs that ask for nothing else.
struct Single: Experiment {
  static let mark: String? = nil
  static let contents = "a run"

  init?(_ file: ConfigFile) {}

  func carryOut(_ runs: RunFactory) throws(Diagnostics) -> any RunResult {
    if let outcome = try runs.train() { outcome } else { runs.interruption }
  }

  static func record(of directory: RecordedDirectory) -> RunRecord {
    let results = directory.json(RunDirectory.resultsName)
    let lines = try? RunDirectory.evaluations(of: directory.path)
    let best = lines?.last { $0["best"]?.bool == true } ?? lines?.last
    let reason = directory.json(RunDirectory.manifestName).flatMap { $0["stop_reason"] }
    let isDamaged = reason == nil || lines == nil || directory.resolved == nil
    return RunRecord(
      directory, isDamaged ? .damaged : reason?.string.flatMap(RunRecord.State.init(rawValue:)) ?? .broken, parts: nil,
      model: results?["model"]?["type"]?.string, steps: results?["steps"]?.integer ?? lines?.last?["step"]?.integer,
      bestStep: results?["best_step"]?.integer ?? best?["step"]?.integer, metrics: results ?? best)
  }
}
