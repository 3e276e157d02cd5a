import TemperCore
import TemperData

/// Sequences on their way through a model. Its arrays are filled anew for later batches: take what is needed beyond a step.
public final class TextBatch {
  /// The label of what counts for nothing in a loss: padding, and positions that are not asked for.
  public static let ignoredLabel: Int32 = -100

  /// What goes in.
  public internal(set) var tokens = TokenBatch(ids: [], rows: 0, length: 0)
  /// What goes in where texts are bags of ids; ``tokens`` is empty then.
  public internal(set) var bags = TokenBags()
  /// What is to come out: one for each position, or for each row where rows are classified.
  public internal(set) var labels: [Int32] = []
  /// The global number of each row: a dropout mask depends on it.
  public internal(set) var rowIDs: [Int32] = []

  /// An empty batch.
  public init() {}

  /// How many sequences there are.
  public var count: Int { rowIDs.count }

  /// Makes room for `rows` sequences of `length` and as many labels and row ids as are said, in the memory that is there. Contents are
  /// whatever they were.
  func reshape(rows: Int, length: Int, labels labelCount: Int) {
    if tokens.rows != rows || tokens.length != length {
      var ids = tokens.ids
      // The array must have one owner only, or it is copied.
      tokens = TokenBatch(ids: [], rows: 0, length: 0)
      ids.resize(to: rows * length)
      tokens = TokenBatch(ids: ids, rows: rows, length: length)
    }
    labels.resize(to: labelCount)
    rowIDs.resize(to: rows)
  }
}

extension [Int32] {
  /// Makes the array `count` long; what is new is 0. Its memory is kept.
  mutating func resize(to count: Int) {
    if self.count > count {
      removeLast(self.count - count)
    } else {
      reserveCapacity(count)
      while self.count < count { append(0) }
    }
  }
}

/// What decides of what batch number `index` of a stream consists: a function of the number and of what the source was made with.
public protocol TextBatchSource {
  /// Fills `batch`, in the memory that it has.
  mutating func fill(_ batch: TextBatch, index: Int)
}

/// Endless batches of text, filled ahead on another thread.
public final class TextBatchStream {
  private let blocks: Prefetched<[TextBatch]>
  private var next = 0

  /// Batches of `source`, the first of them number `first`. With about `tokensPerBatch` tokens each, so many make a block that filling it is
  /// worth a hand-over to another thread.
  public init(_ source: some TextBatchSource, tokensPerBatch: Int, first: Int = 0) {
    let batchesPerBlock = max(1, min(64, (32 << 10) / max(1, tokensPerBatch)))
    var (source, index) = (source, first)
    blocks = Prefetched {
      (0..<batchesPerBlock).map { _ in TextBatch() }
    } fill: { batches in
      for batch in batches {
        source.fill(batch, index: index)
        index += 1
      }
    }
  }

  /// The next batch; valid until a batch of the block after the next is asked for, at least until the one after the next is.
  public func nextBatch() -> TextBatch {
    if next == blocks.block.count {
      blocks.advance()
      next = 0
    }
    defer { next += 1 }
    return blocks.block[next]
  }
}
