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
  /// Labels from which nothing can be learned: one class, a class a row, or one value.
  public static let unusableLabels = Diagnostic.Code("E0219", "nothing can be learned from the labels")
  /// A stored preprocessing that is damaged or of another version.
  public static let badPreprocessing = Diagnostic.Code("E0220", "a stored preprocessing cannot be used")
  /// No column is left to learn from.
  public static let noFeatures = Diagnostic.Code("E0221", "no column is left to learn from")
  /// A label of several that is neither 0 nor 1.
  public static let notALabel = Diagnostic.Code("E0223", "a label that a row has or has not is neither 1 nor 0")
  /// More features than memory holds.
  public static let tooManyFeatures = Diagnostic.Code("E0222", "the features take too much memory")
}

/// Which column of a table plays which part.
struct ColumnRoles {
  /// The columns to predict.
  let target: TargetColumns
  /// Their numbers.
  let targets: [Int]
  /// The column that says which rows are for what.
  var split: Int?
  /// The columns that may become features, in the order of the table, with their declared kinds.
  var features: [(column: Int, declared: ColumnKind?)] = []

  /// The column with the classes, if classes are predicted.
  var classColumn: Int? {
    if case .classes = target { targets.first } else { nil }
  }

  /// Finds the columns by name, and throws for all names that no column has and for parts that contradict each other.
  init(_ table: Table, target: TargetColumns, split: String?, declared: [(name: String, kind: ColumnKind)]) throws(Diagnostics) {
    var findings = Findings()
    func find(_ name: String, _ key: String) -> Int? {
      let column = table.column(name)
      if column == nil { findings.add(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(name, asked: key)) }
      return column
    }
    let targetColumns = target.names.map { find($0, target.key) }
    let splitColumn = split.flatMap { find($0, "data.split.column") }
    var kinds: [Int: ColumnKind] = [:]
    for (name, kind) in declared {
      guard let column = find(name, "data.columns") else { continue }
      if targetColumns.contains(column) || column == splitColumn {
        let part = column == splitColumn ? "data.split.column" : target.key
        findings.add(
          .columnConflict, at: table.headerPlace(column: column),
          "data.columns declares \(quoted(name)) \(kind.rawValue), and it is \(part). Remove it from one of them.")
      }
      kinds[column] = kind
    }
    for (number, column) in targetColumns.enumerated() {
      guard let column else { continue }
      let name = quoted(table.header[column])
      if column == splitColumn {
        findings.add(
          .columnConflict, at: table.headerPlace(column: column),
          "\(name) is both \(target.key) and data.split.column. Name two columns.")
      }
      if targetColumns[..<number].contains(column) {
        findings.add(.columnConflict, at: table.headerPlace(column: column), "\(target.key) names \(name) twice. Name it once.")
      }
    }
    try findings.check()
    // check() threw if one was not found.
    targets = targetColumns.compactMap { $0 }
    self.target = target
    self.split = splitColumn
    for column in table.header.indices where !targets.contains(column) && column != splitColumn && kinds[column] != .ignore {
      features.append((column, kinds[column]))
    }
  }
}

extension Table {
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
