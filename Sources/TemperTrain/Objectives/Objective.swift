import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// What a model's outputs mean: how they are trained against a row's target, what they predict, and how good that is.
public protocol Objective: Sendable {
  /// The value of `task` in a config.
  static var name: String { get }
  /// What is learned of each row, in a few words.
  static var doc: String { get }
  /// The names of its metrics, the most telling first.
  static var metrics: [String] { get }
  /// The type of loss where a config names none.
  static var defaultLoss: String { get }
  /// Losses that no other objective has.
  static var losses: [any OwnLoss.Type] { get }
  /// What rows are labelled with.
  static var target: TargetKind { get }
  /// The objective of `config` for `target`, as the training rows have it. Throws for a loss of another objective.
  init(_ config: LossConfig, _ target: Target, _ training: TargetCounts) throws(Diagnostics)
  /// How many outputs the model has for a row.
  var outputs: Int { get }
  /// Whether the model's outputs are to be probabilities: it has to end in a softmax then.
  var takesProbabilities: Bool { get }
  /// The number of classes between which an untrained model does not choose, so that its loss is near their ln; nil where that is not so.
  var uniformClassCount: Int? { get }
  /// The loss of `outputs`, `[rows, outputs]`, against the targets of their rows.
  func loss(_ outputs: Tensor, _ targets: TargetBatch) -> Loss
  /// The same objective with another share of label smoothing, where it has any; itself for nil.
  func smoothed(by share: Double?) -> Self
  /// What a model says of its rows: a probability for each class or label, or numbers as the model learned them, which
  /// ``Target/unscaled(_:)`` gives the unit of the label.
  func predictions(_ outputs: Tensor) -> [Float]
  /// What gathers the results of an evaluation of `rows` rows.
  func accumulator(rows: Int, training: TargetCounts) -> any ResultAccumulator
}

extension Objective {
  /// See ``Objective``; none by default.
  public static var losses: [any OwnLoss.Type] { [] }
  /// See ``Objective``; logits by default.
  public var takesProbabilities: Bool { false }
  /// See ``Objective``; none by default.
  public var uniformClassCount: Int? { nil }
  /// See ``Objective``; nothing to smooth by default.
  public func smoothed(by share: Double?) -> Self { self }
}

/// What an evaluation adds up over its batches: what the report of an objective is made of.
public protocol ResultAccumulator {
  /// Adds the outputs for a batch of rows with their targets; `places` are their numbers among all rows.
  mutating func add(_ outputs: Tensor, _ targets: TargetBatch, places: [Int])
  /// The metrics, and what guessing scores on the same rows, once all rows are there.
  var results: (report: any Report, baseline: Baseline?) { get }
}

/// What is known of the training rows' targets: what a guess goes by.
public struct TargetCounts: Sendable {
  /// How many rows each class or label has; empty where numbers are predicted, whose mean the target has.
  public let counts: [Int]
  /// How many rows there are.
  public let rows: Int

  /// Known counts.
  init(counts: [Int], rows: Int) { (self.counts, self.rows) = (counts, rows) }

  /// Those of `targets`, which are of the kind of `target`.
  init(_ targets: RowTargets, of target: Target) {
    self.init(counts: target.kind == .value ? [] : targets.counts(target.width), rows: targets.count)
  }
}

/// What is to be predicted of the rows of a batch.
public struct TargetBatch {
  /// The class of each row; empty where values are predicted.
  public let labels: [Int32]
  /// The values to predict, row-major; empty where classes are.
  public let values: [Float]
  /// What rows with classes are mixed with, if they are.
  public let mixture: Mixture?
}

extension Batch {
  /// What is to be predicted of its rows.
  var targets: TargetBatch { TargetBatch(labels: labels, values: values?.values ?? [], mixture: mixture) }
}
