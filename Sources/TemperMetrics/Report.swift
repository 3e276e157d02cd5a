import TemperJSON

/// The value of a metric: what tables print, what `expect` bounds and what early stopping monitors.
public struct MetricValue: Sendable, Equatable {
  /// The metric.
  public let metric: Metric
  /// The value; nil if it is not defined, for lack of rows, classes or spread.
  public let value: Double?

  /// A value of `metric`, such as a loss, beside those of a report.
  public init(_ metric: Metric, _ value: Double?) {
    (self.metric, self.value) = (metric, value)
  }

  /// The name in configs and files, `macro_f1`.
  public var name: String { metric.name }
}

/// One line in a report's table of metrics: a metric, and how to get its value.
public struct ReportedMetric<Subject: Report>: Sendable {
  /// The metric.
  public let metric: Metric
  /// The value in a report.
  public let value: @Sendable (Subject) -> Double?

  /// A metric and its value.
  public init(_ metric: Metric, _ value: @escaping @Sendable (Subject) -> Double?) {
    (self.metric, self.value) = (metric, value)
  }
}

/// The quality of predictions. A task has one type of report; printing, bounds and early stopping use only its table of metrics.
public protocol Report: Sendable {
  /// Every metric that the report may have, in the order they are printed.
  static var metricDefinitions: [ReportedMetric<Self>] { get }
  /// The metrics with their values: all by default.
  var metrics: [MetricValue] { get }
  /// The number of rows evaluated, or of what ``countName`` names.
  var count: Int { get }
  /// What is counted: rows by default.
  static var countName: String { get }
  /// What is left out of the report and why, a line each; nothing by default.
  var notes: [String] { get }
  /// The complete report, as it is printed and stored.
  var json: JSON { get }
}

extension Report {
  /// Rows.
  public static var countName: String { "rows" }

  /// Nothing is left out.
  public var notes: [String] { [] }

  /// The names of ``metrics``, known before there is a report.
  public static var metricNames: [String] { metricDefinitions.map(\.metric.name) }

  /// Every metric with its value.
  public var metrics: [MetricValue] { Self.metricDefinitions.map { MetricValue($0.metric, $0.value(self)) } }
}
