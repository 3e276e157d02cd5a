import TemperJSON
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

  private var history: String {
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
    return plot.svg
  }

  private var slices: [String] {
    plan.space.parameters.map { parameter in
      var plot = Plot(x: axis(parameter), y: Axis(goal, complete.map { $0.values[0] }))
      let last = Double(max(1, result.searched.count - 1))
      for trial in complete {
        guard let value = trial.parameters[parameter.name] else { continue }
        plot.add(value, trial.values[0], class: "slice", shade: 1 - Double(trial.number) / last, title: title(trial))
      }
      return plot.svg
    }
  }

  private var parallel: String {
    var plot = ParallelPlot([Axis(goal, complete.map { $0.values[0] })] + plan.space.parameters.map(axis))
    let shades = shades
    for trial in complete {
      plot.add(
        [trial.values[0]] + plan.space.parameters.map { trial.parameters[$0.name] }, shade: shades[trial.number] ?? 1, title: title(trial))
    }
    return plot.svg
  }

  private var importances: String {
    result.importances.map { method, shares in
      let bars = shares.map { share in
        "<tr><td>\(escapedHTML(share.name))</td><td><div class=\"bar\" style=\"width:\(fixed(220 * share.share, 0))px\"></div></td>"
          + "<td>\(fixed(share.share, 2))</td></tr>"
      }
      return "<h3>\(method)</h3><table>\(bars.joined())</table>"
    }.joined(separator: "\n")
  }

  private var table: String {
    let names = plan.space.parameters.map(\.name)
    let header = (["rank", "trial"] + plan.sweep.objective.goals.map(\.metric) + names).map { "<th>\(escapedHTML($0))</th>" }.joined()
    let rows = result.ranking.prefix(20).enumerated().map { rank, trial in
      let changes = Dictionary(plan.changes(trial.parameters).map { ($0.key, $0.value) }) { $1 }
      let cells =
        ["\(rank + 1)", "\(trial.number)"] + trial.values.map(shortNumber)
        + names.map { changes[$0].map { $0.string ?? $0.serialized() } ?? "" }
      return "<tr>\(cells.map { "<td>\(escapedHTML($0))</td>" }.joined())</tr>"
    }
    return "<table><tr>\(header)</tr>\(rows.joined(separator: "\n"))</table>"
  }

  /// The page.
  var html: String {
    let name = escapedHTML(plan.file.config.name)
    let verdict = plan.sweep.objective.goals.count > 1 ? nil : Verdict(result.ranking, plan)?.text
    let pictures =
      complete.isEmpty
      ? "<p>No trial is complete.</p>"
      : """
      <h2>History</h2><p>The line is the best value so far.</p><div class="plots"><figure>\(history)</figure></div>
      <h2>Parallel coordinates</h2><p>Dark lines are the best trials.</p><figure class="wide">\(parallel)</figure>
      <h2>Slices</h2><p>Dark points are the latest trials.</p><div class="plots">\(slices.map { "<figure>\($0)</figure>" }.joined(separator: "\n"))</div>
      <h2>Importance</h2><p>How much of the differences between values each key decides.</p>\(importances)
      <h2>Best trials</h2>\(table)
      """
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(name)</title>
      <style>\(Self.style)</style></head><body>
      <h1>\(name)</h1>
      <p>\(result.count(.complete)) complete, \(result.count(.pruned)) pruned and \(result.count(.failed)) failed trials, by \(escapedHTML(goal)).
      \(escapedHTML(verdict ?? ""))</p>
      \(pictures)
      </body></html>

      """
  }

  private static let style = """
    body{box-sizing:border-box;font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#222;background:#fff}
    .plots{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0;flex:1 1 440px;max-width:480px}figure.wide{max-width:none;overflow-x:auto}
    svg{width:100%;height:auto}svg text{font:10px system-ui,sans-serif;fill:#555}svg text.label{font-size:11px;fill:#222}
    .wide text{paint-order:stroke;stroke:#fff;stroke-width:3px}
    .grid{stroke:#e5e5e5}.axis{stroke:#888}polyline{fill:none}polyline.best{stroke:#c33;stroke-width:1.5}polyline.trial{stroke-width:1.2;opacity:.75}
    polyline.trial:hover{stroke:#c33;stroke-width:3;opacity:1}circle.trial{fill:#3b528b}circle.infeasible{fill:none;stroke:#999}
    circle:hover{stroke:#c33;stroke-width:2}table{border-collapse:collapse;font-size:13px}td,th{padding:2px 10px;text-align:left;border-bottom:1px solid #eee}
    .bar{background:#3b528b;height:.8em}
    """
}
