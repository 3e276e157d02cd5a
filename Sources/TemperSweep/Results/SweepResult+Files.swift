import TemperFiles
import TemperJSON
import TemperSearch
import TemperStudies
import TemperTrain

extension SweepResult {
  /// Writes leaderboard.csv, best.json and report.html. The first two are the same bytes for any number of workers.
  func writeFiles() throws(Diagnostics) {
    try Files.write(Array(leaderboard.utf8), to: directory + "/leaderboard.csv")
    if let config = try winnerConfig() { try Files.write(config, to: directory + "/best.json") }
    try Files.write(Array(SweepReport(self).html.utf8), to: directory + "/report.html")
  }

  /// All trials, the complete ones from the best on, then the others by number.
  private var leaderboard: String {
    let goals = plan.sweep.objective.goals.map(\.metric)
    let names = plan.space.parameters.map(\.name)
    let hasLimits = !plan.sweep.objective.limits.isEmpty
    var lines = [(["rank", "trial", "state"] + goals + (hasLimits ? ["feasible"] : []) + names + ["reason"]).map(Self.field)]
    let ranked = ranking
    let others = searched.filter { trial in trial.state != .complete || !plan.fits(trial) }
    for (rank, trial) in (ranked + others).enumerated() {
      let values = goals.indices.map { trial.values.indices.contains($0) ? "\(trial.values[$0])" : "" }
      let changes = Dictionary(plan.changes(trial.parameters).map { ($0.key, $0.value) }) { $1 }
      lines.append(
        [rank < ranked.count ? "\(rank + 1)" : "", "\(trial.number)", trial.state.rawValue.lowercased()] + values
          + (hasLimits ? [trial.state == .complete ? "\(trial.isFeasible)" : ""] : [])
          + names.map { Self.field(changes[$0].map { $0.string ?? $0.serialized() } ?? "") }
          + [Self.field(trials[trial.number].failReason ?? "")])
    }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  /// How much each parameter decides, by both methods; empty with fewer than two complete trials.
  var importances: [(method: String, shares: [(name: String, share: Double)])] {
    guard count(.complete) > 1 else { return [] }
    let directions = plan.sweep.objective.goals.map(\.direction)
    let methods: [(String, any Importance)] = [
      ("PED-ANOVA", PedAnovaImportance()), ("fANOVA", FanovaImportance(seed: UInt64(plan.file.config.seed))),
    ]
    return methods.map { ($0, $1.shares(in: plan.space, of: searched, directions: directions, objective: 0)) }
  }
}
