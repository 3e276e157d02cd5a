import TemperCore

/// A model: parameters that live in a store, and a forward pass.
public protocol Model {
  /// The hidden units, for monitors.
  var units: [HiddenUnits] { get }
  /// The fewest rows a training batch may have: 2 with batch normalisation.
  var smallestBatch: Int { get }
  /// Multiplications and additions of a training step on one row, forward and backward: what throughput is counted in.
  var operationsPerRow: Int { get }
  /// From a batch, `[rows, inputs]`, to logits, `[rows, classes]`, or to what else its loss takes.
  func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor
}
