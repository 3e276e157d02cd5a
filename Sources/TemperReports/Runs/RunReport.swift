import TemperData
import TemperFiles
import TemperJSON
import TemperTrain

/// The page about a run, or about several that are compared: curves, metrics, mistakes, circumstances.
///
/// It is made of the files in the directories of the runs. Which rows are predicted worst is not stored, so it is computed again from the model and the
/// data, where they are still there.
public struct RunReport {
  private let runs: [ReportedRun]
  /// What each run is called, different from all others.
  private let names: [String]
  /// Runs beyond which the rest is listed in the table only.
  private static let mostRuns = Figure.colors

  /// Reads the runs in `paths`: directories of runs or of cross-validations. Throws if one is none.
  public init(_ paths: [String]) throws(Diagnostics) {
    runs = try paths.map { path throws(Diagnostics) in try ReportedRun(reading: path) }
    let own = runs.map(\.name)
    names = runs.map { run in own.count { $0 == run.name } > 1 ? run.path : run.name }
  }

  /// Where the page belongs: in the directory of the first run.
  public var defaultPath: String { runs[0].path + "/" + RunDirectory.reportName }

  /// The page.
  public func html() -> String {
    var page = Page(names.joined(separator: ", "))
    if runs.count > 1 { addComparison(to: &page) } else { add(runs[0], to: &page) }
    return page.html
  }

  private func add(_ run: ReportedRun, to page: inout Page) {
    let facts = RunFacts(run: run)
    page.add(facts.subtitle)
    page.add(facts.verdict)
    if let tiles = facts.tiles { page.add(tiles) }
    let curves =
      run.parts.isEmpty ? Curves([run], names: [run.name]) : Curves(Array(run.parts.prefix(Self.mostRuns)), names: run.parts.map(\.name))
    add(curves, facts.warnings, Self.details(run), to: &page)
  }

  /// What is asked for first comes first; the curves of further metrics are unfolded on demand.
  private func add(_ curves: Curves, _ warnings: Markup?, _ details: [(heading: String, content: Markup?)], to page: inout Page) {
    page.add(section: "Training", curves.main ?? "<p>There are no evaluations, so there are no curves.</p>")
    page.add(section: "Warnings and expectations", warnings)
    for (heading, content) in details { page.add(section: heading, content) }
    page.add(section: "Rates and monitors", curves.monitors)
    if let metrics = curves.metrics {
      page.add("<details><summary>Curves of further metrics of the validation rows</summary>\(metrics)</details>")
    }
    if runs.count == 1 { page.add(section: "Environment", RunFacts(run: runs[0]).environment) }
  }

  private func addComparison(to page: inout Page) {
    let list: [Markup] = runs.map { "<code>\($0.path)</code>" }
    page.add("<p class=\"soft\">\(runs.count) runs are compared: \(list.joined(by: " "))</p>")
    page.add(section: "Runs", RunComparisonTables(runs, names).results)
    page.add(section: "Differences in the config", RunComparisonTables(runs, names).settings)
    add(Curves(Array(runs.prefix(Self.mostRuns)), names: names), nil, [], to: &page)
    for (run, name) in zip(runs, names).prefix(Self.mostRuns) {
      let facts = RunFacts(run: run)
      let all = [("Warnings and expectations", facts.warnings)] + Self.details(run) + [("Environment", facts.environment)]
      let sections: [Markup] = all.compactMap { heading, content in content.map { "<h2>\(heading)</h2>\n\($0)" } }
      page.add("<details><summary>\(name)</summary>\(facts.subtitle)\(facts.verdict)\n\(sections)</details>")
    }
  }

  /// The sections about one run besides its curves; nil for what it does not have.
  private static func details(_ run: ReportedRun) -> [(heading: String, content: Markup?)] {
    let facts = RunFacts(run: run)
    let evaluated = run.parts.isEmpty ? [run.detailed].compactMap { $0 } : run.parts.compactMap(\.detailed)
    let classes = ClassDetails(evaluated)
    let survey = Self.survey(run)
    let split = run.detailed?.split ?? DataSplit.validation.rawValue
    let pictures = [classes?.matrix, (try? survey.get()).flatMap { $0?.diagram(split) }].compactMap { $0 }
    let rows: Markup? =
      switch survey {
      case .success(let survey): survey.map { $0.table(split) }
      case .failure(let error): "<p>The rows cannot be shown: \(error.list.first.map { "\($0.place): \($0.message)" } ?? "")</p>"
      }
    return [
      ("Folds", facts.parts), ("Metrics", facts.metrics), ("Predictions", pictures.isEmpty ? nil : "<div class=\"pair\">\(pictures)</div>"),
      ("Most frequent mistakes", classes?.mistakeTable), ("Classes and labels", classes?.table), ("Worst predictions", rows),
      ("Samples", (try? survey.get()).flatMap { $0?.gallery(split) }),
      ("Generated texts", facts.samples), ("Guard", facts.measures),
    ]
  }

  /// What the model does with the rows of its most telling split; nil where there is no model of rows.
  private static func survey(_ run: ReportedRun) -> Result<RowSurvey?, Diagnostics> {
    let folders = run.parts.isEmpty ? [run.path] : run.parts.map(\.path)
    guard let split = run.detailed.flatMap({ DataSplit(rawValue: $0.split) }) else { return .success(nil) }
    return Result { () throws(Diagnostics) in try RowSurvey(folders, split) }
  }
}
