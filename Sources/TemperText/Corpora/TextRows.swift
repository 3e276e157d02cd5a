import TemperCore
import TemperData

/// Texts to classify, as token ids: one after the other, each with its class.
public struct TextRows: Sendable {
  /// The ids of all rows.
  public let ids: [Int32]
  /// Where the ids of each row start; then where those of the last end.
  public let starts: [Int]
  /// The class of each row.
  public let labels: [Int32]
  /// The number of each row in its table.
  public let rowIDs: [Int32]

  /// Rows whose ids `encode` gives, which several threads call at once, each for other rows.
  ///
  /// - Parameters:
  ///   - labels: the class of each row.
  ///   - rowIDs: its number in the table.
  ///   - longest: the most ids a row may have; of a longer one the first are taken. Nil for any number.
  ///   - kept: how many ids at the end of a row survive that, such as the separator that a tokenizer closes a text with.
  ///   - encode: the ids of row `index`.
  public init(labels: [Int32], rowIDs: [Int32], longest: Int? = nil, keepingLast kept: Int = 0, encode: @Sendable (_ index: Int) -> [Int32])
  {
    require(labels.count == rowIDs.count, "TextRows: \(labels.count) labels for \(rowIDs.count) rows")
    require(longest ?? kept >= kept, "TextRows: rows of \(longest ?? 0) do not hold \(kept) ids at their end")
    var rows = [[Int32]](repeating: [], count: labels.count)
    rows.withUnsafeMutableBufferPointer { rows in
      nonisolated(unsafe) let rows = rows
      Partition(rows.count, cost: 20_000, most: 32, least: 1).run { _, items in
        for index in items {
          var ids = encode(index)
          if let longest, ids.count > longest { ids.removeSubrange(longest - kept..<ids.count - kept) }
          rows[index] = ids
        }
      }
    }
    var starts = [0]
    starts.reserveCapacity(rows.count + 1)
    for row in rows { starts.append(starts[starts.count - 1] + row.count) }
    (self.starts, self.labels, self.rowIDs) = (starts, labels, rowIDs)
    ids = Array(rows.joined())
  }

  /// How many rows there are.
  public var count: Int { labels.count }

  /// How many ids row `index` has.
  @inline(__always)
  public func length(_ index: Int) -> Int { starts[index + 1] - starts[index] }

  /// Puts `rows`, by their places, into a batch.
  func gather(_ rows: ArraySlice<Int>, _ layout: TextRowLayout, to batch: TextBatch) {
    switch layout {
    case .padded(let padding):
      // A model needs one position at least.
      let longest = rows.reduce(1) { max($0, length($1)) }
      batch.reshape(rows: rows.count, length: longest, labels: rows.count)
      batch.tokens.lengths = rows.map { Int32(length($0)) }
      for (row, place) in rows.enumerated() {
        let count = length(place)
        batch.tokens.ids.withUnsafeMutableBufferPointer { target in
          for i in 0..<count { target[row * longest + i] = ids[starts[place] + i] }
          for i in count..<longest { target[row * longest + i] = padding }
        }
      }
    case .bags:
      batch.reshape(rows: 0, length: 0, labels: rows.count)
      batch.rowIDs.resize(to: rows.count)
      batch.bags.ids.removeAll(keepingCapacity: true)
      batch.bags.starts.removeAll(keepingCapacity: true)
      for place in rows {
        batch.bags.starts.append(Int32(batch.bags.ids.count))
        batch.bags.ids += ids[starts[place]..<starts[place + 1]]
      }
    }
    for (row, place) in rows.enumerated() {
      batch.labels[row] = labels[place]
      batch.rowIDs[row] = rowIDs[place]
    }
  }
}

/// How rows lie in a batch.
public enum TextRowLayout: Sendable {
  /// Side by side, all as long as the longest of the batch: filled up behind with this id.
  case padded(Int32)
  /// One after the other, each as long as it is.
  case bags
}

