import TemperJSON
import TemperTables
import TemperTrain

/// The profile of a table by `temper init`, as text and as JSON.
enum TableProfileText {
  /// Columns that are listed; all of them are in the JSON.
  private static let limit = 100
  /// The longest text of a cell.
  private static let width = 60

  /// The label, a table of columns for the model of `draft`, notes and warnings.
  static func text(_ survey: TableProfile, _ draft: ConfigDraft) -> String {
    var table = LeftTable()
    table.add(["column", "type", "because", "missing", "becomes"])
    for column in survey.columns.prefix(limit) {
      let finding = column.finding
      table.add([
        shortened(finding.name), finding.kind.rawValue, shortened(finding.why), finding.missing == 0 ? "-" : "\(finding.missing)",
        becomes(column, draft.defaults),
      ])
    }
    var parts = [label(survey), table.text]
    if survey.columns.count > limit { parts.append("... \(survey.columns.count - limit) more columns: see --json") }
    if !survey.notes.isEmpty { parts.append(survey.notes.map { "note: \($0)" }.joined(separator: "\n")) }
    let warnings = survey.warnings.map { "\(Terminal.yellow("warning:")) \($0)" }
    if !warnings.isEmpty { parts.append(warnings.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }

  private static func label(_ survey: TableProfile) -> String {
    let what: String
    switch survey.goal {
    case .classes(let classes):
      let shown = classes.prefix(10).map { "\(shortened($0.name)) \($0.rows)" }.joined(separator: ", ")
      what = "classes: \(shown)\(classes.count > 10 ? " and \(classes.count - 10) more" : "")"
    case .value: what = "a number"
    }
    return "label \"\(survey.label.name)\", \(survey.rows) rows: \(what) (\(survey.why))"
  }

  private static func becomes(_ column: TableProfile.Column, _ defaults: DraftDefaults) -> String {
    if column.finding.name == defaults.text { return "its words and pairs of words" }
    if defaults.embedsTexts, column.rules.kind == .text { return "its words, pairs and parts of words" }
    let missing = column.finding.missing > 0
    switch column.rules {
    case .numeric: return missing ? "scaled, the median if missing" : "scaled"
    case .boolean: return missing ? "1 or 0, the more frequent if missing" : "1 or 0"
    case .date: return missing ? "days and cycles, the median if missing" : "days and cycles"
    case .text(let rules): return "its \(rules.maxWords) most frequent words"
    case .categorical(let rules):
      let count = column.finding.distinct.map { " of \($0.text)" } ?? ""
      return (rules.rare == nil ? "one\(count)" : "one\(count), rare ones merged") + (missing ? ", or missing" : "")
    case .identifier, .ignore: return "left out"
    }
  }

  /// The profile as an object; `config` is the file written with `draft`.
  static func json(_ survey: TableProfile, _ draft: ConfigDraft, _ comparison: DraftComparison?, data: String, config: String) -> JSON {
    var members: [(String, JSON)] = [("data", .string(data)), ("config", .string(config)), ("label", .string(survey.label.name))]
    switch survey.goal {
    case .classes(let classes):
      members += [("task", "classification"), ("why", .string(survey.why))]
      members.append(("classes", .array(classes.map { ["name": .string($0.name), "rows": .integer($0.rows)] })))
    case .value: members += [("task", "regression"), ("why", .string(survey.why))]
    }
    members += [("rows", .integer(survey.rows)), ("unlabelled", .integer(survey.unlabelled))]
    members.append(("missing_values", .array(survey.missingValues.map { .string($0) })))
    let columns = survey.columns.map { column in
      let found = (column.finding.json.members ?? []).map { ($0.name, $0.value) }
      return JSON.object(found + [("rules", column.rules.json), ("becomes", .string(becomes(column, draft.defaults)))])
    }
    let warnings = survey.warnings.map(\.json)
    return .object(
      members + [("columns", .array(columns)), ("notes", .array(survey.notes.map { .string($0) })), ("warnings", .array(warnings))]
        + (comparison.map { [("comparison", $0.json)] } ?? []))
  }

  private static func shortened(_ text: String) -> String { text.count > width ? text.prefix(width - 3) + "..." : text }
}

/// Rows of text in left-aligned columns.
private struct LeftTable {
  private var rows: [[String]] = []

  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
      var line = cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
