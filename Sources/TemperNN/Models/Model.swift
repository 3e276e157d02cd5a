import TemperCore

/// A model of rows: parameters that live in a store, and a forward pass.
public protocol Model<Inputs> {
  /// What it takes of a batch: a `Tensor` of `[rows, values]`, a `TokenBatch`, or `TokenBags`.
  associatedtype Inputs
  /// The hidden units, for monitors.
  var units: [HiddenUnits] { get }
  /// The fewest rows a training batch may have: 2 with batch normalisation.
  var smallestBatch: Int { get }
  /// Multiplications and additions of a training step on a row of `length` values or ids, forward and backward: what throughput is counted in.
  func operationsPerRow(length: Int) -> Int
  /// From a batch to logits, `[rows, classes]`, or to what else its loss takes.
  func callAsFunction(_ x: Inputs, _ context: Context) -> Tensor
}
