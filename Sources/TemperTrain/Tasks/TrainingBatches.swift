import TemperCore
import TemperNN

/// The batches of a training, one after another, each with the loss of the model on it.
public final class TrainingBatches {
  /// The loss of the model on a batch; `smoothing` is the share of label smoothing, where that is on a schedule.
  public typealias BatchLoss = (_ context: Context, _ smoothing: Double?) -> Loss

  private let take: () -> (rowIDs: [Int32], loss: BatchLoss)
  private var current: BatchLoss?

  /// Batches that `take` makes, in order: the global numbers of a batch's rows, and its loss.
  public init(_ take: @escaping () -> (rowIDs: [Int32], loss: BatchLoss)) { self.take = take }

  /// Takes the next batch up, and returns the global numbers of its rows.
  func next() -> [Int32] {
    let batch = take()
    current = batch.loss
    return batch.rowIDs
  }

  /// The loss of the model on the batch taken up last.
  func loss(_ context: Context, smoothing: Double?) -> Loss {
    guard let current else { fail("a batch's loss is asked for before the first batch") }
    return current(context, smoothing)
  }
}
