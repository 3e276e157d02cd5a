import TemperFiles
import TemperJSON

/// A column that a split goes by.
struct SplitColumn {
  /// What it does.
  enum Part {
    /// It says of each row what it is for.
    case assignment
    /// Its values keep rows together.
    case group
    /// Rows are in the order of its values.
    case order
  }

  let part: Part
  let name: String
  /// The key that names it, for messages.
  let key: String
}

/// Which column of a table plays which part.
struct ColumnRoles {
  /// The columns to predict.
  let target: TargetColumns
  /// Their numbers.
  let targets: [Int]
  /// The column that the split goes by, if there is one.
  var split: (part: SplitColumn.Part, column: Int)?
  /// The columns that may become features, in the order of the table, with what is declared of them;
  /// those declared identifier or ignored are among them, and make none.
  var features: [(column: Int, declared: ColumnRules?)] = []

  /// The column with the classes, if classes are predicted.
  var classColumn: Int? {
    if case .classes = target { targets.first } else { nil }
  }

  /// Finds the columns by name, and throws for all names that no column has and for parts that contradict each other.
  ///
  /// What says where rows belong, and what keeps them together, is no feature; the time by which they are ordered may be one.
  init(
    _ table: Table, target: TargetColumns, split: SplitColumn?, declared: [(name: String, rules: ColumnRules)]
  ) throws(Diagnostics) {
    var findings = Findings()
    func find(_ name: String, _ key: String) -> Int? {
      let column = table.column(name)
      if column == nil { findings.add(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(name, asked: key)) }
      return column
    }
    let targetColumns = target.names.map { find($0, target.key) }
    let splitColumn = split.flatMap { find($0.name, $0.key) }
    let splitKey = split?.key ?? ""
    let ownColumn = split?.part == .order ? nil : splitColumn
    var kinds: [Int: ColumnRules] = [:]
    for (name, rules) in declared {
      guard let column = find(name, "data.columns") else { continue }
      // That a group makes no feature may be said twice.
      let isGroupWithoutFeatures = column == ownColumn && split?.part == .group && !rules.kind.hasFeatures
      if targetColumns.contains(column) || column == ownColumn, !isGroupWithoutFeatures {
        let part = column == ownColumn ? splitKey : target.key
        findings.add(
          .columnConflict, at: table.headerPlace(column: column),
          "data.columns declares \(quoted(name)) \(rules.kind.rawValue), and it is \(part). Remove it from one of them.")
      }
      kinds[column] = rules
    }
    for (number, column) in targetColumns.enumerated() {
      guard let column else { continue }
      let name = quoted(table.header[column])
      if column == splitColumn {
        findings.add(
          .columnConflict, at: table.headerPlace(column: column),
          "\(name) is both \(target.key) and \(splitKey). Name two columns.")
      }
      if targetColumns[..<number].contains(column) {
        findings.add(.columnConflict, at: table.headerPlace(column: column), "\(target.key) names \(name) twice. Name it once.")
      }
    }
    try findings.check()
    // check() threw if one was not found.
    targets = targetColumns.compactMap { $0 }
    self.target = target
    if let split, let splitColumn { self.split = (split.part, splitColumn) }
    for column in table.header.indices where !targets.contains(column) && column != ownColumn {
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
