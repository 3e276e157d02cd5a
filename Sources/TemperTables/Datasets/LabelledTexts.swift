import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// The texts of a table with their targets, split, for training text models. Other columns are ignored.
public struct LabelledTexts: Sendable {
  /// The rows of one split.
  public struct Part: Sendable {
    /// The text of each row in UTF-8.
    public let texts: [[UInt8]]
    /// The targets.
    public let targets: RowTargets
    /// The source position of a row's text.
    public let place: @Sendable (_ index: Int) -> Place
  }

  /// Encodes targets of other rows; it has no features.
  public let preprocessor: Preprocessor
  /// The training rows.
  public let train: Part
  /// The validation rows, if any.
  public let validation: Part?
  /// The test rows, if any.
  public let test: Part?
  /// Notes on automatic decisions, a line each.
  public let notes: [String]
  /// Likely problems with the data.
  public let warnings: [Warning]
  /// The files that were read, for hashing.
  public let files: [FileBytes]

  /// Loads the table described by `config`, with the texts of the column `text`; the same seed assigns the same rows to the same
  /// splits, as for tables of features. Classes are those of the training rows. Throws errors in files, columns and labels.
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
      "\(counted(empty, "text")) in \(quoted(text)) \(empty == 1 ? "is" : "are") empty or missing, so there is nothing to predict from"
    self.notes = [first] + sources.notes + (empty > 0 ? [emptyNote] : []) + notes + plan.notes
    files = split.files
  }
}

extension Table {
  /// The texts of `rows` in the column called `name`. Throws if there is no such column.
  public func texts(of name: String, rows: [Int]) throws(Diagnostics) -> [[UInt8]] {
    guard let column = column(name) else {
      throw Diagnostics(.missingColumns, at: headerPlace(column: 0), unknownColumn(name, asked: "data.text"))
    }
    return rows.map { row in withField(row: row, column: column) { Array($0) } }
  }

  /// The source position of the text of `row` in the column called `name`.
  public func place(ofText name: String, row: Int) -> Place { column(name).map { place(row: row, column: $0) } ?? place }
}

extension Preprocessor {
  /// Fits only the target on the training rows of a table, without features.
  fileprivate init(
    target roles: ColumnRoles, of table: Table, rows: [Int], _ config: TableConfig, notes: inout [String]
  ) throws(Diagnostics) {
    var findings = Findings()
    let target = Self.target(
      table, roles, rows: rows, config.targetRules, MissingValues(config.defaults.missingValues), &findings, &notes)
    try findings.check()
    self.init(columns: [], target: target, missingValues: config.defaults.missingValues)
  }
}
