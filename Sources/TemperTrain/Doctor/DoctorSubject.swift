import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperTables

/// What checks examine: a config with its data, which are read once.
public final class DoctorSubject {
  /// The config.
  public let file: ConfigFile
  /// The model with its initial weights, which checks leave as they are, and its data.
  let session: TrainingSession
  /// The labelled rows; nil for data without labels, or of another task than those of rows.
  let rows: AuditedRows?
  /// The tokenized text of a language model.
  let text: PreparedText?
  /// The tables that the rows are from.
  let tables: SplitTables?
  private let data: Any?

  /// Reads the data of `file` and creates its model. Throws all errors in them.
  init(_ file: ConfigFile) throws(Diagnostics) {
    self.file = file
    let config = file.config
    if let input = config.data as? any LabelledInput {
      let loaded = try LoadedTrainingData(file)
      data = loaded.data
      tables =
        if let input = input as? any TableInput {
          try SplitTables(input.table, text: input.textColumn, seed: UInt64(config.seed), tables: loaded.files as? SourceTables)
        } else {
          nil
        }
      rows = (loaded.data as? any AuditableRows).map { [tables] in AuditedRows($0, tables, text: (input as? any TableInput)?.textColumn) }
      text = nil
    } else {
      data = try LoadedTrainingData(file).data
      (text, rows, tables) = (data as? PreparedText, nil, nil)
    }
    session = try TrainingSession(file, data: data)
  }

  /// A new model with its initial weights, on the same data or on `rows`, with `changes` to the config.
  func newSession(_ changes: [(key: String, value: JSON)] = [], rows: (any TrainableRows)? = nil) throws(Diagnostics) -> TrainingSession {
    let changed = changes.isEmpty ? file : try file.changing(changes)
    return try TrainingSession(changed, data: rows ?? data)
  }

  /// The evaluation of the initial weights on the validation data, or on the training data if there are none, and its duration in seconds;
  /// it is computed once for all checks. Throws if `time` is over before.
  func firstEvaluation(_ time: Deadline) throws(OutOfTime) -> FirstEvaluation {
    if let evaluated { return evaluated }
    let split: DataSplit = session.task.facts.has(.validation) ? .validation : .train
    let start = ContinuousClock.now
    let evaluation = try session.evaluate(split, time)
    let result = FirstEvaluation(split: split, evaluation: evaluation, seconds: (ContinuousClock.now - start) / .seconds(1))
    evaluated = result
    return result
  }

  private var evaluated: FirstEvaluation?

  /// The place of the key at the path `key`; the file if it is not in it.
  func place(of key: String) -> Place { file.place(of: key) ?? .wholeFile(path: file.path) }

  /// The place for findings about the data as a whole.
  var dataPlace: Place { session.task.facts.sources.first.map { .wholeFile(path: $0.path) } ?? place(of: "data") }

  /// Which rows repeat others, found once for all checks; nil if there are no rows with features and labels, or the time was over.
  func repeated(_ time: Deadline) -> RepeatedRows? {
    if let found { return found }
    guard let rows else { return nil }
    var keys: [DataSplit: RepeatedRows.Keys] = [:]
    for split in DataSplit.allCases {
      guard let targets = rows.targets(split) else { continue }
      guard let features = rows.keys(split, unless: { time.isOver }) else { return nil }
      keys[split] = RepeatedRows.Keys(features: features, labels: targets.keys)
    }
    found = RepeatedRows(keys)
    return found
  }

  private var found: RepeatedRows?
}

/// The evaluation of the initial weights.
struct FirstEvaluation {
  let split: DataSplit
  let evaluation: Evaluation?
  let seconds: Double
}

/// The time was over before an evaluation was complete.
struct OutOfTime: Error {}

extension TrainingSession {
  /// Evaluates the model on a split; nil if there is no such split. Throws if `time` is over before.
  func evaluate(_ split: DataSplit, _ time: Deadline) throws(OutOfTime) -> Evaluation? {
    try task.evaluate(.all(split), hooks: nil) { () throws(OutOfTime) in
      if time.isOver { throw OutOfTime() }
    }
  }
}
