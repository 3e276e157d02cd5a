import TemperCore
import TemperData
import TemperNN

/// The consecutive batches of a training run, each with the model's loss on it.
public final class TrainingBatches {
  /// The model's loss on a batch; `smoothing` is the label smoothing, if it follows a schedule.
  public typealias BatchLoss = (_ context: Context, _ smoothing: Double?) -> Loss

  /// The parameter of mixup, where it changes over the run: set before ``next()``.
  let mixup: MixupControl?
  private let take: () -> (rowIDs: [Int32], loss: BatchLoss)
  private var current: BatchLoss?

  /// Creates batches from `take`, which returns the next batch: the global row numbers, and the loss.
  public init(mixup: MixupControl? = nil, _ take: @escaping () -> (rowIDs: [Int32], loss: BatchLoss)) {
    (self.mixup, self.take) = (mixup, take)
  }

  /// Takes the next batch, and returns the global numbers of its rows.
  func next() -> [Int32] {
    let batch = take()
    current = batch.loss
    return batch.rowIDs
  }

  /// The model's loss on the last batch taken.
  func loss(_ context: Context, smoothing: Double?) -> Loss {
    guard let current else { fail("the loss was requested before the first batch") }
    return current(context, smoothing)
  }
}
