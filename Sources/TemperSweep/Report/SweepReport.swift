import TemperJSON
import TemperReports
import TemperSearch
import TemperTrain

/// A page about a sweep with all it needs in itself: history, slices, parallel coordinates, importances and the best trials.
struct SweepReport {
  private let result: SweepResult
  private let plan: SweepPlan
  private let complete: [Trial]

  init(_ result: SweepResult) {
    (self.result, plan) = (result, result.plan)
    complete = result.searched.filter { $0.state == .complete && $0.values.first?.isFinite == true }
  }

  private var goal: String { plan.sweep.objective.goals[0].metric }
  private var direction: Direction { plan.sweep.objective.goals[0].direction }

  /// 0 for the best value, 1 for the worst, by rank, so that one bad trial does not hide the differences of the others.
  private var shades: [Int: Double] {
    let sorted = complete.sorted { direction.loss($0.values[0]) < direction.loss($1.values[0]) }
    return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.number, Double($0) / Double(max(1, sorted.count - 1))) })
  }

  private func title(_ trial: Trial) -> String {
    "trial \(trial.number): \(trial.values.map(shortNumber).joined(separator: ", "))\n"
      + plan.changes(trial.parameters).map { "\($0.key) = \($0.value.string ?? $0.value.serialized())" }.joined(separator: "\n")
  }

  private func axis(_ parameter: SearchSpace.Parameter) -> Axis {
    switch parameter.distribution {
    case .categorical(let choices): return Axis(parameter.name, choices: choices.map { $0.string ?? $0.serialized() })
    case .float(let low, let high, let isLog, _): return Axis(parameter.name, [low, high], isLog: isLog)
    case .int(let low, let high, let isLog, _): return Axis(parameter.name, [Double(low), Double(high)], isLog: isLog)
    }
  }

  private var history: Markup {
    var plot = Plot(
      x: Axis("trial", [0, Double(max(1, result.searched.count - 1))]), y: Axis(goal, complete.map { $0.values[0] }))
    var (best, line) = (Double.infinity, [(Double, Double)]())
    for trial in complete {
      if trial.isFeasible { best = min(best, direction.loss(trial.values[0])) }
      if best.isFinite { line.append((Double(trial.number), direction.loss(best))) }
    }
    plot.addLine(line, class: "best")
    for trial in complete {
      plot.add(Double(trial.number), trial.values[0], class: trial.isFeasible ? "trial" : "infeasible", title: title(trial))
    }
    return plot.svg("\(goal) of each trial")
  }

  private var slices: [Markup] {
    plan.space.parameters.map { parameter in
      var plot = Plot(x: axis(parameter), y: Axis(goal, complete.map { $0.values[0] }))
      let last = Double(max(1, result.searched.count - 1))
      for trial in complete {
        guard let value = trial.parameters[parameter.name] else { continue }
        plot.add(value, trial.values[0], class: "slice", shade: 1 - Double(trial.number) / last, title: title(trial))
      }
      return plot.svg("\(goal) by \(parameter.name)")
    }
  }

  private var parallel: Markup {
    var plot = ParallelPlot([Axis(goal, complete.map { $0.values[0] })] + plan.space.parameters.map(axis))
    let shades = shades
    for trial in complete {
      plot.add(
        [trial.values[0]] + plan.space.parameters.map { trial.parameters[$0.name] }, shade: shades[trial.number] ?? 1, title: title(trial))
    }
    return plot.svg("\(goal) and the parameters of each trial")
  }

  private var importances: [Markup] {
    result.importances.map { method, shares in
      var table = HTMLTable([("", .text), ("", .text), ("", .number)])
      for share in shares {
        let bar: Markup = "<div class=\"bar\" style=\"width:\(fixed(220 * share.share, 0))px\"></div>"
        table.add(["\(share.name)", bar, "\(fixed(share.share, 2))"] as [Markup])
      }
      return "<h3>\(method)</h3>\(table.markup())"
    }
  }

  private var table: Markup {
    let names = plan.space.parameters.map(\.name)
    let goals = plan.sweep.objective.goals.map(\.metric)
    var table = HTMLTable(
      [("rank", .number), ("trial", .number)] + goals.map { ($0, .number) } + names.map { ($0, .text) })
    let shown = result.ranking.prefix(20)
    for (rank, trial) in shown.enumerated() {
      let changes = Dictionary(plan.changes(trial.parameters).map { ($0.key, $0.value) }) { $1 }
      table.add(
        ["\(rank + 1)", "\(trial.number)"] + trial.values.map(shortNumber)
          + names.map { changes[$0].map { $0.string ?? $0.serialized() } ?? "" })
    }
    return table.markup(leftOut: result.ranking.count - shown.count, of: "trials")
  }

  /// The page.
  var html: String {
    var page = Page(plan.file.config.name)
    let verdict = plan.sweep.objective.goals.count > 1 ? nil : Verdict(result.ranking, plan)?.text
    page.add(
      """
      <p>\(result.count(.complete)) complete, \(result.count(.pruned)) pruned and \(result.count(.failed)) failed trials, by \(goal).
      \(verdict ?? "")</p>
      """)
    if complete.isEmpty {
      page.add("<p>No trial is complete.</p>")
      return page.html
    }
    let figures: [Markup] = slices.map { "<figure>\($0)</figure>" }
    page.add(section: "History", "<p>The line is the best value so far.</p><div class=\"plots large\"><figure>\(history)</figure></div>")
    page.add(
      section: "Parallel coordinates",
      "<p>The stronger a line stands out, the better the trial.</p><figure class=\"wide\">\(parallel)</figure>")
    page.add(section: "Slices", "<p>The stronger a point stands out, the later the trial.</p><div class=\"plots\">\(figures)</div>")
    page.add(section: "Importance", "<p>How much of the differences between values each key decides.</p>\(importances)")
    page.add(section: "Best trials", table)
    return page.html
  }
}
