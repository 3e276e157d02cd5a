import TemperCore

/// An endless sequence of batches of a data set, shuffled by default, and optionally augmented.
///
/// The order of epoch e depends only on the seed and e; augmentation depends on the position in that order too.
public struct DatasetBatches: BatchSource {
  private let dataset: Dataset
  private let plan: BatchPlan
  /// One for each thread that makes rows; none without augmentation.
  private let augmenters: [RowAugmenter]
  private var order: EpochOrder
  private var orderedEpoch: Int?

  /// Batches of the rows of `dataset`, at least one, split by `plan`; uses the streams `shuffle`, `sampling` and `augment.*` of `random`.
  public init(_ dataset: Dataset, _ plan: BatchPlan, _ order: TrainingOrder = TrainingOrder(), random: RandomStreams) {
    (self.dataset, self.plan) = (dataset, plan)
    self.order = EpochOrder(dataset.targets, order.sampling, random)
    // Moving and colouring pixels takes several times as long as reading them.
    let threads = max(dataset.samples.threads, order.augmentation?.geometry?.distortion == nil ? 1 : Engine.current.threads)
    augmenters =
      order.augmentation.map { augmentation in
        (0..<threads).map { _ in RowAugmenter(augmentation, width: dataset.width, random: random) }
      } ?? []
  }

  /// A block is some hundred kilobytes.
  public var batchesPerBlock: Int {
    let batchBytes = plan.largest * max(1, dataset.width) * MemoryLayout<Float>.stride
    return max(1, min(256, (256 << 10) / max(1, batchBytes)))
  }

  /// See ``BatchSource``.
  public func makeBatch() -> Batch<Tensor> {
    Batch(inputs: Tensor(uninitialized: [plan.largest, dataset.width]), values: dataset.targets.memory(rows: plan.largest))
  }

  /// See ``BatchSource``.
  public mutating func fill(_ batch: Batch<Tensor>, index: Int) {
    let (epoch, number) = index.quotientAndRemainder(dividingBy: plan.batches)
    if orderedEpoch != epoch {
      order.begin(epoch)
      orderedEpoch = epoch
    }
    let places = plan.range(number)
    let rows = order.rows[places]
    batch.inputs = batch.memory.inputs.rows(0..<rows.count)
    dataset.targets.gather(rows, to: batch)
    if augmenters.isEmpty { return dataset.samples.copy(rows, to: batch.inputs.pointer) }
    batch.mixture?.removeAll()
    let (to, width, order) = (batch.inputs.pointer, dataset.width, order.rows)
    func mixing(_ place: Int) -> RowAugmenter.Mixing? {
      augmenters[0].mixing(RowAugmenter.Turn(epoch: epoch, place: place), places: plan.rows)
    }
    Engine.withThreads(augmenters.count) {
      Partition(places.count, cost: 1 << 20, maxChunks: augmenters.count, minItems: 1).run { chunk, items in
        for row in items {
          let place = places.lowerBound + row
          let mixing = mixing(place).map { (row: order[$0.place], mixing: $0) }
          augmenters[chunk].write(
            dataset.samples, order[place], mixedWith: mixing, RowAugmenter.Turn(epoch: epoch, place: place), to: to + row * width)
        }
      }
    }
    for (row, place) in places.enumerated() {
      if let mixing = mixing(place) { mix(order[mixing.place], mixing.share, into: row, of: batch) }
    }
    // No row is mixed where the parameter has fallen to 0.
    if batch.mixture?.labels.isEmpty == true { batch.mixture = nil }
  }

  /// Mixes the target of row `other` of the data set into that of row `row` of a batch, which keeps weight `share`.
  private func mix(_ other: Int, _ share: Float, into row: Int, of batch: Batch<Tensor>) {
    switch dataset.targets.kind {
    case .classes(let labels):
      if batch.mixture == nil { batch.mixture = Mixture() }
      batch.mixture?.labels.append(labels[other])
      batch.mixture?.shares.append(share)
      batch.mixture?.otherShares.append(1 - share)
    case .values(let values, let width):
      guard let targets = batch.values else { return }
      let own = targets.pointer + row * width
      for i in 0..<width { own[i] = share * own[i] + (1 - share) * values[other * width + i] }
    }
  }
}
