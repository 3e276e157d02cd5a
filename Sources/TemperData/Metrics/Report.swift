import TemperJSON

/// A figure of a report by name: what tables print, what `expect` bounds and what early stopping watches.
public struct Figure: Sendable, Equatable {
  /// The name in configs and files, `macro_f1`.
  public let name: String
  /// The value; nil where it is not defined, for want of rows, classes or spread.
  public let value: Double?
  /// Whether more is better.
  public let higherIsBetter: Bool

  /// A figure of one's own, such as a loss, to stand beside those of a report.
  public init(_ name: String, _ value: Double?, higherIsBetter: Bool) {
    (self.name, self.value, self.higherIsBetter) = (name, value, higherIsBetter)
  }
}

/// One line in a report's table of metrics: a name, its sense, and where the value is found.
public struct Metric<Subject: Report>: Sendable {
  /// The name in configs and files.
  public let name: String
  /// Whether more is better.
  public let higherIsBetter: Bool
  /// The value in a report.
  public let value: @Sendable (Subject) -> Double?

  /// A metric, by default one of which more is better.
  public init(_ name: String, higherIsBetter: Bool = true, _ value: @escaping @Sendable (Subject) -> Double?) {
    (self.name, self.higherIsBetter, self.value) = (name, higherIsBetter, value)
  }
}

/// How good predictions are. A task has one type of report; its table of metrics is all that printing, bounds and early stopping know of it.
public protocol Report: Sendable {
  /// Every figure that the report has, in the order they are printed.
  static var metrics: [Metric<Self>] { get }
  /// How many rows, or what else ``countName`` says, were judged.
  var count: Int { get }
  /// What is counted: rows, unless said otherwise.
  static var countName: String { get }
  /// Everything the report knows, as it is printed and stored.
  var json: JSON { get }
}

extension Report {
  /// Rows.
  public static var countName: String { "rows" }

  /// The names of ``figures``, known before there is a report.
  public static var figureNames: [String] { metrics.map(\.name) }

  /// Whether more of the figure called `name` is better; nil if there is none.
  public static func higherIsBetter(_ name: String) -> Bool? {
    metrics.first { $0.name == name }?.higherIsBetter
  }

  /// The figures with their values.
  public var figures: [Figure] {
    Self.metrics.map { Figure($0.name, $0.value(self), higherIsBetter: $0.higherIsBetter) }
  }
}
