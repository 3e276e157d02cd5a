import TemperCore

@testable import TemperData

extension BatchStream<Batch<Tensor>> {
  /// Batches of a data set.
  convenience init(
    _ data: Dataset, _ plan: BatchPlan, sampling: Sampling = .shuffled, augmentation: Augmentation? = nil, random: RandomStreams,
    first: Int = 0
  ) {
    self.init(DatasetBatches(data, plan, TrainingOrder(sampling: sampling, augmentation: augmentation), random: random), first: first)
  }
}
