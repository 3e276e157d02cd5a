import TemperJSON

/// The value of a metric: what tables print, what `expect` bounds and what early stopping watches.
public struct Figure: Sendable, Equatable {
  /// What was measured.
  public let metric: Metric
  /// The value; nil where it is not defined, for want of rows, classes or spread.
  public let value: Double?

  /// A value of `metric`, such as a loss, to stand beside those of a report.
  public init(_ metric: Metric, _ value: Double?) {
    (self.metric, self.value) = (metric, value)
  }

  /// The name in configs and files, `macro_f1`.
  public var name: String { metric.name }
}

/// One line in a report's table of metrics: a metric, and where its value is found.
public struct ReportedMetric<Subject: Report>: Sendable {
  /// What is measured.
  public let metric: Metric
  /// The value in a report.
  public let value: @Sendable (Subject) -> Double?

  /// A metric and its value.
  public init(_ metric: Metric, _ value: @escaping @Sendable (Subject) -> Double?) {
    (self.metric, self.value) = (metric, value)
  }
}

/// How good predictions are. A task has one type of report; its table of metrics is all that printing, bounds and early stopping know of it.
public protocol Report: Sendable {
  /// Every metric that the report has, in the order they are printed.
  static var metrics: [ReportedMetric<Self>] { get }
  /// How many rows, or what else ``countName`` says, were evaluated.
  var count: Int { get }
  /// What is counted: rows, unless said otherwise.
  static var countName: String { get }
  /// What is left out of the report and why, a line each; nothing, unless said otherwise.
  var notes: [String] { get }
  /// Everything the report knows, as it is printed and stored.
  var json: JSON { get }
}

extension Report {
  /// Rows.
  public static var countName: String { "rows" }

  /// Nothing is left out.
  public var notes: [String] { [] }

  /// The names of ``figures``, known before there is a report.
  public static var figureNames: [String] { metrics.map(\.metric.name) }

  /// The metrics with their values.
  public var figures: [Figure] { Self.metrics.map { Figure($0.metric, $0.value(self)) } }
}
