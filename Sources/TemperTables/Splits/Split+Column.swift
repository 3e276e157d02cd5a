import TemperData
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A row's split is not train, validation, test or unused.
  public static let badSplitValue = Diagnostic.Code("E0230", "a row has an unknown split")
}

extension Split {
  /// Reads the split from a column with the values `train`, `validation`, `test`, and `unused` for rows to drop; throws for any other
  /// value.
  static func byColumn(_ column: Int, of table: Table) throws(Diagnostics) -> Split {
    var findings = Findings()
    var split = Split(train: [])
    for row in 0..<table.count {
      switch table.value(row: row, column: column) {
      case "train": split.train.append(row)
      case "validation": split.validation.append(row)
      case "test": split.test.append(row)
      case "unused": break
      case let text:
        findings.add(
          .badSplitValue, at: table.place(row: row, column: column),
          "\(quoted(table.header[column])) is \(quoted(text)). Write train, validation, test or unused.")
      }
    }
    try findings.check()
    if split.train.isEmpty {
      throw Diagnostics(
        .badSplit, at: table.headerPlace(column: column),
        "no row has \"train\" in \(quoted(table.header[column])). Mark rows for training.")
    }
    return split
  }
}
