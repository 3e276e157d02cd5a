import TemperJSON
import TemperMetrics

/// The plots of all numbers over the steps of a run, or of several.
struct Curves {
  private let runs: [ReportedRun]
  /// The names of the runs, in their order.
  private let names: [String]
  private let groups: [CurveGroup]
  /// Lines in one plot, and plots in a page, beyond which the rest is counted only.
  private static let (mostLines, mostPlots) = (Figure.colors, 60)

  /// The curves of `runs`, which are called `names`; runs without evaluations have none.
  init(_ runs: [ReportedRun], names: [String]) {
    (self.runs, self.names) = (runs, names)
    var groups = CurveGroup.all(runs.map { $0.metrics?.series ?? [] })
    let speeds = CurveGroup.all(runs.map { ($0.timing?.series ?? []).filter { $0.path.last?.hasSuffix("_per_second") == true } })
    groups += speeds + Self.changes(runs)
    self.groups = groups
  }

  /// What schedules that follow metrics changed, from guard.json.
  private static func changes(_ runs: [ReportedRun]) -> [CurveGroup] {
    let series = runs.map { run -> [LineScan.Series] in
      var courses: [(name: String, values: ThinSeries)] = []
      for change in run.ledger?["changes"]?.array ?? [] {
        guard let name = change["number"]?.string, let step = change["step"]?.number, let value = change["value"]?.number else { continue }
        if !courses.contains(where: { $0.name == name }) { courses.append((name, ThinSeries())) }
        let index = courses.firstIndex { $0.name == name } ?? 0
        // A number keeps its value until it changes.
        if let last = courses[index].values.last { courses[index].values.add(step, last.y) }
        courses[index].values.add(step, value)
      }
      return courses.map { course in
        var values = course.values
        if let last = values.last, let end = run.steps { values.add(Double(end), last.y) }
        return LineScan.Series(path: ["adaptive \(course.name)"], values: values)
      }
    }
    return CurveGroup.all(series)
  }

  /// The numbers that matter most: the loss, the monitored metric, and the first metric of the task.
  private var mainTitles: [String] {
    let monitor = runs.first.map { $0.monitor.split(separator: ".", maxSplits: 1).last.map(String.init) ?? "loss" } ?? "loss"
    let metric = groups.first { group in group.lines.contains { $0.path.first == "validation" } && group.title != "loss" }?.title
    var titles = ["loss"]
    for title in [monitor, metric].compactMap({ $0 }) where !titles.contains(title) { titles.append(title) }
    return titles
  }

  private func isMain(_ group: CurveGroup) -> Bool { mainTitles.contains(group.title) && group.range != nil }

  private static func isMetric(_ group: CurveGroup) -> Bool { group.lines.contains { $0.path.first == "validation" } }
  private var others: [CurveGroup] { groups.filter { !isMain($0) && $0.range != nil && $0.constant == nil } }

  /// The plots of the numbers that matter most.
  var main: Markup? { plots(groups.filter(isMain), isLarge: true) }
  /// The plots of learning rate, monitors and whatever else is no metric of the validation rows, and what is not plotted.
  var monitors: Markup? {
    let notes = [constants, undefined, cut].compactMap { $0 }
    let text: Markup = notes.isEmpty ? "" : "<p class=\"note\">\(notes.joined(separator: " "))</p>"
    return plots(others.filter { !Self.isMetric($0) }).map { "\($0)\(text)" } ?? (notes.isEmpty ? nil : text)
  }
  /// The plots of the other metrics of the validation rows.
  var metrics: Markup? { plots(others.filter(Self.isMetric)) }

  private var constants: String? {
    let constants = groups.filter { !isMain($0) }.compactMap { group in group.constant.map { "\(group.title) (\(shortNumber($0)))" } }
    return constants.isEmpty ? nil : "Constant throughout: \(listed(constants))."
  }

  private var undefined: String? {
    let names = groups.filter { $0.range == nil }.map(\.title)
    return names.isEmpty ? nil : "Undefined throughout: \(listed(names))."
  }

  private var cut: String? {
    let damaged = runs.reduce(0) { $0 + ($1.metrics?.damaged ?? 0) }
    let lines = damaged > 0 ? "\(grouped(damaged)) damaged lines of metrics.jsonl are left out." : nil
    let series = runs.contains { $0.metrics?.isCut == true } ? "There are more series than this page has room for." : nil
    let both = [lines, series].compactMap { $0 }
    return both.isEmpty ? nil : both.joined(separator: " ")
  }

  private func listed(_ names: [String]) -> String {
    names.prefix(40).joined(separator: ", ") + (names.count > 40 ? " and \(grouped(names.count - 40)) more" : "")
  }

