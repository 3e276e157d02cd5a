import TemperCore

/// A model of rows: parameters in a store, and a forward pass.
public protocol Model<Inputs> {
  /// The model input from a batch: a `Tensor` of `[rows, values]`, a `TokenBatch`, `TokenBags`, or `FeaturesAndTexts`.
  associatedtype Inputs
  /// The hidden units, for monitors.
  var units: [HiddenUnits] { get }
  /// The activation, by its name in ``ActivationHooks``, of which each row, or token, is the features that the last layer takes; nil for a linear
  /// model.
  var featureName: String? { get }
  /// What dropout has learned; empty where it learns nothing.
  var learnedDropout: [LearnedDropout] { get }
  /// The minimum batch size in training: 2 with batch normalisation.
  var minimumBatchSize: Int { get }
  /// Operations (multiplications and additions) of a training step on a row of `length` values or ids, forward and backward; the basis of
  /// throughput.
  func operationsPerRow(length: Int) -> Int
  /// Numbers that a training step keeps for each row between its layers, at least; those of its hidden units by default.
  var activationsPerRow: Int { get }
  /// From a batch to logits, `[rows, classes]`, or whatever its loss takes.
  func callAsFunction(_ x: Inputs, _ context: Context) -> Tensor
}

extension Model {
  /// See ``Model``; empty by default.
  public var learnedDropout: [LearnedDropout] { [] }
  /// See ``Model``.
  public var activationsPerRow: Int { units.reduce(0) { $0 + $1.count } }
}

/// A model that ends in a layer of its own, whose input a ``HeadLoss`` takes in place of its outputs.
public protocol HeadedModel<Inputs>: Model {
  /// The last layer.
  var head: Head { get }
  /// From a batch to what goes into the last layer, `[rows, width]`.
  func features(_ x: Inputs, _ context: Context) -> Tensor
}

/// A model part of whose initial state depends on the features of the training rows.
public protocol FittedModel: Model {
  /// Whether there is anything to fit.
  var readsRows: Bool { get }
  /// Fits that part to the features of training rows, `[rows, features]`, before the first step.
  func fit(to rows: Tensor)
}
