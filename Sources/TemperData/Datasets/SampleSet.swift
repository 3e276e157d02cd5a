import TemperCore
import TemperJSON

/// The rows of one split, from which batches of model inputs are made.
public protocol SampleSet<Inputs>: Sendable {
  /// The model input from a batch.
  associatedtype Inputs
  /// The targets of the rows.
  var targets: RowTargets { get }
  /// The mean number of values or ids per row.
  var meanLength: Int { get }
  /// Training batches, split by `plan`, with rows drawn and augmented as specified by `order`.
  func trainingBatches(_ plan: BatchPlan, _ order: TrainingOrder, random: RandomStreams) -> any BatchSource<Batch<Inputs>>
  /// All rows once, in batches of up to `size`.
  func evaluationBatches(size: Int) -> any FiniteBatches<Batch<Inputs>>
  /// Throws the error of a row that could not be read when a batch asked for it.
  func checkReadable() throws(Diagnostics)
  /// The same rows with other targets.
  func with(_ targets: RowTargets) -> Self
}

/// Sampling and augmentation of training rows.
public struct TrainingOrder: Sendable {
  /// Which rows make up an epoch.
  public var sampling: Sampling
  /// Their augmentation each time they come up; nil for none.
  public var augmentation: Augmentation?

  /// By default every row once an epoch, shuffled and not augmented.
  public init(sampling: Sampling = .shuffled, augmentation: Augmentation? = nil) {
    (self.sampling, self.augmentation) = (sampling, augmentation)
  }
}

extension SampleSet {
  /// The number of rows.
  public var count: Int { targets.count }
  /// See ``SampleSet``; by default all rows are in memory.
  public func checkReadable() throws(Diagnostics) {}
}

extension Dataset: SampleSet {
  /// See ``SampleSet``.
  public var meanLength: Int { width }

  /// See ``SampleSet``; see ``DatasetBatches``.
  public func trainingBatches(_ plan: BatchPlan, _ order: TrainingOrder, random: RandomStreams) -> any BatchSource<Batch<Tensor>> {
    DatasetBatches(self, plan, order, random: random)
  }

  /// The rows in order.
  public func evaluationBatches(size: Int) -> any FiniteBatches<Batch<Tensor>> { DatasetPieces(dataset: self, size: max(1, size)) }

  /// See ``SampleSet``.
  public func checkReadable() throws(Diagnostics) { try samples.checkReadable() }

  /// See ``SampleSet``.
  public func with(_ targets: RowTargets) -> Dataset { Dataset(samples, targets) }
}

/// The rows of a data set in order.
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
