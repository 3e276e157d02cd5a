import TemperCore

/// Rows on their way through a model. Its arrays are filled anew for later batches: take what is needed beyond a step.
public final class Batch {
  /// `[rows, width]`.
  public internal(set) var features: Tensor
  /// The class of each row; empty where values are predicted.
  public internal(set) var labels: [Int32] = []
  /// The values to predict, `[rows, width]`; nil where classes are.
  public internal(set) var targets: Tensor?
  /// The global number of each row. Of rows that are mixed it is the first one's.
  public internal(set) var rowIDs: [Int32] = []
  /// What rows with classes are mixed with, if they are. Values to predict are mixed themselves.
  public internal(set) var mixture: Mixture?

  init(features: Tensor) {
    self.features = features
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
}

/// How the rows of an epoch are cut into batches. The last one may be smaller; one too small to train on joins the one before it.
public struct BatchPlan: Sendable {
  /// How many rows an epoch has.
  public let rows: Int
  /// How many rows a batch has.
  public let batchSize: Int
  /// How many batches an epoch has.
  public let batches: Int

  /// A plan for `rows` rows; `smallest` is the least that a batch may have, 2 with batch normalisation, and no more than `batchSize`.
  public init(rows: Int, batchSize: Int, smallest: Int = 1) {
    require(batchSize >= smallest, "BatchPlan: batches of \(batchSize) rows, and \(smallest) are needed")
    let size = min(batchSize, max(rows, 1))
    let whole = rows / size
    let rest = rows % size
    self.rows = rows
    self.batchSize = size
    batches = whole + (rest >= smallest && rest > 0 ? 1 : 0)
  }

  /// The rows of batch `index`, by their place in the epoch's order.
  public func range(_ index: Int) -> Range<Int> {
    index * batchSize..<(index == batches - 1 ? rows : (index + 1) * batchSize)
  }

  /// The most rows a batch has.
  public var largest: Int { (0..<batches).suffix(1).map { range($0).count }.reduce(min(batchSize, rows), max) }
}
