import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN

/// The parts of a run's data. The raw value is the name in files and on the command line.
public enum DataPart: String, CaseIterable, Sendable {
  /// What is learned from.
  case train
  /// What is chosen by.
  case validation
  /// What is reported on.
  case test
}

/// What a run learns: a model, the data it learns from and is judged by, and what both mean. Trainer and run know nothing else of either; a
/// new kind of data or of model is a new type that conforms.
protocol Task: AnyObject {
  /// The model in a few words: `mlp 64-128-10`.
  var summary: String { get }
  /// The hidden units, for monitors.
  var units: [Units] { get }
  /// How the rows of an epoch are cut into batches.
  var plan: BatchPlan { get }
  /// What speed is told in, and how many of it a row has.
  var measure: RowMeasure { get }
  /// Multiplications and additions of a training step on one row, forward and backward.
  var operationsPerRow: Int { get }
  /// Whether the loss is a squared error, which is twice a negative log-likelihood of unit variance; other losses are one.
  var isSquaredError: Bool { get }
  /// The number of classes between which an untrained model does not choose, so that its loss is near their ln; nil where that is not so.
  var equalClasses: Int? { get }
  /// The files that were read.
  var sources: [DataSource] { get }
  /// What was decided without being asked for, a line each.
  var notes: [String] { get }
  /// What looks wrong with the data, and is no reason to stop.
  var warnings: [Warning] { get }
  /// How many training rows have a class that was planted.
  var changedLabels: Int { get }

  /// The training batches from batch `first` of all on, counted through the epochs from 0; a function of `random` and the number alone.
  func batches(random: RandomStreams, first: Int) -> BatchSource
  /// Whether there is such a part.
  func has(_ part: DataPart) -> Bool
  /// Evaluates the model on a part; nil if there is no such part. What `betweenBatches` throws ends it.
  func evaluate<Problem: Error>(
    _ part: DataPart, taps: Taps?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation?
  /// Texts that the model continues, as the config asks for; none by default.
  func samples() -> [TextSample]
  /// Writes what a stored model needs besides its weights and its config to `folder`, and returns what it notes in bundle.json.
  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)]
}

extension Task {
  func samples() -> [TextSample] { [] }
  var warnings: [Warning] { [] }
}

/// What a task's speed is told in.
public struct RowMeasure: Sendable, Equatable {
  /// The name of many of them: `rows`, `tokens`.
  public let name: String
  /// How many a training row is.
  public let perRow: Int

  /// So many called `name` a row.
  public init(name: String, perRow: Int) {
    (self.name, self.perRow) = (name, perRow)
  }

  /// Rows themselves.
  static let rows = RowMeasure(name: "rows", perRow: 1)
}

/// The batches of a training, one after another.
final class BatchSource {
  /// The loss of the model on a batch; `smoothing` is the share of label smoothing, where that is on a schedule.
  typealias BatchLoss = (_ context: Context, _ smoothing: Double?) -> Loss

  private let take: () -> (rowIDs: [Int32], loss: BatchLoss)
  private var current: BatchLoss?

  /// Batches that `take` makes, in order.
  init(_ take: @escaping () -> (rowIDs: [Int32], loss: BatchLoss)) { self.take = take }

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

/// A file that was read, as the manifest records it.
struct DataSource: Sendable {
  let path: String
  let bytes: Int
  let sha256: String

  init(_ file: FileBytes) {
    (path, bytes, sha256) = (file.name, file.storedCount, SHA256.hex(of: file))
  }

  var json: JSON { .object([("path", .string(path)), ("bytes", .integer(bytes)), ("sha256", .string(sha256))]) }
}
