import TemperCore

/// Produces batches by index: batch `index` depends only on the index and on the initial state of the source, not on earlier batches.
public protocol BatchSource<Element> {
  /// A batch, whose memory is reused.
  associatedtype Element: AnyObject
  /// The number of batches worth handing over to another thread at once.
  var batchesPerBlock: Int { get }
  /// A batch with memory for the largest.
  func makeBatch() -> Element
  /// Fills `batch` in place.
  mutating func fill(_ batch: Element, index: Int)
}

/// An endless stream of batches.
public final class BatchStream<Element: AnyObject> {
  private enum Supply {
    /// Filled on another thread, ahead of their use.
    case ahead(Prefetched<[Element]>)
    /// Filled when taken.
    case onDemand(() -> Element)
  }

  private let supply: Supply
  private var next = 0

  /// Batches of `source`, starting with number `first`, counted from 0 across epochs. They are filled ahead, on another thread, unless
  /// their content depends on what is only known when they are taken.
  public init(_ source: some BatchSource<Element>, first: Int = 0, isAhead: Bool = true) {
    var (source, index) = (source, first)
    guard isAhead else {
      let batch = source.makeBatch()
      supply = .onDemand {
        source.fill(batch, index: index)
        index += 1
        return batch
      }
      return
    }
    let count = source.batchesPerBlock
    let blocks = Prefetched { [source] in
      (0..<count).map { _ in source.makeBatch() }
    } fill: { batches in
      for batch in batches {
        source.fill(batch, index: index)
        index += 1
      }
    }
    supply = .ahead(blocks)
  }

  /// The next batch, valid until the one after it is requested.
  public func nextBatch() -> Element {
    switch supply {
    case .onDemand(let batch): return batch()
    case .ahead(let blocks):
      if next == blocks.block.count {
        blocks.advance()
        next = 0
      }
      defer { next += 1 }
      return blocks.block[next]
    }
  }
}

/// Batches that cover each row once, for evaluation and prediction.
public protocol FiniteBatches<Element>: BatchSource {
  /// The number of batches.
  var count: Int { get }
  /// The rows of batch `index`, as positions in the data set.
  func places(_ index: Int) -> [Int]
}

extension FiniteBatches {
  /// Batches are filled where they are used.
  public var batchesPerBlock: Int { 1 }

  /// Calls `body` with every batch and its index. All share the same memory.
  public func forEachBatch<Problem: Error>(_ body: (_ batch: Element, _ index: Int) throws(Problem) -> Void) throws(Problem) {
    let batch = makeBatch()
    var source = self
    for index in 0..<count {
      source.fill(batch, index: index)
      try body(batch, index)
    }
  }
}
