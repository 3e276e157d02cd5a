import Glibc
import TemperJSON
import TemperSearch
import TemperStudies
import TemperTrain

/// How far a sweep is.
public struct SweepProgress: Sendable {
  /// A trial that has ended since the last progress.
  public struct Ended: Sendable {
    /// Its number.
    public let number: Int
    /// How it ended: `complete`, `pruned` or `fail`.
    public let state: String
    /// The value of the first objective, if it is complete.
    public let value: Double?
    /// Why it failed.
    public let reason: String?
    /// What it changed, as `key=value`.
    public let settings: String
  }

  /// Trials that have ended since the last progress, by number.
  public let ended: [Ended]
  /// Trials in each state.
  public let complete, running, pruned, failed: Int
  /// The number of trials in all, unless the time ends before.
  public let total: Int
  /// The number and the first value of the best trial so far.
  public let best: (number: Int, value: Double)?
  /// The seconds that the rest takes at the speed so far; nil before a trial has ended.
  public let secondsLeft: Double?
}

/// Follows a study while others work on it.
final class ProgressWatch {
  private let setup: StudySetup
  private let jobs: Int
  private var known: Set<Int> = []
  private let start = ContinuousClock.now
  private var last: ContinuousClock.Instant?
  private let earlier: Int

  init(_ setup: StudySetup, jobs: Int) {
    (self.setup, self.jobs) = (setup, jobs)
    let trials = (try? setup.study.trials()) ?? []
    known = Set(trials.filter { $0.state != .running && $0.state != .waiting }.map(\.number))
    earlier = known.count
  }

  /// Reports, at most ten times a second unless it `isLast`.
  func update(_ progress: (SweepProgress) -> Void, isLast: Bool = false) throws(Diagnostics) {
    if !isLast, let last, ContinuousClock.now - last < .milliseconds(100) { return }
    last = .now
    let (plan, trials) = (setup.plan, try setup.study.trials())
    func count(_ state: Trial.State) -> Int { trials.count { $0.state == state } }
    let new = trials.filter { $0.state != .running && $0.state != .waiting && !known.contains($0.number) }
    known.formUnion(new.map(\.number))
    let best = try setup.study.searchTrials().best(plan.sweep.objective.goals[0].direction)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let done = known.count - earlier
    progress(
      SweepProgress(
        ended: new.map { trial in
          .init(
            number: trial.number, state: trial.state.rawValue.lowercased(), value: trial.values.first, reason: trial.failReason,
            settings: plan.settings(trial.searchTrial.parameters))
        },
        complete: count(.complete), running: count(.running), pruned: count(.pruned), failed: count(.failed), total: plan.sweep.trials,
        best: best.flatMap { trial in trial.values.first.map { (trial.number, $0) } },
        secondsLeft: done > 0 ? seconds / Double(done) * Double(max(0, plan.sweep.trials - known.count)) : nil))
  }
}

extension SweepPlan {
  /// What `parameters` change, for a line of text: `optimizer.learning_rate=0.01 model.hidden=[64]`.
  func settings(_ parameters: [String: Double]) -> String {
    changes(parameters).map { key, value in
      let number: String? = if case .number(let number) = value.content { shortNumber(number) } else { nil }
      return "\(key)=\(number ?? value.string ?? value.serialized())"
    }.joined(separator: " ")
  }
}
