import TemperCore

/// What decides of what batch number `index` consists: a function of the number and of what the source was made with, and of nothing drawn
/// before.
public protocol BatchSource<Element> {
  /// A batch, whose memory is filled again and again.
  associatedtype Element: AnyObject
  /// How many batches are worth a hand-over to another thread.
  var batchesPerBlock: Int { get }
  /// A batch with the memory for the largest.
  func makeBatch() -> Element
  /// Fills `batch`, in the memory that it has.
  mutating func fill(_ batch: Element, index: Int)
}

/// Endless batches of a source, filled ahead on another thread.
public final class BatchStream<Element: AnyObject> {
  private let blocks: Prefetched<[Element]>
  private var next = 0

  /// Batches of `source`, the first of them number `first` of all, counted through the epochs from 0.
  public init(_ source: some BatchSource<Element>, first: Int = 0) {
    var (source, index) = (source, first)
    let count = source.batchesPerBlock
    blocks = Prefetched { [source] in
      (0..<count).map { _ in source.makeBatch() }
    } fill: { batches in
      for batch in batches {
        source.fill(batch, index: index)
        index += 1
      }
    }
  }

  /// The next batch; valid until a batch of the block after the next is asked for, at least until the one after the next is.
  public func nextBatch() -> Element {
    if next == blocks.block.count {
      blocks.advance()
      next = 0
    }
    defer { next += 1 }
    return blocks.block[next]
  }
}

/// Batches of all rows, each row once, for evaluation and prediction.
public protocol FiniteBatches<Element>: BatchSource {
  /// How many batches there are.
  var count: Int { get }
  /// The rows of batch `index`, by their places in the data set.
  func places(_ index: Int) -> [Int]
}

extension FiniteBatches {
  /// A batch is filled where it is used.
  public var batchesPerBlock: Int { 1 }

  /// Calls `body` with every batch and its number. All are the same memory.
  public func forEachBatch<Problem: Error>(_ body: (_ batch: Element, _ index: Int) throws(Problem) -> Void) throws(Problem) {
    let batch = makeBatch()
    var source = self
    for index in 0..<count {
      source.fill(batch, index: index)
      try body(batch, index)
    }
  }
}
