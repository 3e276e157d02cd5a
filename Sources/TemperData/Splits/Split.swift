import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// The requested split is not possible with these rows.
  public static let badSplit = Diagnostic.Code("E0231", "the rows cannot be split as configured")
}

/// The row numbers of each split, ascending and disjoint.
public struct Split: Sendable, Equatable {
  /// Rows for training.
  public var train: [Int]
  /// Rows for model selection: early stopping, the best checkpoint.
  public var validation: [Int]
  /// Rows for the final evaluation.
  public var test: [Int]

  /// A split with known rows.
  public init(train: [Int], validation: [Int] = [], test: [Int] = []) {
    (self.train, self.validation, self.test) = (train, validation, test)
  }
}

extension Split {
  /// The number of test and validation rows out of `count`: a fraction above 0 gives at least one row. Throws `E0231` where no training
  /// rows remain.
  package static func sizes(of count: Int, validation: Double, test: Double, place: Place) throws(Diagnostics) -> (
    test: Int, validation: Int
  ) {
    guard validation >= 0, test >= 0, validation + test < 1 else {
      throw Diagnostics(
        .badSplit, at: place,
        "data.split.validation \(validation) and data.split.test \(test) must be 0 or more and leave rows for training: "
          + "their sum must be below 1.")
    }
    func size(_ share: Double) -> Int { share > 0 ? max(1, Int((share * Double(count)).rounded())) : 0 }
    let (test, validation) = (size(test), size(validation))
    guard test + validation < count else {
      throw Diagnostics(
        .badSplit, at: place,
        "\(counted(count, "row")) cannot be split: with \(test) for test and \(validation) for validation, none are left for training. "
          + "Hold out fewer rows.")
    }
    return (test, validation)
  }

  /// Splits rows in chronological order: the last are for test, those before for validation, the first for training.
  package static func byOrder(_ rows: [Int], validation: Double, test: Double, place: Place) throws(Diagnostics) -> Split {
    let sizes = try sizes(of: rows.count, validation: validation, test: test, place: place)
    let ends = (train: rows.count - sizes.test - sizes.validation, validation: rows.count - sizes.test)
    return Split(
      train: RowSet(rows[..<ends.train]).ascending, validation: RowSet(rows[ends.train..<ends.validation]).ascending,
      test: RowSet(rows[ends.validation...]).ascending)
  }
}
