import TemperCore
import TemperData
import TemperJSON
import TemperMetrics

/// How good a model is on a data set: its loss, and what its predictions are worth.
public struct Evaluation: Sendable {
  /// The configured loss, without penalties; nil if no row has any weight.
  public let loss: Double?
  /// An evaluation.
  public init(loss: Double?, report: any Report, baseline: Baseline? = nil) {
    (self.loss, self.report, self.baseline) = (loss, report, baseline)
  }

  /// Whether there is a loss and it is infinite or not a number, so that what was measured beside it means nothing.
  var hasInfiniteLoss: Bool { loss.map { !$0.isFinite } ?? false }
  /// The metrics of the task.
  public let report: any Report
  /// What guessing scores on the same rows; nil where there are none.
  public let baseline: Baseline?

  /// The loss and the figures of the report, in the order they are printed.
  public var figures: [Figure] { [Figure(.loss, loss)] + report.figures }

  /// The figure that is shown first after the loss: accuracy for classes.
  public var headline: Figure? { report.figures.first }

  /// The value of a metric by its full name, such as `validation.loss`, in evaluations of some parts; nil where it is not there.
  static func value(of name: String, in parts: [(part: DataSplit, evaluation: Evaluation?)]) -> Double? {
    for (part, evaluation) in parts where name.hasPrefix(part.rawValue + ".") {
      return evaluation?.figures.first { "\(part.rawValue).\($0.name)" == name }?.value
    }
    return nil
  }

  /// The figures and what was counted.
  public var json: JSON {
    .object(figures.map { ($0.name, .number($0.value)) } + [(type(of: report).countName, .integer(report.count))])
  }

  /// The figures, what was counted, and the figures of the baseline.
  public var comparedJSON: JSON { .object((json.members ?? []).map { ($0.name, $0.value) } + comparison) }

  private var comparison: [(String, JSON)] { [("baseline", baseline?.json ?? .null)] }

  /// The figures with the baseline's and what else the report knows, such as the confusion matrix.
  public var detailedJSON: JSON {
    let own = json.members ?? []
    let rest = (report.json.members ?? []).filter { member in member.name != "count" && !own.contains { $0.name == member.name } }
    return .object(own.map { ($0.name, $0.value) } + comparison + rest.map { ($0.name, $0.value) })
  }
}
