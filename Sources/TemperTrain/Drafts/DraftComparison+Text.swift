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
      let value = summary.mean.map { fixed($0, 4) + (summary.deviation.map { " +- \(fixed($0, 4))" } ?? "") } ?? "n/a"
      table.add([candidate.model.rawValue, candidate.problem == nil ? value : "failed", fixed(candidate.seconds, 1), remark(candidate)])
    }
    let rows = "a fifth of the rows held out at random"
    let head = "compared on \(rounds == 1 ? rows : "\(rounds) times \(rows)"), in \(fixed(seconds, 0)) s:"
    return ([head, table.text] + notes.map { "note: \($0)" }).joined(separator: "\n")
  }

  private func remark(_ candidate: Candidate) -> String {
    candidate.model == winner?.model ? "best" : isTied(candidate) ? "level" : ""
  }

  /// What limits the comparison, a sentence each.
  public var notes: [String] {
    var notes = candidates.compactMap { candidate in candidate.problem.map { "\(candidate.model.rawValue) failed: \($0)" } }
    let cut = candidates.filter(\.isCut).map(\.model.rawValue)
    if !cut.isEmpty {
      notes.append("\(cut.joined(separator: " and ")) stopped when the time was over; with more --seconds they may do better")
    }
    if rounds == 1 { notes.append("one round says little about noise; with more --seconds there are up to 5") }
    return notes
  }

  /// The form in `--json`.
  public var json: JSON {
    .object([
      ("metric", metric.map { .string($0.name) } ?? .null), ("rounds", .integer(rounds)),
      ("winner", winner.map { .string($0.model.rawValue) } ?? .null), ("seconds", .number(seconds)),
      (
        "candidates",
        .array(
          candidates.map { candidate in
            .object([
              ("model", .string(candidate.model.rawValue)), ("values", .array(candidate.values.map { .number($0) })),
              ("mean", .number(candidate.summary.mean)), ("deviation", .number(candidate.summary.deviation)),
              ("seconds", .number(candidate.seconds)), ("cut", .bool(candidate.isCut)),
              ("problem", candidate.problem.map { .string($0) } ?? .null),
            ])
          })
      ),
    ])
  }
}
