import TemperCore
import TemperJSON

/// Whether a run that is killed and resumed ends with the bytes of one that was never interrupted: weights, optimizer state, metrics.jsonl and
/// results.
public struct ResumeVerification: VerificationResult {
  /// A run that was killed and resumed.
  struct Kill {
    /// When it was killed, in seconds after its start.
    let seconds: Double
    /// How far it had come.
    let moment: KillMoment
    /// The step of the checkpoint that it had; nil if there was none.
    let step: Int?
    /// Whether it ended with the same bytes.
    let isSame: Bool
  }

  /// Why it ended.
  public let verdict: Verdict
  /// What limits the verification, a sentence each.
  public let notes: [String]
  /// How long the run that was never interrupted took, in seconds.
  let reference: Double
  let kills: [Kill]

  /// How often a run is begun until the kill comes before its end.
  private static let attempts = 4

  /// Trains `file`, then kills and resumes it `count` times, each time from the start, at moments that are drawn from `seed` and spread over its
  /// duration. `report` gets a line before each run.
  public init(
    _ file: ConfigFile, kills count: Int, seed: Int, isInterrupted: @escaping () -> Bool, report: (String) -> Void
  ) throws(Diagnostics) {
    try self.init(file, Trials(file, isInterrupted: isInterrupted), kills: count, seed: seed, report: report)
  }

  init(_ file: ConfigFile, _ trials: Trials, kills count: Int, seed: Int, report: (String) -> Void = { _ in }) throws(Diagnostics) {
    var random = RandomStreams(seed: UInt64(seed)).sequence("verify.kills")
    var (duration, kills) = (0.0, [Kill]())
    verdict = try trials.verdict { () throws(Trials.Stop) in
      report("training the reference")
      let start = ContinuousClock.now
      _ = try trials.train("reference")
      duration = (ContinuousClock.now - start) / .seconds(1)
      var length = duration
      let whole = try trials.keep(as: "reference")
      for number in 1...max(1, count) {
        let share = (Double(number - 1) + random.uniform()) / Double(max(1, count))
        var (seconds, outcome) = (0.0, Trials.Outcome.ended)
        for attempt in 1...Self.attempts {
          if attempt > 1 { try trials.removeRun() }
          seconds = length * share
          report("kill \(number) of \(count), after \(fixed(seconds, 2)) s")
          let start = ContinuousClock.now
          outcome = try trials.train("kill-\(number)", killAfter: seconds)
          if outcome != .ended { break }
          // The machine has more time than it had for the reference.
          length = min(length, (ContinuousClock.now - start) / .seconds(1))
        }
        let moment = outcome == .ended ? .ended : KillMoment(of: trials.run)
        let step = CheckpointFolder.steps(of: trials.run).last
        if outcome == .killed { try trials.resume("resume-\(number)") }
        let difference = try trials.difference(whole, trials.run, checkpointsVary: file.config.checkpointsByClock)
        kills.append(Kill(seconds: seconds, moment: moment, step: step, isSame: difference == nil))
        if let difference { return difference }
        try trials.removeRun()
      }
      return nil
    }
    (reference, self.kills) = (duration, kills)
    notes = trials.notes + Self.notes(file.config, kills)
  }

  private static func notes(_ config: RunConfig, _ kills: [Kill]) -> [String] {
    var notes: [String] = []
    if config.checkpoint == nil {
      notes.append("checkpoint is null: a run that is killed starts over, and there is no optimizer state to compare")
    } else if config.checkpointsByClock {
      notes.append(
        "checkpoints are written by the clock, at evaluations and at the end; of the checkpoints, those that both runs have are compared. "
          + "Set checkpoint.every_steps to have more of them")
    }
    let between = kills.count { [.afterCheckpoint, .writingCheckpoint, .ending].contains($0.moment) }
    if !kills.isEmpty, between == 0 {
      notes.append(
        "no kill came between the first checkpoint and the end, so no run was resumed from a checkpoint; the run is too short, or writes "
          + "too few of them")
    }
    return notes
  }

  /// A line for each kill, and how many came when.
  public var table: String {
    var table = TextTable()
    table.add(["kill", "after", "it came", "result"])
    table.add(["reference", "\(fixed(reference, 2)) s", "", ""])
    for (index, kill) in kills.enumerated() {
      let moment = kill.moment.words + (kill.moment == .ended ? "" : kill.step.map { " (step \($0))" } ?? "")
      table.add(["\(index + 1)", "\(fixed(kill.seconds, 2)) s", moment, kill.isSame ? "same" : "DIFFERENT"])
    }
    let counts = KillMoment.allCases.compactMap { moment in
      let count = kills.count { $0.moment == moment }
      return count > 0 ? "\(count) \(moment.words)" : nil
    }
    return kills.isEmpty ? "" : table.text + "\nkills: " + counts.joined(separator: ", ")
  }

  /// What was verified.
  public var confirmation: String { "resume: the same bytes after \(ResultTable.counted(kills.count { $0.moment != .ended }, "kill"))" }

  /// The kills.
  public var members: [(String, JSON)] {
    [
      ("reference_seconds", .number(reference)),
      (
        "kills",
        .array(
          kills.map { kill in
            [
              "seconds": .number(kill.seconds), "moment": .string(kill.moment.rawValue), "step": kill.step.map { .integer($0) } ?? .null,
              "same": .bool(kill.isSame),
            ]
          })
      ),
    ]
  }
}