  private func plots(_ groups: [CurveGroup], isLarge: Bool = false) -> Markup? {
    if groups.isEmpty { return nil }
    let figures = groups.prefix(Self.mostPlots).map { figure($0, isMain: isLarge) }
    let note: Markup =
      groups.count > Self.mostPlots ? "<p class=\"note\">\(grouped(groups.count - Self.mostPlots)) more plots are left out.</p>" : ""
    return "<div class=\"plots\(isLarge ? " large" as Markup : "")\">\(Array(figures))</div>\(note)"
  }

  /// One plot: of one run each split or element has a color, of several each run.
  private func figure(_ group: CurveGroup, isMain: Bool) -> Markup {
    // Where there are too many lines, those of the validation rows say more.
    var lines = group.lines.filter { $0.values.count > 0 }
    if runs.count > 1, lines.count > Self.mostLines, lines.contains(where: { $0.split == "validation" }) {
      lines = lines.filter { $0.split == "validation" }
    }
    let leftOut = max(0, lines.count - Self.mostLines)
    lines = Array(lines.prefix(Self.mostLines))
    let ends = runs.map { Double($0.steps ?? 0) } + lines.compactMap { $0.values.last?.x }
    let isLog = Self.needsLog(lines)
    let values = lines.compactMap(\.values.range).flatMap { [$0.lowerBound, $0.upperBound] }
    var plot = Plot(
      x: Axis("step", [0, max(1, ends.max() ?? 1)], tight: true), y: Axis(isLog ? "log scale" : "", values, isLog: isLog))
    var figure = Figure(title: group.title)
    var notes: [String] = []
    if runs.count == 1, isMain { notes += markBest(in: &plot, group) }
    let isOneSplit = Set(lines.map(\.split)).count == 1
    for (number, line) in lines.enumerated() {
      let color = runs.count > 1 ? line.run % Figure.colors : Self.color(of: line, number, among: lines)
      let isDashed = runs.count > 1 && line.split == "train" && !isOneSplit
      let points = line.values.points.map { ($0.x, $0.y) }
      plot.addLine(points, class: "l\(color)\(isDashed ? " dash" : "")", dots: "f\(color)")
      let own = isOneSplit && line.name == line.split && runs.count > 1 ? "" : line.name
      let name = [runs.count > 1 ? names[line.run] : "", own].filter { !$0.isEmpty }.joined(separator: " ")
      if lines.count > 1 || runs.count > 1 { figure.keys.append(.init(name, color: color, isDashed: isDashed)) }
    }
    if lines.count == 1, runs.count == 1, let only = lines.first {
      let last = isMain ? nil : only.values.last.map { "\(shortNumber($0.y)) at the end." }
      notes.insert(
        [only.name.isEmpty ? "" : only.name + (last == nil ? "." : ":"), last ?? ""].filter { !$0.isEmpty }.joined(separator: " "), at: 0)
    }
    if leftOut > 0 { notes.append("\(grouped(leftOut)) more lines are left out.") }
    if group.undefined > 0 { notes.append("Undefined at \(grouped(group.undefined)) evaluations.") }
    figure.note = notes.joined(separator: " ")
    return figure.around(plot.svg("\(group.title) over the steps"))
  }

  /// Whether most of the picture would be empty without a logarithm: the greatest value is far above nearly all. A rate that falls to nothing at its end
  /// is better seen without.
  private static func needsLog(_ lines: [CurveGroup.Line]) -> Bool {
    let sorted = lines.map { $0.values.points.map(\.y).sorted() }.filter { !$0.isEmpty }
    let medians = sorted.map { $0[$0.count / 2] }
    guard let least = sorted.map({ $0[0] }).min(), least > 0, let low = medians.min(), let high = medians.max() else { return false }
    return high > 200 * low || sorted.contains { $0[$0.count - 1] > 200 * $0[$0.count / 20] }
  }

  /// The training rows are always of one color, and the validation rows of another.
  private static func color(of line: CurveGroup.Line, _ number: Int, among lines: [CurveGroup.Line]) -> Int {
    let isSplit = lines.count <= 3 && Set(lines.map(\.split)).count == lines.count && !line.split.isEmpty
    return isSplit ? ["train": 0, "validation": 1, "test": 2][line.split] ?? number : number
  }

  /// Marks the best evaluation and the steps after it, and says so.
  private func markBest(in plot: inout Plot, _ group: CurveGroup) -> [String] {
    guard let run = runs.first, let best = run.best, let last = run.metrics?.lastStep else { return [] }
    var notes: [String] = []
    if group.lines.contains(where: { $0.path.joined(separator: ".") == run.monitor }) {
      notes.append("Best \(shortNumber(best.value)) at step \(grouped(Int(best.step))).")
      plot.add(
        best.step, best.value, class: "dot l1", title: "best: \(shortNumber(best.value)) at step \(grouped(Int(best.step)))", radius: 4)
    }
    plot.addMark(best.step)
    if last > best.step {
      let count = grouped(Int(last - best.step))
      plot.addBlock(best.step...last, class: "shade", title: "\(count) steps after the best")
      if !notes.isEmpty { notes.append("Shaded: the \(count) steps after it.") }
    }
    return notes
  }
}
