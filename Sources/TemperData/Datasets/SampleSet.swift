import TemperCore

/// The rows of one split, ready to be put into batches of what a model takes.
public protocol SampleSet<Inputs>: Sendable {
  /// What a model takes of a batch.
  associatedtype Inputs
  /// What is to be predicted of each row.
  var targets: RowTargets { get }
  /// The mean number of values, or of ids, of a row.
  var meanLength: Int { get }
  /// The batches of a training, cut by `plan`, whose rows are drawn and changed as `order` says.
  func trainingBatches(_ plan: BatchPlan, _ order: TrainingOrder, random: RandomStreams) -> any BatchSource<Batch<Inputs>>
  /// All rows once, in batches of up to `size`.
  func evaluationBatches(size: Int) -> any FiniteBatches<Batch<Inputs>>
  /// The same rows with other targets.
  func with(_ targets: RowTargets) -> Self
}

/// Which rows come when in a training, and how they are changed.
public struct TrainingOrder: Sendable {
  /// Which rows make an epoch.
  public var sampling: Sampling
  /// How they are changed each time they come up; nil for not at all.
  public var augmentation: Augmentation?

  /// Every row once an epoch, shuffled and unchanged, unless said otherwise.
  public init(sampling: Sampling = .shuffled, augmentation: Augmentation? = nil) {
    (self.sampling, self.augmentation) = (sampling, augmentation)
  }
}

extension SampleSet {
  /// How many rows there are.
  public var count: Int { targets.count }
}

extension Dataset: SampleSet {
  /// See ``SampleSet``.
  public var meanLength: Int { width }

  /// See ``SampleSet``; see ``DatasetBatches``.
  public func trainingBatches(_ plan: BatchPlan, _ order: TrainingOrder, random: RandomStreams) -> any BatchSource<Batch<Tensor>> {
    DatasetBatches(self, plan, order, random: random)
  }

  /// The rows in their order.
  public func evaluationBatches(size: Int) -> any FiniteBatches<Batch<Tensor>> { DatasetPieces(dataset: self, size: max(1, size)) }

  /// See ``SampleSet``.
  public func with(_ targets: RowTargets) -> Dataset { Dataset(samples, targets) }
}

/// The rows of a data set in their order.
private struct DatasetPieces: FiniteBatches {
  let dataset: Dataset
  let size: Int

  var count: Int { (dataset.count + size - 1) / size }

  func places(_ index: Int) -> [Int] { Array(index * size..<min((index + 1) * size, dataset.count)) }

  func makeBatch() -> Batch<Tensor> {
    let rows = min(size, dataset.count)
    return Batch(inputs: Tensor(uninitialized: [rows, dataset.width]), values: dataset.targets.memory(rows: rows))
  }

  func fill(_ batch: Batch<Tensor>, index: Int) {
    let places = places(index)
    batch.inputs = batch.memory.inputs.rows(0..<places.count)
    dataset.samples.copy(places, to: batch.inputs.pointer)
    dataset.targets.gather(places, to: batch)
  }
}
