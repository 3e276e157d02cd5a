import TemperCore

/// How the rows of an epoch are split into batches. The last one may be smaller; one too small to train on is merged into the one before
/// it.
public struct BatchPlan: Sendable {
  /// The number of rows per epoch.
  public let rows: Int
  /// The number of rows per batch.
  public let batchSize: Int
  /// The number of batches per epoch.
  public let batches: Int

  /// A plan for `rows` rows; `smallest` is the minimum batch size, 2 with batch normalisation, and at most `batchSize`.
  public init(rows: Int, batchSize: Int, smallest: Int = 1) {
    require(batchSize >= smallest, "BatchPlan: batches of \(batchSize) rows, but at least \(smallest) are needed")
    let size = min(batchSize, max(rows, 1))
    let whole = rows / size
    let rest = rows % size
    self.rows = rows
    self.batchSize = size
    batches = whole + (rest >= smallest && rest > 0 ? 1 : 0)
  }

  /// The rows of batch `index`, as positions in the epoch's order.
  public func range(_ index: Int) -> Range<Int> {
    index * batchSize..<(index == batches - 1 ? rows : (index + 1) * batchSize)
  }

  /// The largest batch size.
  public var largest: Int { (0..<batches).suffix(1).map { range($0).count }.reduce(min(batchSize, rows), max) }
}
