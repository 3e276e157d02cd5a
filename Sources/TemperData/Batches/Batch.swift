import TemperCore

/// Rows with the inputs and targets of a model. Its memory is reused for later batches, so copy what is needed beyond a step.
///
/// `Inputs` is the model input: a `Tensor` of `[rows, width]`, a `TokenBatch`, `TokenBags`, or `FeaturesAndTexts`.
public final class Batch<Inputs> {
  /// The model inputs.
  public package(set) var inputs: Inputs
  /// The class of each row, or the token to predict at each position; empty for numeric targets.
  public package(set) var labels: [Int32] = []
  /// The numeric targets, `[rows, width]`; nil for classes.
  public package(set) var values: Tensor?
  /// The global number of each row, on which dropout masks depend. For mixed rows, that of the first.
  public package(set) var rowIDs: [Int32] = []
  /// The second classes of mixed rows, if any. Numeric targets are mixed themselves.
  public package(set) var mixture: Mixture?
  /// The memory of which ``inputs`` and ``values`` are views, for batches whose number of rows varies.
  package let memory: (inputs: Inputs, values: Tensor?)

  /// A batch without rows, in the memory of `inputs` and `values`.
  package init(inputs: Inputs, values: Tensor? = nil) {
    (self.inputs, self.values, memory) = (inputs, values, (inputs, values))
  }

  /// The number of rows.
  public var count: Int { rowIDs.count }
}

/// The second class of mixed rows: a row's loss is `share` times that of its label plus `otherShare` times that of the other.
public struct Mixture {
  /// The class of the row that was mixed in.
  public internal(set) var labels: [Int32] = []
  /// The weight of each row itself, from 0 to 1.
  public internal(set) var shares: [Float] = []
  /// The remaining weight.
  public internal(set) var otherShares: [Float] = []

  /// The mixture of a batch in which each row stands `count` times.
  package func repeated(_ count: Int) -> Mixture {
    Mixture(labels: labels.eachRepeated(count), shares: shares.eachRepeated(count), otherShares: otherShares.eachRepeated(count))
  }

  mutating func removeAll() {
    labels.removeAll(keepingCapacity: true)
    shares.removeAll(keepingCapacity: true)
    otherShares.removeAll(keepingCapacity: true)
  }
}

extension Array {
  /// Each run of `length` elements `count` times in a row.
  package func eachRepeated(_ count: Int, length: Int = 1) -> [Element] {
    var all: [Element] = []
    all.reserveCapacity(self.count * count)
    for start in stride(from: 0, to: self.count, by: Swift.max(1, length)) {
      for _ in 0..<count { all += self[start..<start + length] }
    }
    return all
  }
}
