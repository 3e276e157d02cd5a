import TemperJSON
import TemperSearch
import TemperStudies

/// Complete trials, by what identifies them, so that none is trained twice: not in a sweep that was widened, nor where a sampler repeats itself.
final class FinishedTrials {
  /// The results of a trial.
  struct Results {
    let values: [Double]
    let constraints: [Double]
    let reports: [Trial.Report]
    /// The study and number, for the reader.
    let source: String
    /// The number.
    let number: Int
  }

  /// Those of other studies.
  private var known: [String: Results] = [:]
  /// Those of the worker's own study, the earliest of each.
  private var own: [String: Results] = [:]
  /// The numbers of the own trials that have been looked at since they ended.
  private var seen: [Bool] = []

  /// Those of the other studies in the file of `study`.
  init(besides study: Study) throws(Diagnostics) {
    for name in try Study.names(path: study.path) where name != study.name {
      for trial in try Study(path: study.path, name: name).trials() { Self.add(trial, of: name, to: &known) }
    }
  }

  private static func add(_ trial: StoredTrial, of study: String, to known: inout [String: Results]) {
    guard trial.state == .complete, let identity = trial.userAttribute(SweepAttribute.identity)?.string else { return }
    if let earlier = known[identity], earlier.number <= trial.number { return }
    known[identity] = Results(
      values: trial.values, constraints: trial.constraints, reports: trial.reports, source: "\(study), trial \(trial.number)",
      number: trial.number)
  }

  /// The results that `trial` would have; those of a trial of its own study only if that is among `others`, which it may use.
  func find(_ trial: StoredTrial, in study: Study, _ others: [Trial], isAdaptive: Bool) throws(Diagnostics) -> Results? {
    guard let identity = trial.userAttribute(SweepAttribute.identity)?.string else { return nil }
    if let results = known[identity] { return results }
    let trials = try study.trials()
    while seen.count < trials.count { seen.append(false) }
    for (index, other) in trials.enumerated() where !seen[index] && other.state != .running && other.state != .waiting {
      seen[index] = true
      Self.add(other, of: study.name, to: &own)
    }
    guard let results = own[identity], !isAdaptive || others.contains(where: { $0.number == results.number }) else { return nil }
    return results
  }
}

extension Sequence<StoredTrial> {
  /// The seconds during which some trial ran.
  func secondsOfWork() -> Double {
    let spans = compactMap { trial in trial.started.map { ($0, trial.ended ?? $0) } }.sorted { $0.0 < $1.0 }
    var (sum, end) = (0.0, -Double.infinity)
    for (start, stop) in spans {
      sum += Swift.max(0, stop - Swift.max(start, end))
      end = Swift.max(end, stop)
    }
    return sum
  }
}
