import TemperFiles
import TemperJSON

extension Diagnostic.Code {
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
  /// How many of `count` rows the shares are for test and validation: a share above 0 gives at least one row. Throws `E0231` where no row
  /// is left for training.
  package static func sizes(of count: Int, validation: Double, test: Double, place: Place) throws(Diagnostics) -> (
    test: Int, validation: Int
  ) {
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

  /// Cuts rows that are in the order of time: the last are for test, those before for validation, the first for training.
  package static func byOrder(_ rows: [Int], validation: Double, test: Double, place: Place) throws(Diagnostics) -> Split {
    let sizes = try sizes(of: rows.count, validation: validation, test: test, place: place)
    let ends = (train: rows.count - sizes.test - sizes.validation, validation: rows.count - sizes.test)
    return Split(
      train: RowSet(rows[..<ends.train]).ascending, validation: RowSet(rows[ends.train..<ends.validation]).ascending,
      test: RowSet(rows[ends.validation...]).ascending)
  }
}
