import TemperCore

/// Endless batches of a data set, shuffled unless told otherwise, and augmented where asked for, gathered ahead on another thread.
///
/// The order of epoch e is a function of the seed and e alone, and what augmentation draws one of the place in that order too. Batches are
/// gathered in blocks of some hundred kilobytes.
public final class BatchStream {
  /// How an epoch is cut.
  public let plan: BatchPlan
  private let blocks: Prefetched<Block>
  private var next = 0

  /// Batches of the rows of `dataset`, at least one, cut by `plan`; the streams of `random` that are used are called `shuffle`, `sampling` and
  /// `augment.*`. The first is batch `first` of all, counted through the epochs from 0.
  public init(
    _ dataset: Dataset, _ plan: BatchPlan, sampling: Sampling = .shuffled, augmentation: Augmentation? = nil, random: RandomStreams,
    first: Int = 0
  ) {
    self.plan = plan
    let batchBytes = plan.largest * max(1, dataset.width) * MemoryLayout<Float>.stride
    let batchesPerBlock = max(1, min(256, (256 << 10) / max(1, batchBytes)))
    let augmenter = augmentation.map { RowAugmenter($0, width: dataset.width, random: random) }
    let filler = Filler(dataset, plan, EpochOrder(dataset, sampling, random), augmenter, first: first)
    blocks = Prefetched {
      Block(batches: batchesPerBlock, rows: plan.largest, width: dataset.width, targetWidth: dataset.targetWidth)
    } fill: {
      filler.fill($0)
    }
  }

  /// The next batch; valid until a batch of the block after the next is asked for, that is, for more than one whole block.
  public func nextBatch() -> Batch {
    if next == blocks.block.batches.count {
      blocks.advance()
      next = 0
    }
    defer { next += 1 }
    return blocks.block.batches[next]
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
  private let augmenter: RowAugmenter?
  private var order: EpochOrder
  private var (epoch, batch): (Int, Int)
  private var orderedEpoch: Int?

  init(_ dataset: Dataset, _ plan: BatchPlan, _ order: EpochOrder, _ augmenter: RowAugmenter?, first: Int) {
    (self.dataset, self.plan, self.order, self.augmenter) = (dataset, plan, order, augmenter)
    (epoch, batch) = first.quotientAndRemainder(dividingBy: plan.batches)
  }

  func fill(_ block: Block) {
    for (index, target) in block.batches.enumerated() {
      if batch == plan.batches { (epoch, batch) = (epoch + 1, 0) }
      if orderedEpoch != epoch {
        order.begin(epoch)
        orderedEpoch = epoch
      }
      let places = plan.range(batch)
      let rows = index * block.rowsPerBatch..<index * block.rowsPerBatch + places.count
      target.features = block.memory.rows(rows)
      target.targets = block.targetMemory?.rows(rows)
      target.labels.removeAll(keepingCapacity: true)
      target.rowIDs.removeAll(keepingCapacity: true)
      for place in places { target.rowIDs.append(dataset.rowIDs[order.rows[place]]) }
      if case .classes(let labels) = dataset.targets {
        for place in places { target.labels.append(labels[order.rows[place]]) }
      }
      if let augmenter {
        gather(places, by: augmenter, to: target)
      } else {
        gather(places, to: target)
      }
      batch += 1
    }
  }

  /// Copies features and values of the rows at `places` of the epoch's order.
  private func gather(_ places: Range<Int>, to batch: Batch) {
    copy(dataset.features, width: dataset.width, places, to: batch.features)
    copyValues(places, to: batch)
  }

  /// Copies the values to predict, if there are any.
  private func copyValues(_ places: Range<Int>, to batch: Batch) {
    guard let targets = batch.targets, case .values(let values, let width) = dataset.targets else { return }
    copy(values, width: width, places, to: targets)
  }

  private func copy(_ source: [Float], width: Int, _ places: Range<Int>, to target: Tensor) {
    let to = target.pointer
    source.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      for (row, place) in places.enumerated() {
        (to + row * width).update(from: from + order.rows[place] * width, count: width)
      }
    }
  }

  /// The same with every row changed. Labels are not: of rows that are mixed, those of the other one are noted besides.
  private func gather(_ places: Range<Int>, by augmenter: RowAugmenter, to batch: Batch) {
    let width = dataset.width
    let to = batch.features.pointer
    copyValues(places, to: batch)
    batch.mixture?.labels.removeAll(keepingCapacity: true)
    batch.mixture?.shares.removeAll(keepingCapacity: true)
    batch.mixture?.otherShares.removeAll(keepingCapacity: true)
    dataset.features.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      for (row, place) in places.enumerated() {
        let turn = RowAugmenter.Turn(epoch: epoch, place: place)
        let mixing = augmenter.mixing(turn, places: plan.rows).map { (row: order.rows[$0.place], share: $0.share) }
        augmenter.write(
          from + order.rows[place] * width, mixedWith: mixing.map { (from + $0.row * width, $0.share) }, turn, to: to + row * width)
        if let mixing { mix(mixing.row, mixing.share, into: row, of: batch) }
      }
    }
  }

  /// Mixes what is to be predicted of the data set's row `other` into that of row `row` of a batch, which keeps `share`.
  private func mix(_ other: Int, _ share: Float, into row: Int, of batch: Batch) {
    switch dataset.targets {
    case .classes(let labels):
      if batch.mixture == nil { batch.mixture = Mixture() }
      batch.mixture?.labels.append(labels[other])
      batch.mixture?.shares.append(share)
      batch.mixture?.otherShares.append(1 - share)
    case .values(let values, let width):
      guard let targets = batch.targets else { return }
      let own = targets.pointer + row * width
      for i in 0..<width { own[i] = share * own[i] + (1 - share) * values[other * width + i] }
    }
  }
}
