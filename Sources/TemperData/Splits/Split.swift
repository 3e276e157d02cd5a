import TemperJSON

extension Diagnostic.Code {
  /// A row's split is none of train, validation, test and unused.
  public static let badSplitValue = Diagnostic.Code("E0230", "a row is given to no known split")
  /// The shares of a split cannot be had from these rows.
  public static let badSplit = Diagnostic.Code("E0231", "the rows cannot be split as asked")
}

/// Which rows are for what, by number, each list ascending; no row is in two lists.
public struct Split: Sendable, Equatable {
  /// Rows to learn from.
  public var train: [Int]
  /// Rows to choose by: early stopping, the best checkpoint.
  public var validation: [Int]
  /// Rows to report on at the end.
  public var test: [Int]

  /// A split of known rows.
  public init(train: [Int], validation: [Int] = [], test: [Int] = []) {
    (self.train, self.validation, self.test) = (train, validation, test)
  }
}

extension Split {
  /// Reads the split off a column whose values are `train`, `validation`, `test` and `unused`, for rows to leave out; throws for
  /// every other value.
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
        "no row has \"train\" in \(quoted(table.header[column])). Give some rows to training.")
    }
    return split
  }

  /// How many of `count` rows the shares are for test and validation: a share above 0 gives at least one row. Throws `E0231` where no row
  /// is left for training.
  static func sizes(of count: Int, validation: Double, test: Double, place: Place) throws(Diagnostics) -> (test: Int, validation: Int) {
    guard validation >= 0, test >= 0, validation + test < 1 else {
      throw Diagnostics(
        .badSplit, at: place,
        "data.split.validation \(validation) and data.split.test \(test) must be 0 or more and leave a part for training: "
          + "together less than 1.")
    }
    func size(_ share: Double) -> Int { share > 0 ? max(1, Int((share * Double(count)).rounded())) : 0 }
    let (test, validation) = (size(test), size(validation))
    guard test + validation < count else {
      throw Diagnostics(
        .badSplit, at: place,
        "\(counted(count, "row")) cannot be split: with \(test) for test and \(validation) for validation none is left for training. "
          + "Hold out less.")
    }
    return (test, validation)
  }
}
