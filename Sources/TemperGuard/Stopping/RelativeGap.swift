import TemperJSON
import TemperNN

/// The gap between training and validation loss, both computed without dropout, as a share of the validation loss, exceeds `threshold` at `patience`
/// evaluations in a row.
public struct RelativeGap: StoppingCriterion {
  private let threshold: Double
  private let patience: Int
  private var (gap, row): (Double?, Int) = (nil, 0)

  /// A criterion by ``GapController/gap(training:validation:)``.
  public init(threshold: Double = 0.5, patience: Int = 3) { (self.threshold, self.patience) = (threshold, patience) }

  /// Both losses.
  public var monitors: [String] { GapController.metrics }

  /// Nothing changes where a loss is missing or not finite.
  public mutating func observe(_ moment: TrainingMoment) {
    guard
      let gap = GapController.gap(training: moment.metrics[GapController.metrics[0]], validation: moment.metrics[GapController.metrics[1]])
    else { return }
    self.gap = gap
    row = gap > threshold ? row + 1 : 0
  }

  /// Present while there are so many in a row.
  public var evidence: StoppingEvidence? {
    guard let gap, row >= patience else { return nil }
    return StoppingEvidence(
      criterion: "relative_gap", value: gap, threshold: threshold,
      words: "the gap is \(shortNumber(gap)) of the validation loss, "
        + (row == 1
          ? "above \(shortNumber(threshold))" : "and was above \(shortNumber(threshold)) at \(row) evaluations in a row"))
  }

  /// The last gap and the number in a row.
  public var state: JSON { .object([("gap", .exact(gap)), ("row", .integer(row))]) }
  /// Restores both.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let gap = state["gap"]?.exactNumber, let row = state["row"]?.integer else { throw MalformedState(of: "relative_gap") }
    (self.gap, self.row) = (gap, row)
  }
}
