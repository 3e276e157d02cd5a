import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// Runs that cannot be compared, because they learn different things.
  public static let differentTasks = Diagnostic.Code("E0150", "the runs have different tasks")
  /// A run whose files cannot be read.
  public static let damagedRun = Diagnostic.Code("E0295", "the files of a run are damaged")
}

/// A run or a stored model, as it is compared with others: what its files say, and its models.
final class ComparedRun {
  /// The path as given.
  let path: String
  /// The config with every default filled in.
  let resolved: JSON
  /// The task.
  let task: TaskDefinition
  /// The circumstances; nil for a model folder without its run.
  let manifest: JSON?
  /// Its progress; nil for a model folder.
  let record: RunRecord?
  /// The results of its models, each with an object per split: one, or one per fold. Empty for an unfinished run.
  let results: [JSON]
  /// Metrics by full name; of folds the means. Those of an unfinished run are of its best evaluation, without the mean loss of its steps, which
  /// is not that of a model.
  let metrics: [(name: String, value: Double?)]
  /// The SHA-256 of each model's weights.
  let weights: [String]
  private let models: [any TrainedModel]
  /// What was found out about a split, or why it could not be.
  private var outcomes: [DataSplit: Result<RowOutcomes?, RowComparison.Incomparable>] = [:]

  /// Reads what is in `path`: the directory of a run or of a cross-validation, or a folder like `best/`.
  init(reading path: String, _ components: Components) throws(Diagnostics) {
    self.path = path
    let isRun = Files.exists(path + "/" + RunDirectory.resolvedName)
    guard isRun || Files.exists(path + "/" + ModelFolder.weightsName) else { throw RunDirectory.noRun(path) }
    let folders = isRun ? try Self.models(of: path) : [path]
    let stored = try folders.map { folder throws(Diagnostics) in try ModelFolder(finding: folder, components) }
    resolved = isRun ? try Self.json(path + "/" + RunDirectory.resolvedName) : stored[0].config
    guard let task = resolved["task"]?.string.flatMap({ components.task($0) }) else {
      throw Self.damaged(path, "its config has no task that this version supports")
    }
    self.task = task
    weights = try stored.map { folder throws(Diagnostics) in SHA256.hex(of: try folder.file(ModelFolder.weightsName)) }
    models = try stored.map { folder throws(Diagnostics) in try task.load(folder) }
    record = isRun ? try RunRecord.all(in: path, components: components).first : nil
    if record?.state == .damaged { throw Self.damaged(path, "one of its files is missing or damaged") }
    results =
      isRun
      ? try folders.map { run throws(Diagnostics) in try Self.json(run + "/" + RunDirectory.resultsName) }
      : [Self.evaluations(models[0])]
    let isFinished = !stored.isEmpty
    metrics = (record?.metrics ?? RunRecord.metrics(results[0])).filter { isFinished || !$0.name.hasPrefix(DataSplit.train.rawValue + ".") }
    manifest = try Self.manifest(isRun ? folders.first ?? path : Paths.folder(of: Paths.absolute(path)))
  }

  /// The runs in `path` that have a model and results; none if it is unfinished.
  private static func models(of path: String) throws(Diagnostics) -> [String] {
    let runs: [String]
    if let experiment = Experiments.kind(of: path) {
      guard let folders = try? experiment.models(in: path) else { return [] }
      runs = folders
    } else {
      runs = [path]
    }
    return runs.allSatisfy { Files.exists($0 + "/" + RunDirectory.resultsName) } ? runs : []
  }

  /// The manifest in `path`; nil if there is none.
  private static func manifest(_ path: String) throws(Diagnostics) -> JSON? {
    let name = path + "/" + RunDirectory.manifestName
    return Files.exists(name) ? try json(name) : nil
  }

  /// What `model` scores on its own data; nothing for splits that cannot be read.
  private static func evaluations(_ model: any TrainedModel) -> JSON {
    .object(
      DataSplit.allCases.map { split in
        let evaluation = (try? model.evaluate(split)).flatMap { $0 }
        return (split.rawValue, evaluation?.detailedJSON ?? .null)
      })
  }

  private static func json(_ path: String) throws(Diagnostics) -> JSON {
    let file = try FileBytes(reading: path)
    do { return try JSON(file) } catch { throw damaged(path, "\(error)") }
  }

  private static func damaged(_ path: String, _ reason: String) -> Diagnostics {
    Diagnostics(.damagedRun, at: .wholeFile(path: path), "the run cannot be compared: \(reason). Train it again with --overwrite.")
  }

  /// Whether it has finished, with a model.
  var isFinished: Bool { !models.isEmpty }

  /// How its models predict the rows of `split`; nil if there is no such split.
  func outcomes(_ split: DataSplit) throws(RowComparison.Incomparable) -> RowOutcomes? {
    if let known = outcomes[split] { return try known.get() }
    let found = Result { () throws(RowComparison.Incomparable) in try readOutcomes(split) }
    outcomes[split] = found
    return try found.get()
  }

  private func readOutcomes(_ split: DataSplit) throws(RowComparison.Incomparable) -> RowOutcomes? {
    if models.isEmpty { throw .init(reason: "\(path) has not finished") }
    let rows: RowOutcomes?
    do throws(Diagnostics) {
      if let model = models.first as? LanguageModel {
        rows = try model.outcomes(split)
      } else {
        let predicting = models.compactMap { $0 as? any LabelledPredicting }
        if predicting.isEmpty { throw Diagnostics(.notRows, at: .wholeFile(path: path), "models of the task \(task.name) predict no rows") }
        rows = try RowOutcomes(predicting, split)
      }
    } catch {
      throw .init(reason: "\(path): \(error.list[0].place): \(error.list[0].message)")
    }
    if let rows, let recorded = dataHashes, recorded != rows.files.map(\.sha256) {
      throw .init(reason: "\(path): the data changed since the run")
    }
    return rows
  }

  /// The SHA-256 of each of its data files, as recorded.
  var dataHashes: [String]? { manifest?["data"]?.array?.compactMap { $0["sha256"]?.string } }
}
