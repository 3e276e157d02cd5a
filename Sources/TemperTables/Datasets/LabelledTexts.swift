import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// The texts of a table with their targets, split: what a model of texts learns from. Other columns are not looked at.
public struct LabelledTexts: Sendable {
  /// The rows of one part.
  public struct Part: Sendable {
    /// The text of each row in UTF-8.
    public let texts: [[UInt8]]
    /// What is to be predicted of each row.
    public let targets: RowTargets
    /// Where the text of a row stands.
    public let place: @Sendable (_ index: Int) -> Place
  }

  /// What makes targets of other rows, and no features.
  public let preprocessor: Preprocessor
  /// Rows to learn from.
  public let train: Part
  /// Rows to choose by, if there are any.
  public let validation: Part?
  /// Rows to report on at the end, if there are any.
  public let test: Part?
  /// What the user did not say and was decided: a line each.
  public let notes: [String]
  /// What is likely to be wrong with the data.
  public let warnings: [Warning]
  /// The files that were read, to be hashed.
  public let files: [FileBytes]

  /// Loads the table that `config` describes, with the texts of the column `text`; the same seed gives the same rows to the same parts, as for
  /// tables of features. Only training rows decide which classes there are. Throws what is wrong with files, columns and labels.
  public init(_ config: TableConfig, text: String, seed: UInt64, tables: SourceTables? = nil) throws(Diagnostics) {
    let split = try SplitTables(config, text: text, seed: seed, tables: tables)
    let (sources, roles, plan) = (split.sources, split.roles, split.plan)
    var notes: [String] = []
    let preprocessor = try Preprocessor(target: roles, of: sources.train, rows: plan.split.train, config, notes: &notes)

    func part(_ part: DataSplit) throws(Diagnostics) -> Part? {
      guard let (table, rows) = split.rows(of: part) else { return nil }
      return Part(texts: try table.texts(of: text, rows: rows), targets: try preprocessor.rowTargets(of: table, rows: rows)) {
        table.place(ofText: text, row: rows[$0])
      }
    }
    guard let train = try part(.train) else { fail("a split leaves no training rows") }
    var findings = Findings()
    let validation = findings.gather { () throws(Diagnostics) in try part(.validation) }
    let test = findings.gather { () throws(Diagnostics) in try part(.test) }
    try findings.check()

    self.train = train
    (self.validation, self.test) = (validation ?? nil, test ?? nil)
    self.preprocessor = preprocessor
    warnings = Warning.ofLabels(sources.train, column: roles.targets[0], rows: plan.split.train, classes: preprocessor.classes)
    let first = "texts of the column \(quoted(text)); \(preprocessor.target.summary)"
    let empty = [train, self.validation, self.test].reduce(0) { $0 + ($1?.texts.count { ValueKey.isEmpty($0) } ?? 0) }
    let emptyNote =
      "\(counted(empty, "text")) in \(quoted(text)) \(empty == 1 ? "is" : "are") empty or missing; they say nothing of their target"
    self.notes = [first] + sources.notes + (empty > 0 ? [emptyNote] : []) + notes + plan.notes
    files = split.files
  }
}

extension Table {
  /// The texts of `rows` in the column called `name`. Throws where there is no such column.
  public func texts(of name: String, rows: [Int]) throws(Diagnostics) -> [[UInt8]] {
    guard let column = column(name) else {
      throw Diagnostics(.missingColumns, at: headerPlace(column: 0), unknownColumn(name, asked: "data.text"))
    }
    return rows.map { row in withField(row: row, column: column) { Array($0) } }
  }

  /// Where the text of `row` in the column called `name` stands.
  public func place(ofText name: String, row: Int) -> Place { column(name).map { place(row: row, column: $0) } ?? place }
}

extension Preprocessor {
  /// Knows the classes that the training rows of a table have, and makes no features.
  fileprivate init(
    target roles: ColumnRoles, of table: Table, rows: [Int], _ config: TableConfig, notes: inout [String]
  ) throws(Diagnostics) {
    var findings = Findings()
    let target = Self.target(
      table, roles, rows: rows, config.targetNormalization, MissingValues(config.defaults.missingValues), &findings, &notes)
    try findings.check()
    self.init(columns: [], target: target, missingValues: config.defaults.missingValues)
  }
}
