import TemperCore
import TemperJSON
import TemperMetrics

/// What is learned. The raw value is the name in a config.
public enum TaskKind: String, CaseIterable, Sendable {
  /// One class a row.
  case classification
  /// One number a row.
  case regression
  /// Any number of labels a row.
  case multilabel
  /// The next token of a text.
  case languageModeling = "language_modeling"
  /// The tokens of a text that are hidden.
  case maskedLanguageModeling = "masked_language_modeling"

  /// Whether text is learned from, in windows of tokens.
  public var isLanguage: Bool { self == .languageModeling || self == .maskedLanguageModeling }

  /// The type of data where a config names none.
  var dataType: String { isLanguage ? "text" : "csv" }

  /// The names of the figures that an evaluation of the task has, the loss first.
  public var figureNames: [String] {
    switch self {
    case .classification: [Metric.loss.name] + ClassificationReport.figureNames
    case .regression: [Metric.loss.name] + RegressionReport.figureNames
    case .multilabel: [Metric.loss.name] + MultilabelReport.figureNames
    case .languageModeling, .maskedLanguageModeling: [Metric.loss.name] + LanguageReport.figureNames
    }
  }

  /// The type of loss where a config names none.
  var defaultLoss: String {
    switch self {
    case .classification, .languageModeling, .maskedLanguageModeling: "sparse_categorical_crossentropy"
    case .regression: "mse"
    case .multilabel: "binary_crossentropy"
    }
  }

  /// Whether `name`, such as `validation.loss`, is a figure of this task.
  func has(_ name: String) -> Bool {
    Self.parts.contains { part in figureNames.contains { name == "\(part).\($0)" } }
  }

  /// What to say of a figure that the task does not have.
  func unknown(_ name: String) -> String {
    "knows no \"\(name)\" for the task \(rawValue). Its figures: \(figureNames.joined(separator: ", "))"
  }

  private static let parts = ["train", "validation", "test"]
}

/// How good a model is on a data set: its loss, and what its predictions are worth.
public struct Evaluation: Sendable {
  /// The configured loss, without penalties; nil if no row has any weight.
  public let loss: Double?
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

  /// What early stopping and schedules may watch: test rows must not decide anything.
  static let watchable = allFigureNames.map { "validation.\($0)" }

  private static let allFigureNames: [String] = {
    var names: [String] = []
    for name in TaskKind.allCases.flatMap(\.figureNames) where !names.contains(name) { names.append(name) }
    return names
  }()

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