/// Batches of all rows in each epoch, every row once.
///
/// With padding rows of similar lengths are put together: rows are shuffled, sorted by length within pools of many batches, cut, and the
/// batches shuffled. The order of epoch e is a function of the seed and e alone.
public struct RowBatches: TextBatchSource {
  /// How an epoch is cut.
  public let plan: BatchPlan
  /// How many batches a pool has.
  private static let batchesPerPool = 64
  private let rows: TextRows
  private let layout: TextRowLayout
  private let random: RandomStreams
  private var order: [Int]
  private var batchOrder: [Int]
  private var epoch: Int?

  /// Batches of `rows`, at least one, cut by `plan`; the streams of `random` that are used are called `shuffle` and `batches`.
  public init(_ rows: TextRows, _ plan: BatchPlan, layout: TextRowLayout, random: RandomStreams) {
    require(rows.count > 0 && plan.rows == rows.count, "RowBatches: a plan for \(plan.rows) of \(rows.count) rows")
    (self.rows, self.plan, self.layout, self.random) = (rows, plan, layout, random)
    order = Array(0..<rows.count)
    batchOrder = Array(0..<plan.batches)
  }

  /// See ``TextBatchSource``; batches are counted through the epochs.
  public mutating func fill(_ batch: TextBatch, index: Int) {
    let (epoch, place) = index.quotientAndRemainder(dividingBy: plan.batches)
    if self.epoch != epoch { begin(epoch) }
    rows.gather(order[plan.range(batchOrder[place])], layout, to: batch)
  }

  private mutating func begin(_ epoch: Int) {
    self.epoch = epoch
    for index in order.indices { order[index] = index }
    var sequence = random.sequence("shuffle", epoch)
    sequence.shuffle(&order)
    guard case .padded = layout else { return }
    let pool = Self.batchesPerPool * plan.batchSize
    for first in stride(from: 0, to: order.count, by: pool) {
      order[first..<min(first + pool, order.count)].sort { (rows.length($0), $0) < (rows.length($1), $1) }
    }
    for index in batchOrder.indices { batchOrder[index] = index }
    var batches = random.sequence("batches", epoch)
    batches.shuffle(&batchOrder)
  }
}

/// Batches of all rows for evaluation, the longest first, so that little is padding and the memory of the first is enough for all. Results
/// are put back into the order of the rows by ``inRowOrder(_:)``.
public struct EvaluationRows: TextBatchSource {
  private let rows: TextRows
  private let layout: TextRowLayout
  private let batchSize: Int
  /// The rows by their places, as batches have them one after the other.
  public let order: [Int]

  /// Batches of up to `batchSize` of `rows`.
  public init(_ rows: TextRows, batchSize: Int, layout: TextRowLayout) {
    (self.rows, self.batchSize, self.layout) = (rows, max(1, batchSize), layout)
    order = (0..<rows.count).sorted { (-rows.length($0), $0) < (-rows.length($1), $1) }
  }

  /// How many batches there are.
  public var batches: Int { (rows.count + batchSize - 1) / batchSize }

  /// Fills `batch` with batch `index` of ``batches``.
  public func fill(_ batch: TextBatch, index: Int) {
    rows.gather(order[index * batchSize..<min((index + 1) * batchSize, rows.count)], layout, to: batch)
  }

  /// Calls `body` with every batch, which is the same memory each time.
  public func forEachBatch<Problem: Error>(_ body: (TextBatch) throws(Problem) -> Void) throws(Problem) {
    let batch = TextBatch()
    for index in 0..<batches {
      fill(batch, index: index)
      try body(batch)
    }
  }

  /// `results`, one for each row in the order of the batches, `width` elements each, in the order of the rows.
  public func inRowOrder<Element>(_ results: [Element], width: Int = 1) -> [Element] {
    require(results.count == rows.count * width, "EvaluationRows: \(results.count) results for \(rows.count) rows of \(width)")
    var sorted = results
    for (place, row) in order.enumerated() {
      for i in 0..<width { sorted[row * width + i] = results[place * width + i] }
    }
    return sorted
  }
}
