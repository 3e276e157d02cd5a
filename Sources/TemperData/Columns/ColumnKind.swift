import TemperJSON

/// What a column of a table is taken for.
public enum ColumnKind: String, Sendable, CaseIterable {
  /// A number: one feature.
  case numeric
  /// One of several values: a feature for each, 1 where the row has that value.
  case categorical
  /// No feature.
  case ignore
}

/// How numeric features are scaled.
public enum Normalization: String, Sendable, CaseIterable {
  /// To mean 0 and standard deviation 1 over the training rows.
  case standard
  /// Not at all.
  case none
}

extension Diagnostic.Code {
  /// A name in the config that no column of the table has.
  public static let unknownColumn = Diagnostic.Code("E0211", "no column has this name")
  /// A value of a numeric column that is no number, or one that 32 bits cannot hold.
  public static let notANumber = Diagnostic.Code("E0212", "a value of a numeric column is not a number")
  /// A field with nothing in it.
  public static let emptyValue = Diagnostic.Code("E0213", "a value is missing")
  /// A column of text that looks like names or free text.
  public static let tooManyCategories = Diagnostic.Code("E0214", "a column has too many categories")
  /// A category that the training rows do not have.
  public static let unknownCategory = Diagnostic.Code("E0215", "a category does not occur in the training rows")
  /// A label that the training rows do not have.
  public static let unknownLabel = Diagnostic.Code("E0216", "a label does not occur in the training rows")
  /// A column that is given two parts to play, or none that makes sense.
  public static let columnConflict = Diagnostic.Code("E0217", "a column is given two meanings")
  /// Columns that a model needs and a table lacks.
  public static let missingColumns = Diagnostic.Code("E0218", "a table lacks columns that the model needs")
  /// Labels from which nothing can be learned: one class, or a class a row.
  public static let unusableLabels = Diagnostic.Code("E0219", "the labels are no classes")
  /// A stored preprocessing that is damaged or of another version.
  public static let badPreprocessing = Diagnostic.Code("E0220", "a stored preprocessing cannot be used")
  /// No column is left to learn from.
  public static let noFeatures = Diagnostic.Code("E0221", "no column is left to learn from")
  /// More features than memory holds.
  public static let tooManyFeatures = Diagnostic.Code("E0222", "the features take too much memory")
}

/// Which column of a table plays which part.
struct ColumnRoles {
  var label: Int
  /// The column that says which rows are for what.
  var split: Int?
  /// The columns that may become features, in the order of the table, with their declared kinds.
  var features: [(column: Int, declared: ColumnKind?)] = []

  /// Finds the columns by name, and throws for all names that no column has and for parts that contradict each other.
  init(_ table: CSVTable, label: String, split: String?, declared: [(name: String, kind: ColumnKind)]) throws(Diagnostics) {
    var findings = Findings()
    func find(_ name: String, _ key: String) -> Int? {
      let column = table.column(name)
      if column == nil { findings.add(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(name, asked: key)) }
      return column
    }
    let labelColumn = find(label, "data.label")
    let splitColumn = split.flatMap { find($0, "data.split.column") }
    var kinds: [Int: ColumnKind] = [:]
    for (name, kind) in declared {
      guard let column = find(name, "data.columns") else { continue }
      if column == labelColumn || column == splitColumn {
        let part = column == labelColumn ? "data.label" : "data.split.column"
        findings.add(
          .columnConflict, at: table.headerPlace(column: column),
          "data.columns declares \(quoted(name)) \(kind.rawValue), and it is \(part). Remove it from one of them.")
      }
      kinds[column] = kind
    }
    if let column = labelColumn, column == splitColumn {
      findings.add(
        .columnConflict, at: table.headerPlace(column: column),
        "\(quoted(label)) is both data.label and data.split.column. Name two columns.")
    }
    try findings.check()
    // check() threw if the label was not found.
    self.label = labelColumn ?? 0
    self.split = splitColumn
    for column in table.header.indices where column != labelColumn && column != splitColumn && kinds[column] != .ignore {
      features.append((column, kinds[column]))
    }
  }
}

extension CSVTable {
  /// What to say about a name that no column has: `asked` tells where the name stands.
  func unknownColumn(_ name: String, asked: String) -> String {
    var message = "\(asked): no column is called \(quoted(name))."
    if header.count == 1, let other: Character = [";", "\t", "|", ","].first(where: { header[0].contains($0) }) {
      return message + " The header is one column, \(quoted(header[0])): set data.delimiter to \(quoted(String(other)))."
    }
    if let close = suggestion(for: name, among: header) { message += " Did you mean \(quoted(close))?" }
    return message + " Columns here: \(listed(header))."
  }
}
