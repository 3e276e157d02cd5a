import TemperFiles
import TemperJSON
import TemperSearch
import TemperStudies
import TemperTrain

extension SweepResult {
  /// Trials that are listed.
  private static let shown = 10

  /// The output for a terminal: the best trials, what decides, the winner and whether it is better than chance.
  public var text: String {
    let goals = plan.sweep.objective.goals.map(\.metric)
    var table = TextTable()
    table.add(["rank", "trial"] + goals + plan.space.parameters.map(\.name))
    for (rank, trial) in ranking.prefix(Self.shown).enumerated() {
      let changes = Dictionary(plan.changes(trial.parameters).map { ($0.key, $0.value) }) { $1 }
      table.add(
        ["\(rank + 1)", "\(trial.number)\(trial.isFeasible ? "" : " (violates a constraint)")"] + trial.values.map { fixed($0, 4) }
          + plan.space.parameters.map { parameter in
            guard let value = changes[parameter.name] else { return "" }
            if case .number(let number) = value.content { return shortNumber(number) }
            return (value.string ?? value.serialized()).printable()
          })
    }
    var blocks = ranking.isEmpty ? [] : [table.text]
    let states = [(Trial.State.complete, "complete"), (.pruned, "pruned"), (.failed, "failed"), (.running, "to be continued")]
    blocks.append(
      states.filter { $0.0 == .complete || count($0.0) > 0 }.map { "\(count($0.0)) \($0.1)" }.joined(separator: ", ")
        + " of \(plan.sweep.trials) trials")
    let foreign = searched.count { $0.state == .complete && !plan.fits($0) }
    if foreign > 0 { blocks.append("left out: \(ResultTable.counted(foreign, "trial")) whose parameters are not of the space") }
    for (method, shares) in importances {
      blocks.append("importance (\(method)): " + shares.map { "\($0.name) \(fixed($0.share, 2))" }.joined(separator: ", "))
    }
    if let winner {
      if plan.seeds.count > 1 {
        blocks.append(
          "the winner, of whose \(plan.seeds.count) seeds this run has the first, \(plan.seeds[0]); the values above are means over all:")
      }
      blocks.append(winner.text ?? "")
    }
    if goals.count > 1 {
      let front = ranking.filter { trial in trial.isFeasible && isOnFront(trial) }
      blocks.append("the front, of which no trial is better in both: trials " + front.map { "\($0.number)" }.joined(separator: ", "))
    } else if let verdict = Verdict(ranking, plan) {
      blocks.append(verdict.text)
    }
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func isOnFront(_ trial: Trial) -> Bool {
    let directions = plan.sweep.objective.goals.map(\.direction)
    func loss(_ trial: Trial) -> [Double] { zip(trial.values, directions).map { $1.loss($0) } }
    let own = loss(trial)
    return !ranking.contains { other in
      let values = loss(other)
      return other.isFeasible && values != own && zip(values, own).allSatisfy { $0 <= $1 }
    }
  }

  /// What keeps the sweep from a success, a sentence each.
  public var failures: [String] {
    var sentences = stopped.map { ["the sweep was stopped: \($0)"] } ?? []
    let failed = trials.filter { $0.state == .failed }
    if let first = failed.first {
      sentences.append(
        "\(ResultTable.counted(failed.count, "trial")) failed, the first, \(first.number), because: \(first.failReason ?? "unknown")")
    }
    if !isInterrupted, best == nil, count(.complete) > 0 { sentences.append("no trial meets the constraints") }
    return sentences + (winner?.failures ?? [])
  }

  /// How to go on after an interruption.
  public var interruption: String {
    "interrupted after \(count(.complete) + count(.pruned) + count(.failed)) of \(plan.sweep.trials) trials; to continue: "
      + "repeat the command with --resume"
  }

  /// Every failed trial with its reason.
  private var failedTrials: JSON {
    .array(
      trials.filter { $0.state == .failed }.map { trial in
        .object([("trial", .integer(trial.number)), ("reason", trial.failReason.map { .string($0) } ?? .null)])
      })
  }

  /// The output of `--json`.
  public var json: JSON {
    let goals = plan.sweep.objective.goals
    func trial(_ trial: Trial) -> JSON {
      .object([
        ("trial", .integer(trial.number)), ("values", .object(zip(goals, trial.values).map { ($0.metric, .number($1)) })),
        ("settings", .object(plan.changes(trial.parameters).map { ($0.key, $0.value) })), ("feasible", .bool(trial.isFeasible)),
      ])
    }
    let verdict: JSON =
      goals.count > 1
      ? .null
      : Verdict(ranking, plan).map { verdict in
        switch verdict.finding {
        case .better(let p): ["against": .integer(verdict.second.number), "verdict": "better", "p": .number(p)]
        case .noise(let p): ["against": .integer(verdict.second.number), "verdict": "no difference beyond noise", "p": .number(p)]
        case .unknown: ["against": .integer(verdict.second.number), "verdict": "cannot tell", "p": .null]
        }
      } ?? .null
    return .object([
      ("sweep", .string(directory)), ("study", .string(setup.study.name)),
      ("storage", .string("sqlite:///" + Paths.absolute(setup.study.path))),
      ("trials", .integer(searched.count)), ("complete", .integer(count(.complete))), ("pruned", .integer(count(.pruned))),
      ("failed", .integer(count(.failed))), ("running", .integer(count(.running))),
      ("failures", failedTrials),
      ("stopped", stopped.map { .string($0) } ?? .null), ("best", best.map(trial) ?? .null),
      ("ranking", .array(ranking.map(trial))), ("verdict", verdict),
      ("importances", .object(importances.map { ($0.method, .object($0.shares.map { ($0.name, .number($0.share)) })) })),
      ("winner", winner?.json ?? .null), ("exit_code", .integer(status.rawValue)),
    ])
  }
}
