import TemperCore
import TemperJSON

/// The settings of a classification loss in the block `loss` of a config. A new loss is a type that conforms to it, and a line in
/// ``LossConfig/classificationLosses``.
public protocol ClassificationLossConfig: Sendable {
  /// The value of `loss.type`.
  static var type: String { get }
  /// A one-line description.
  static var doc: String { get }
  /// Reads the other keys of the block; `metrics` are the names that a schedule may monitor.
  init(_ c: FieldReader, metrics: [String])
  /// Label smoothing over a run; nil for a loss without it.
  var labelSmoothing: ScalarSchedule? { get }
  /// The class weights.
  var weighting: ClassWeighting { get }
  /// The label whose rows are ignored; nil for a loss without one.
  var ignoredLabel: Int? { get }
  /// Whether probabilities are the softmax of the model's outputs, so that a temperature may divide these.
  var isSoftmax: Bool { get }
  /// The loss for `classes`. Throws for a weight of a class that does not exist, and for a number of classes that it does not support.
  func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss
}

extension ClassificationLossConfig {
  /// See ``ClassificationLossConfig``; true by default.
  public var isSoftmax: Bool { true }
}

/// The classes of the training rows.
public struct TrainingClasses {
  /// Their names.
  public let names: [String]
  /// How many training rows each has.
  public let counts: [Int]
  /// The index of a class from its name in a config; nil to compare names byte by byte.
  public let find: ((String) -> Int?)?

  /// Classes with their rows.
  public init(_ names: [String], counts: [Int], find: ((String) -> Int?)? = nil) {
    (self.names, self.counts, self.find) = (names, counts, find)
  }
}

/// The settings that all losses with one output for each class have.
public struct ClassLossOptions: Sendable {
  /// The probability mass spread evenly over all classes; nil for a loss for which that is not defined.
  public let labelSmoothing: ScalarSchedule?
  /// The class weights.
  public let weighting: ClassWeighting
  /// The label whose rows are ignored.
  public let ignoredLabel: Int

  /// Reads the keys, of which label smoothing only if the loss `isSmooth`.
  public init(_ c: FieldReader, metrics: [String], isSmooth: Bool) {
    labelSmoothing = isSmooth ? c.labelSmoothing("Probability mass spread evenly over all classes", metrics: metrics) : nil
    weighting = ClassWeighting(c)
    ignoredLabel = c.integer(
      "ignore_index", default: -100, doc: "Label to ignore: its rows are excluded from training and evaluation.")
  }

  /// The options of the op for `classes`; where smoothing is scheduled it is 0. Throws for a weight of a class that does not exist.
  public func options(_ classes: TrainingClasses) throws(Diagnostics) -> CrossEntropyOptions {
    CrossEntropyOptions(
      classWeights: try weighting.values(classes: classes.names, counts: classes.counts, find: classes.find),
      normalization: weighting.normalization, labelSmoothing: Float(labelSmoothing?.constant ?? 0))
  }
}

/// The settings of a loss with one output for each class.
protocol MulticlassLossConfig: ClassificationLossConfig {
  /// Smoothing, weights and the ignored class.
  var options: ClassLossOptions { get }
}

extension MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public var labelSmoothing: ScalarSchedule? { options.labelSmoothing }
  /// See ``ClassificationLossConfig``.
  public var weighting: ClassWeighting { options.weighting }
  /// See ``ClassificationLossConfig``.
  public var ignoredLabel: Int? { options.ignoredLabel }
}

extension FieldReader {
  /// The label smoothing key, the same for every loss that has it.
  func labelSmoothing(_ meaning: String, metrics: [String]) -> ScalarSchedule {
    scalarOrSchedule(
      "label_smoothing", default: 0, in: 0..<1, metrics: metrics,
      doc: "\(meaning); if scheduled, in training only: evaluations then report the loss without it.")
  }
}
