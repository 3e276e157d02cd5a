import TemperFiles
import TemperJSON
import TemperMetrics

extension DraftComparison {
  /// A table with a line for each candidate, and what to think of it.
  public var text: String {
    var table = TextTable()
    let name = metric?.name ?? "metric"
    table.add(["model", rounds > 1 ? "\(name) +- deviation" : name, "seconds", ""])
    for candidate in candidates {
      let summary = candidate.summary
      let value = summary.mean.map { Self.shown($0) + (summary.deviation.map { " +- \(Self.shown($0))" } ?? "") } ?? "n/a"
      table.add([candidate.model.rawValue, candidate.problem == nil ? value : "failed", fixed(candidate.seconds, 1), remark(candidate)])
    }
    if let baseline { table.add(["baseline", Self.shown(baseline), "", ""]) }
    let rows = "a fifth of the rows held out at random"
    let head = "compared on \(rounds == 1 ? rows : "\(rounds) times \(rows)"), in \(fixed(seconds, 0)) s:"
    return ([head, table.text] + notes.map { "note: \($0)" }).joined(separator: "\n")
  }

  private static func shown(_ value: Double) -> String { abs(value) < 10_000 ? fixed(value, 4) : shortNumber(value) }

  private func remark(_ candidate: Candidate) -> String {
    candidate.model == best?.model ? "best" : isLevel(candidate) ? "level" : ""
  }

  /// What limits the comparison, a sentence each.
  public var notes: [String] {
    var notes = candidates.compactMap { candidate in candidate.problem.map { "\(candidate.model.rawValue) is out: \($0)" } }
    for candidate in candidates where candidate.problem == nil {
      guard let epochs = candidate.cutAfter else { continue }
      notes.append(
        "\(candidate.model.rawValue) was stopped after \(counted(epochs, "epoch")), when its time was over; with more --seconds it may do better"
      )
    }
    if rounds == 1 { notes.append("one round says little about noise; with more --seconds there are up to 5") }
    if let winner, let best, winner.model != best.model {
      notes.append(
        "the config has the \(winner.model.rawValue), which is level with the \(best.model.rawValue) and simpler: so few rows are better not held out "
          + "without need")
    }
    if isNoBetterThanGuessing {
      notes.append(
        "none is better than the baseline, \(metric?.better == .lower ? "the mean of the rows" : "always the most frequent class")")
    }
    return notes
  }

  /// The form in `--json`.
  public var json: JSON {
    .object([
      ("metric", metric.map { .string($0.name) } ?? .null), ("rounds", .integer(rounds)),
      ("baseline", .number(baseline)), ("best", best.map { .string($0.model.rawValue) } ?? .null),
      ("winner", winner.map { .string($0.model.rawValue) } ?? .null), ("seconds", .number(seconds)),
      (
        "candidates",
        .array(
          candidates.map { candidate in
            .object([
              ("model", .string(candidate.model.rawValue)), ("values", .array(candidate.values.map { .number($0) })),
              ("mean", .number(candidate.summary.mean)), ("deviation", .number(candidate.summary.deviation)),
              ("seconds", .number(candidate.seconds)), ("level", .bool(isLevel(candidate))),
              ("cut_after_epochs", candidate.cutAfter.map { .integer($0) } ?? .null),
              ("problem", candidate.problem.map { .string($0) } ?? .null),
            ])
          })
      ),
    ])
  }
}
