import TemperCore
import TemperData
import TemperJSON
import TemperMetrics

/// The evaluation of a model on a data set: its loss and its metrics.
public struct Evaluation: Sendable {
  /// The configured loss, without penalties; nil if no row has any weight.
  public let loss: Double?
  /// Creates an evaluation.
  public init(loss: Double?, report: any Report, baseline: Baseline? = nil) {
    (self.loss, self.report, self.baseline) = (loss, report, baseline)
  }

  /// Whether there is a loss and it is not finite, so that the other metrics are meaningless.
  var hasInfiniteLoss: Bool { loss.map { !$0.isFinite } ?? false }
  /// The metrics of the task.
  public let report: any Report
  /// The metrics of the baseline on the same rows; nil if undefined.
  public let baseline: Baseline?

  /// The loss and the metrics of the report, in printing order.
  public var metrics: [MetricValue] { [MetricValue(.loss, loss)] + report.metrics }

  /// The first metric after the loss: accuracy for classes.
  public var headline: MetricValue? { report.metrics.first }

  /// The value of a metric by full name, such as `validation.loss`, in evaluations of some splits; nil if absent.
  package static func value(of name: String, in parts: [(part: DataSplit, evaluation: Evaluation?)]) -> Double? {
    for (part, evaluation) in parts where name.hasPrefix(part.rawValue + ".") {
      return evaluation?.metrics.first { "\(part.rawValue).\($0.name)" == name }?.value
    }
    return nil
  }

  /// The metrics and the counts.
  public var json: JSON {
    .object(metrics.map { ($0.name, .number($0.value)) } + [(type(of: report).countName, .integer(report.count))])
  }

  /// The metrics, the counts, and the metrics of the baseline.
  public var comparedJSON: JSON { .object((json.members ?? []).map { ($0.name, $0.value) } + comparison) }

  private var comparison: [(String, JSON)] { [("baseline", baseline?.json ?? .null)] }

  /// The metrics with those of the baseline and other details of the report, such as the confusion matrix.
  public var detailedJSON: JSON {
    let own = json.members ?? []
    let rest = (report.json.members ?? []).filter { member in member.name != "count" && !own.contains { $0.name == member.name } }
    return .object(own.map { ($0.name, $0.value) } + comparison + rest.map { ($0.name, $0.value) })
  }
}
