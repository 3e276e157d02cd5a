import Dispatch
import TemperCore

/// Endless batches of a data set, shuffled unless told otherwise, gathered ahead on another thread.
///
/// The order of epoch e is a function of the seed and e alone; without shuffling it is that of the data set. Batches are gathered in blocks of some hundred kilobytes, two in turn: while
/// one is trained on, the next is filled, so a hand-over is paid once a block and no memory is allocated after the first two.
public final class BatchStream {
  /// How an epoch is cut.
  public let plan: BatchPlan
  private let prefetcher: Prefetcher
  private let thread: BackgroundThread
  private var block: Block
  private var next = 0

  /// Batches of the rows of `dataset`, at least one, cut by `plan`; their order comes from the stream of `random` called `shuffle`, or is that
  /// of the data set where `shuffles` is false. The first is batch `first` of all, counted through the epochs from 0.
  public init(_ dataset: Dataset, _ plan: BatchPlan, shuffles: Bool = true, random: RandomStreams, first: Int = 0) {
    self.plan = plan
    let batchBytes = plan.largest * max(1, dataset.width) * MemoryLayout<Float>.stride
    let batchesPerBlock = max(1, min(256, (256 << 10) / max(1, batchBytes)))
    func newBlock() -> Block {
      Block(batches: batchesPerBlock, rows: plan.largest, width: dataset.width, targetWidth: dataset.targetWidth)
    }
    block = newBlock()
    let filler = Filler(dataset, plan, shuffles ? random : nil, first: first)
    filler.fill(block)
    let prefetcher = Prefetcher(filler, spare: newBlock())
    self.prefetcher = prefetcher
    let shared = Unchecked(prefetcher)
    thread = BackgroundThread { shared.value.loop() }
  }

  deinit {
    // The other thread may be writing to a block.
    prefetcher.stop()
    thread.join()
  }

  /// The next batch; valid until a batch of the block after the next is asked for, that is, for more than one whole block.
  public func nextBatch() -> Batch {
    if next == block.batches.count {
      prefetcher.exchange(&block)
      next = 0
    }
    defer { next += 1 }
    return block.batches[next]
  }
}

/// Fills one block while another is in use.
private final class Prefetcher {
  private let filler: Filler
  private var spare: Block
  private var isStopped = false
  private let wanted = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  init(_ filler: Filler, spare: Block) {
    (self.filler, self.spare) = (filler, spare)
    // The first is wanted at once. A semaphore that starts at 1 must not end below: it would trap.
    wanted.signal()
  }

  /// The work of the other thread.
  func loop() {
    while true {
      wanted.wait()
      if isStopped { return }
      filler.fill(spare)
      filled.signal()
    }
  }

  /// Takes the filled block and gives a used one to be filled.
  func exchange(_ block: inout Block) {
    filled.wait()
    swap(&block, &spare)
    wanted.signal()
  }

  func stop() {
    // Once the present block is filled the other thread waits, and sees the flag when it is woken.
    filled.wait()
    isStopped = true
    wanted.signal()
  }
}

/// Consecutive batches in one stretch of memory.
private final class Block {
  let memory: Tensor
  /// Nil where classes are predicted.
  let targetMemory: Tensor?
  let batches: [Batch]
  let rowsPerBatch: Int

  init(batches: Int, rows: Int, width: Int, targetWidth: Int) {
    let memory = Tensor(uninitialized: [batches * rows, width])
    self.memory = memory
    targetMemory = targetWidth > 0 ? Tensor(uninitialized: [batches * rows, targetWidth]) : nil
    rowsPerBatch = rows
    self.batches = (0..<batches).map { Batch(features: memory.rows($0 * rows..<($0 + 1) * rows)) }
  }
}

/// Gathers rows in the order of their epochs. Used by one thread at a time.
private final class Filler {
  private let dataset: Dataset
  private let plan: BatchPlan
  /// Where orders come from; nil for the data set's own.
  private let random: RandomStreams?
  private var order: [Int]
  private var (epoch, batch): (Int, Int)
  private var orderedEpoch: Int?

  init(_ dataset: Dataset, _ plan: BatchPlan, _ random: RandomStreams?, first: Int) {
    (self.dataset, self.plan, self.random) = (dataset, plan, random)
    (epoch, batch) = first.quotientAndRemainder(dividingBy: plan.batches)
    order = Array(0..<dataset.count)
  }

  func fill(_ block: Block) {
    for (index, target) in block.batches.enumerated() {
      if batch == plan.batches { (epoch, batch) = (epoch + 1, 0) }
      if let random, orderedEpoch != epoch { shuffle(by: random) }
      let rows = plan.range(batch)
      let place = index * block.rowsPerBatch..<index * block.rowsPerBatch + rows.count
      target.features = block.memory.rows(place)
      gather(dataset.features, width: dataset.width, rows, to: target.features)
      switch dataset.targets {
      case .classes(let labels):
        target.labels.removeAll(keepingCapacity: true)
        for position in rows { target.labels.append(labels[order[position]]) }
      case .values(let values, let width):
        if let targets = block.targetMemory?.rows(place) {
          gather(values, width: width, rows, to: targets)
          target.targets = targets
        }
      }
      target.rowIDs.removeAll(keepingCapacity: true)
      for position in rows { target.rowIDs.append(dataset.rowIDs[order[position]]) }
      batch += 1
    }
  }

  /// Copies the rows at `positions` of the epoch's order.
  private func gather(_ source: [Float], width: Int, _ positions: Range<Int>, to target: Tensor) {
    let to = target.pointer
    source.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      for (place, position) in positions.enumerated() {
        (to + place * width).update(from: from + order[position] * width, count: width)
      }
    }
  }

  /// Every epoch starts from the data set's own order, so it does not depend on how many came before.
  private func shuffle(by random: RandomStreams) {
    for index in order.indices { order[index] = index }
    var sequence = random.sequence("shuffle", epoch)
    sequence.shuffle(&order)
    orderedEpoch = epoch
  }
}
