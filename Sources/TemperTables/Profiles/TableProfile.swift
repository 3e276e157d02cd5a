import TemperFiles
import TemperJSON

/// A profile of a table given only its target: the inferred kind of each column with the reason, and rules under which it can be used
/// as it is.
public struct TableProfile: Sendable {
  /// What is predicted for each row.
  public enum Goal: Sendable, Equatable {
    /// One of several classes, with their names and rows.
    case classes([ClassCount])
    /// A number.
    case value

    /// The kind of target.
    public var target: TargetKind { if case .classes = self { .classes } else { .value } }
  }

  /// A class with its number of rows.
  public struct ClassCount: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The number of rows.
    public let rows: Int
  }

  /// A possible feature column.
  public struct Column: Sendable {
    /// Its inferred kind.
    public let finding: InferredColumn
    /// The rules to declare.
    public let rules: ColumnRules
    /// Whether the rules differ from what training would infer, or may be worth changing.
    public let isWorthDeclaring: Bool
    /// What sort of texts it has, if any.
    public var texts: TextSort?
  }

  /// Sorts of texts.
  public enum TextSort: Sendable {
    /// Few words in each row, nearly all different.
    case names
    /// Most of them are those of other rows too.
    case repeated
    /// All others.
    case sentences
  }

  /// How the files are read.
  public let options: TableOptions
  /// The target column.
  public let label: InferredColumn
  /// What is predicted.
  public let goal: Goal
  /// Why classes rather than a number, or the other way round.
  public let why: String
  /// All other columns, in table order.
  public let columns: [Column]
  /// Values that mean missing, besides empty ones.
  public let missingValues: [String]
  /// The number of labelled rows.
  public let rows: Int
  /// The number of unlabelled rows.
  public let unlabelled: Int
  /// Notes for the user, a line each.
  public let notes: [String]
  /// Likely problems with the table.
  public let warnings: [Warning]

  /// Examines the table at `path` with the target `label`, predicted as classes or as a number if `classes` is given.
  ///
  /// - Throws: Errors in the file, `E0211` for an unknown label column, and `E0219` for an unusable one.
  public init(path: String, label: String, classes: Bool? = nil) throws(Diagnostics) {
    var guess = try TableGuess(path: path, label: label)
    let table = try guess.table(path: path)
    guard let labelColumn = table.column(label) else {
      throw Diagnostics(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(label, asked: "--label"))
    }
    var notes = guess.notes + table.notes
    let words = MissingWords(table, label: labelColumn, notes: &notes)
    let all = InferredColumn.all(of: table, missingValues: words.list)
    let missing = MissingValues(words.list)
    let labelled = (0..<table.count).filter { !missing.contains(table, row: $0, column: labelColumn) }
    let target = TargetDecision(table, column: labelColumn, finding: all[labelColumn], rows: labelled, missing)
    (goal, why) = try target.goal(classes: classes, notes: &notes)
    options = guess.options
    self.label = all[labelColumn]
    missingValues = words.list
    (rows, unlabelled) = (labelled.count, table.count - labelled.count)
    columns = all.indices.filter { $0 != labelColumn }.map { column in
      ColumnDecision(table, column: column, finding: all[column], rows: labelled.count).decided(&notes)
    }
    if unlabelled > 0 {
      notes.append(
        "\(counted(unlabelled, "row has", "rows have")) no \(quoted(label)) and \(unlabelled == 1 ? "is" : "are") ignored "
          + "(data.unlabelled)")
    }
    guard columns.contains(where: { $0.rules.kind.hasFeatures }) else {
      throw Diagnostics(
        .noFeatures, at: table.headerPlace(column: 0),
        "no feature columns besides \(quoted(label)). "
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

/// The words in a table that mean missing.
private struct MissingWords {
  private(set) var list: [String] = []

  /// The number of slips of a column that are listed one by one.
  private static let shownSlips = 5
  /// Words that are hardly class names.
  private static let noClasses = ["NA", "N/A", "n/a", "#N/A", "nan", "NaN", "NAN", "null", "NULL", "?"]

  /// Words for missing values that are common in similar files, even if not in this one.
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
          "\(table.place(row: row, column: column)): \(quoted(table.header[column])) has \(finding.kind == .date ? "dates" : "numbers"), "
            + "but \(quoted(table.text(row: row, column: column))) is not one: it is treated as missing (data.missing_values). Correct "
            + "it if it is a mistake.")
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
