import TemperCore

/// Rows on their way through a model: what goes in, and what is to come out. Its memory is filled anew for later batches, so take what is
/// needed beyond a step.
///
/// `Inputs` is what the model takes: a `Tensor` of `[rows, width]`, a `TokenBatch`, or `TokenBags`.
public final class Batch<Inputs> {
  /// What goes in.
  public package(set) var inputs: Inputs
  /// The class of each row, or the token to predict at each position; empty where values are predicted.
  public package(set) var labels: [Int32] = []
  /// The values to predict, `[rows, width]`; nil where classes are.
  public package(set) var values: Tensor?
  /// The global number of each row, on which dropout masks depend. Of rows that are mixed it is the first one's.
  public package(set) var rowIDs: [Int32] = []
  /// What rows with classes are mixed with, if they are. Values to predict are mixed themselves.
  public package(set) var mixture: Mixture?
  /// The memory that ``inputs`` and ``values`` are views of, for batches whose rows vary in number.
  package let memory: (inputs: Inputs, values: Tensor?)

  /// A batch without rows, in the memory of `inputs` and `values`.
  package init(inputs: Inputs, values: Tensor? = nil) {
    (self.inputs, self.values, memory) = (inputs, values, (inputs, values))
  }

  /// How many rows there are.
  public var count: Int { rowIDs.count }
}

/// The second class of rows that are mixed of two: a row's loss is `share` times that of its label plus `otherShare` times that of the other.
public struct Mixture {
  /// The class of the row that was mixed in.
  public internal(set) var labels: [Int32] = []
  /// The part that each row is of itself, from 0 to 1.
  public internal(set) var shares: [Float] = []
  /// The rest.
  public internal(set) var otherShares: [Float] = []

  mutating func removeAll() {
    labels.removeAll(keepingCapacity: true)
    shares.removeAll(keepingCapacity: true)
    otherShares.removeAll(keepingCapacity: true)
  }
}
