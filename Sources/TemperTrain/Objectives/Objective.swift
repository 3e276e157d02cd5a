import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// The meaning of a model's outputs: how they are trained against a row's target, what they predict, and how they are evaluated.
public protocol Objective: Sendable {
  /// The value of `task` in a config.
  static var name: String { get }
  /// A short description of what is predicted.
  static var doc: String { get }
  /// The names of its metrics, the most informative first.
  static var metrics: [String] { get }
  /// The default loss.
  static var defaultLoss: String { get }
  /// Losses specific to this objective.
  static var losses: [any OwnLoss.Type] { get }
  /// The kind of label.
  static var target: TargetKind { get }
  /// Creates the objective of `config` for `target`, as fitted on the training rows. Throws for a loss of another objective.
  init(_ config: LossConfig, _ target: Target, _ training: TargetCounts) throws(Diagnostics)
  /// The number of model outputs per row.
  var outputs: Int { get }
  /// Whether the model's outputs must be probabilities, so that it has to end in a softmax.
  var takesProbabilities: Bool { get }
  /// How the outputs of an ensemble's members are averaged.
  var average: MemberAverage { get }
  /// The clusters of the last layer, if it must be an adaptive softmax; nil otherwise.
  var clusters: ClassClusters? { get }
  /// The number of classes between which an untrained model is indifferent, so that its loss is near their ln; nil if this does not apply.
  var uniformClassCount: Int? { get }
  /// The loss of `outputs`, `[rows, outputs]`, against the targets of their rows.
  func loss(_ outputs: Tensor, _ targets: TargetBatch) -> Loss
  /// The loss of `model` on a batch in training: by default that of its outputs.
  func trainingLoss<Inputs>(_ model: any Model<Inputs>, _ inputs: Inputs, _ targets: TargetBatch, _ context: Context) -> Loss
  /// Why `model` cannot be trained with the loss, to follow the loss's name; nil if it can.
  func problem(with model: any Model) -> String?
  /// The same objective with another label smoothing, if it has any; itself for nil.
  func smoothed(by share: Double?) -> Self
  /// The predictions for rows: a probability per class or label, or numbers in the scale of training, which ``Target/predicted(_:)``
  /// converts to the unit of the label.
  func predictions(_ outputs: Tensor) -> [Float]
  /// Accumulates the results of an evaluation of `rows` rows.
  func accumulator(rows: Int, training: TargetCounts) -> any ResultAccumulator
}

extension Objective {
  /// See ``Objective``; none by default.
  public static var losses: [any OwnLoss.Type] { [] }
  /// See ``Objective``; logits by default.
  public var takesProbabilities: Bool { false }
  /// See ``Objective``; for logits of classes by default.
  public var average: MemberAverage { .softmax }
  /// See ``Objective``; nil by default.
  public var clusters: ClassClusters? { nil }
  /// The last layer that the model must have.
  var outputLayer: OutputLayer {
    OutputLayer(outputs, endsInSoftmax: takesProbabilities, clusters: clusters, average: average)
  }
  /// See ``Objective``; nil by default.
  public var uniformClassCount: Int? { nil }
  /// See ``Objective``; the loss of the outputs by default.
  public func trainingLoss<Inputs>(_ model: any Model<Inputs>, _ inputs: Inputs, _ targets: TargetBatch, _ context: Context) -> Loss {
    outputLoss(model, inputs, targets, context)
  }
  /// The loss of a model's outputs; of an ensemble the mean of its members' losses, each by itself.
  func outputLoss<Inputs>(_ model: any Model<Inputs>, _ inputs: Inputs, _ targets: TargetBatch, _ context: Context) -> Loss {
    guard let model = model as? any EnsembleModel<Inputs> else { return loss(model(inputs, context), targets) }
    let outputs = model.memberOutputs(inputs, context)
    return loss(outputs, targets.repeated(model.members, rows: outputs.shape[0] / model.members))
  }
  /// See ``Objective``; nil by default.
  public func problem(with model: any Model) -> String? { nil }
  /// See ``Objective``; unchanged by default.
  public func smoothed(by share: Double?) -> Self { self }
}

/// Accumulates the batches of an evaluation into the report of an objective.
public protocol ResultAccumulator {
  /// Adds the outputs for a batch of rows with their targets; `places` are the row indices in the whole data set.
  mutating func add(_ outputs: Tensor, _ targets: TargetBatch, places: [Int])
  /// The metrics, and the baseline metrics on the same rows, after all rows have been added.
  var results: (report: any Report, baseline: Baseline?) { get }
}

/// Statistics of the training targets, used by baselines.
public struct TargetCounts: Sendable {
  /// The number of rows per class or label; empty for regression.
  public let counts: [Int]
  /// The number of rows.
  public let rows: Int
  /// The mean of the numbers to predict, in the unit of the label; nil for classes and labels.
  public let mean: Double?

  /// Creates known statistics.
  init(counts: [Int], rows: Int, mean: Double?) { (self.counts, self.rows, self.mean) = (counts, rows, mean) }

  /// Computes those of `targets`, which are of the kind of `target`.
  init(_ targets: RowTargets, of target: Target) {
    guard case .value(_, let center, let unit, _) = target else {
      self.init(counts: targets.counts(target.width), rows: targets.count, mean: nil)
      return
    }
    let (sum, squares) = targets.values.reduce((0.0, 0.0)) { ($0.0 + Double($1), $0.1 + Double($1) * Double($1)) }
    let (mean, spread) = (sum / Double(targets.count), (squares / Double(targets.count)).squareRoot())
    // Numbers that were standardized have the mean 0, but for their rounding to 32 bits.
    self.init(counts: [], rows: targets.count, mean: abs(mean) <= 1e-6 * spread ? center : center + unit * mean)
  }
}

/// The targets of a batch.
public struct TargetBatch {
  /// The class of each row; empty for values.
  public let labels: [Int32]
  /// The values to predict, row-major; empty for classes.
  public let values: [Float]
  /// The mixup partners of rows with classes, if any.
  public let mixture: Mixture?

  /// The targets of a batch in which each of its `rows` rows stands `count` times.
  func repeated(_ count: Int, rows: Int) -> TargetBatch {
    TargetBatch(
      labels: labels.eachRepeated(count), values: values.eachRepeated(count, length: values.count / max(1, rows)),
      mixture: mixture?.repeated(count))
  }
}

extension Batch {
  /// The targets of its rows.
  var targets: TargetBatch { TargetBatch(labels: labels, values: values?.values ?? [], mixture: mixture) }
}
