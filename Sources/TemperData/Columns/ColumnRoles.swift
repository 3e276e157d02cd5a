import TemperJSON

/// Which column of a table plays which part.
struct ColumnRoles {
  /// The columns to predict.
  let target: TargetColumns
  /// Their numbers.
  let targets: [Int]
  /// The column that says which rows are for what.
  var split: Int?
  /// The columns that may become features, in the order of the table, with what is declared of them;
  /// those declared identifier or ignored are among them, and make none.
  var features: [(column: Int, declared: ColumnRules?)] = []

  /// The column with the classes, if classes are predicted.
  var classColumn: Int? {
    if case .classes = target { targets.first } else { nil }
  }

  /// Finds the columns by name, and throws for all names that no column has and for parts that contradict each other.
  init(_ table: Table, target: TargetColumns, split: String?, declared: [(name: String, rules: ColumnRules)]) throws(Diagnostics) {
    var findings = Findings()
    func find(_ name: String, _ key: String) -> Int? {
      let column = table.column(name)
      if column == nil { findings.add(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(name, asked: key)) }
      return column
    }
    let targetColumns = target.names.map { find($0, target.key) }
    let splitColumn = split.flatMap { find($0, "data.split.column") }
    var kinds: [Int: ColumnRules] = [:]
    for (name, rules) in declared {
      guard let column = find(name, "data.columns") else { continue }
      if targetColumns.contains(column) || column == splitColumn {
        let part = column == splitColumn ? "data.split.column" : target.key
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
    for column in table.header.indices where !targets.contains(column) && column != splitColumn {
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
