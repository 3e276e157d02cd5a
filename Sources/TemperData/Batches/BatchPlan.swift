import TemperCore

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
