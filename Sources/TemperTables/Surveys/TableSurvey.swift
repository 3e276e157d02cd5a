import TemperFiles
import TemperJSON

/// What a table looks like to one who is told no more than which column is to be predicted: what each column is taken for and why, and under
/// which rules it trains as it stands.
public struct TableSurvey: Sendable {
  /// What is predicted of each row.
  public enum Goal: Sendable, Equatable {
    /// One of several classes, with their names and rows.
    case classes([ClassCount])
    /// A number.
    case value

    /// What rows are labelled with.
    public var target: TargetKind { if case .classes = self { .classes } else { .value } }
  }

  /// A class and how many rows have it.
  public struct ClassCount: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The number of rows.
    public let rows: Int
  }

  /// A column to learn from.
  public struct Column: Sendable {
    /// What it was taken for.
    public let finding: ColumnFinding
    /// What is to be declared of it.
    public let rules: ColumnRules
    /// Whether the rules say anything that training would not find out by itself, or that a user may want to change.
    public let isWorthDeclaring: Bool
  }

  /// How the files are read.
  public let options: TableOptions
  /// The column to predict.
  public let label: ColumnFinding
  /// What is predicted.
  public let goal: Goal
  /// Why that and not the other.
  public let why: String
  /// All other columns, in the order of the table.
  public let columns: [Column]
  /// What is written for a missing value besides nothing.
  public let missingValues: [String]
  /// Rows with a label.
  public let rows: Int
  /// Rows without one.
  public let unlabelled: Int
  /// What the user should know, a line each.
  public let notes: [String]
  /// What is likely to be wrong with the table.
  public let warnings: [Warning]

  /// Looks at the table at `path`, of which `label` is to be predicted, as classes or as a number if that is said.
  ///
  /// - Throws: What is wrong with the file, `E0211` for a label that no column has, and `E0219` for one that nothing can be learned from.
  public init(path: String, label: String, classes: Bool? = nil) throws(Diagnostics) {
    var guess = try TableGuess(path: path, label: label)
    let table = try guess.table(path: path)
    guard let labelColumn = table.column(label) else {
      throw Diagnostics(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(label, asked: "--label"))
    }
    var notes = guess.notes + table.notes
    let words = MissingWords(table, label: labelColumn, notes: &notes)
    let all = ColumnFinding.all(of: table, missingValues: words.list)
    let missing = MissingValues(words.list)
    let labelled = (0..<table.count).filter { !missing.contains(table, row: $0, column: labelColumn) }
    let target = TargetSurvey(table, column: labelColumn, finding: all[labelColumn], rows: labelled, missing)
    (goal, why) = try target.goal(classes: classes, notes: &notes)
    options = guess.options
    self.label = all[labelColumn]
    missingValues = words.list
    (rows, unlabelled) = (labelled.count, table.count - labelled.count)
    columns = all.indices.filter { $0 != labelColumn }.map { column in
      ColumnSurvey(table, column: column, finding: all[column], rows: labelled.count).decided(&notes)
    }
    if unlabelled > 0 {
      notes.append(
        "\(counted(unlabelled, "row has", "rows have")) no \(quoted(label)) and \(unlabelled == 1 ? "is" : "are") left out "
          + "(data.unlabelled)")
    }
    guard columns.contains(where: { $0.rules.kind.hasFeatures }) else {
      throw Diagnostics(
        .noFeatures, at: table.headerPlace(column: 0),
        "no column besides \(quoted(label)) has anything to learn from. "
          + columns.map { "\(quoted($0.finding.name)): \($0.finding.why)" }.joined(separator: "; "))
    }
    self.notes = notes
    var warnings = columns.filter { $0.rules.kind == .ignore }.compactMap(\.finding.warning)
    if case .classes(let classes) = goal {
      warnings += Warning.ofLabels(table, column: labelColumn, rows: labelled, classes: classes.map(\.name))
    }
    let check = GiveawayCheck(table, target: labelColumn, isValue: goal == .value, rows: labelled, missing)
    let others = all.indices.filter { $0 != labelColumn }
    let features = zip(others, columns).map { (column: $0, kind: $1.rules.kind) }
    if let warning = check?.warning(features, label: label) { warnings.append(warning) }
    self.warnings = warnings
  }
}

/// The words of a table that stand for a missing value.
private struct MissingWords {
  private(set) var list: [String] = []

  /// How many slips of a column are told one by one.
  private static let shownSlips = 5
  /// What hardly is a class.
  private static let noClasses = ["NA", "N/A", "n/a", "#N/A", "nan", "NaN", "NAN", "null", "NULL", "?"]

  /// What stands for a missing value in other files like this one, though not in this.
  private static let everywhere = ["NA", "N/A", "NaN", "nan", "null"]

  init(_ table: Table, label: Int, notes: inout [String]) {
    for column in table.header.indices {
      let profile = ColumnProfile(table, column: column, rows: Array(0..<table.count), missing: MissingValues(), declared: nil)
      let isText = profile.numbers.count < 2 * profile.textRows.count
      if column == label, isText {
        add(
          Self.noClasses.filter { word in
            profile.textRows.contains { table.withField(row: $0, column: column) { $0.elementsEqual(word.utf8) } }
          })
        continue
      }
      guard !profile.textRows.isEmpty else { continue }
      let finding = profile.finding()
      guard finding.kind == .numeric || finding.kind == .date else { continue }
      for row in finding.slips.prefix(Self.shownSlips) {
        notes.append(
          "\(table.place(row: row, column: column)): \(quoted(table.header[column])) holds \(finding.kind == .date ? "dates" : "numbers"), and "
            + "\(quoted(table.text(row: row, column: column))) is none: it is taken for a missing value (data.missing_values). Correct it if it "
            + "is a slip.")
      }
      if finding.slips.count > Self.shownSlips { notes.append("and \(finding.slips.count - Self.shownSlips) more such rows") }
      add(finding.missingWords)
    }
    add(Self.everywhere)
  }

  private mutating func add(_ words: [String]) {
    for word in words where !word.isEmpty && !list.contains(where: { $0.utf8.elementsEqual(word.utf8) }) { list.append(word) }
  }
}
