import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables

/// A stored model of rows.
struct SupervisedModel<Encoder: RowEncoder>: LabelledPredicting {
  let config: RunConfig
  let store: ParameterStore
  let step: Int
  let trainingRows: Int
  let encoder: Encoder
  /// The SHA-256 of each training file; nil for the model of an earlier version whose run is elsewhere.
  let hashes: [String]?
  let evaluator: Evaluator<Encoder.Inputs>

  var preprocessor: Preprocessor { encoder.preprocessor }
  var neededColumns: [String] { encoder.neededColumns }
  var width: Int { encoder.width }
  var targetRows: [Int] { evaluator.training.counts }

  func predictions(_ rows: RowSelection) throws(Diagnostics) -> [Double] {
    encoder.target.predicted(evaluator.predictions(try encoder.samples(of: rows)))
  }

  func evaluate(_ rows: RowSelection) throws(Diagnostics) -> Evaluation {
    evaluator.evaluate(try encoder.labelledSamples(of: rows), betweenBatches: {})
  }

  func evaluate(input: String, labels: String?) throws(Diagnostics) -> Evaluation {
    try evaluate(try config.rowsInput.labelledRows(input, labels: labels))
  }

  /// The rows that it was trained and evaluated on, read again. Throws if the files have changed since.
  func ownRows() throws(Diagnostics) -> SplitRows {
    let data = try config.rowsInput.splits(seed: UInt64(config.seed))
    if let hashes {
      let now = data.files.map { SHA256.hex(of: $0) }
      if now != hashes {
        let changed = zip(data.files, now).first { !hashes.contains($0.1) }?.0 ?? data.files.first
        throw Diagnostics(
          .changedData, at: changed.map { .wholeFile(path: $0.name) } ?? .option("data"),
          "the file changed since the model was trained, so its rows are not those of the run. Restore the file, or evaluate the model on the "
            + "file as it is now with temper evaluate --input.")
      }
    }
    return data
  }

  func targets(of rows: RowSelection) throws(Diagnostics) -> RowTargets { try encoder.labelledSamples(of: rows).targets }

  func predictionsAndTargets(_ rows: RowSelection) throws(Diagnostics) -> (predictions: [Double], targets: RowTargets) {
    let samples = try encoder.labelledSamples(of: rows)
    return (encoder.target.predicted(evaluator.predictions(samples)), samples.targets)
  }

  func picture(of rows: RowSelection, _ index: Int) -> [UInt8]? { encoder.picture(of: rows, index) }

  /// Training rows have the labels used in training, including injected ones.
  func evaluate(firstOf splits: [DataSplit]) throws(Diagnostics) -> (split: DataSplit, evaluation: Evaluation)? {
    let data = try ownRows()
    guard let split = splits.first(where: { data.rows[$0] != nil }), let rows = data.rows[split] else { return nil }
    var samples = try encoder.labelledSamples(of: rows)
    if split == .train, let (noisy, _) = config.noisyTargets(samples.targets, classes: encoder.target.classes.count) {
      samples = samples.with(noisy)
    }
    return (split, evaluator.evaluate(samples, betweenBatches: {}))
  }
}

extension RunConfig {
  /// The source of labelled rows.
  public var rowsInput: any LabelledInput {
    guard let input = data as? any LabelledInput else { fail("the input of the config provides no labelled rows") }
    return input
  }
}

/// Reads stored models of rows.
enum SupervisedReader {
  static let hashesName = "data_sha256"
  static let meanName = "target_mean"
  static let temperatureName = "temperature"

  /// Reads the model in `folder`, trained for `objective`.
  static func read(_ folder: ModelFolder, _ objective: any Objective.Type) throws(Diagnostics) -> any TrainedModel {
    let training = TargetCounts(
      counts: try folder.counts("target_rows"), rows: try folder.count("rows"), mean: try folder.number(meanName))
    let file = try ConfigFile(folder)
    return try read(folder, file, objective, training, try file.config.rowsInput.encoder(folder, file))
  }

  /// The hashes of the training files. Versions that did not note them beside the model had them in the manifest of its run.
  private static func hashes(_ folder: ModelFolder) -> [String]? {
    if let noted = folder.facts[hashesName]?.array { return noted.compactMap(\.string) }
    let manifest = try? JSON(reading: Paths.folder(of: Paths.absolute(folder.path)) + "/" + RunDirectory.manifestName)
    return manifest?["data"]?.array?.compactMap { $0["sha256"]?.string }
  }

  private static func read<Encoder: RowEncoder>(
    _ folder: ModelFolder, _ file: ConfigFile, _ objective: any Objective.Type, _ training: TargetCounts, _ encoder: Encoder
  ) throws(Diagnostics) -> any TrainedModel {
    let config = file.config
    guard training.counts.count == (encoder.target.kind == .value ? 0 : encoder.target.width) else {
      throw ModelFolder.damaged(
        folder.path,
        "\(ModelFolder.factsName) and \(ModelFolder.preprocessingName) have different numbers of classes or labels. Train the model again.")
    }
    if let problem = encoder.problem(with: config.model) {
      throw ModelFolder.damaged(
        folder.path, "\(ModelFolder.preprocessingName) does not fit the model: \(problem.key) \(problem.text). Train the model again.")
    }
    let objective = try objective.init(config.loss, encoder.target, training)
    let store = try folder.store()
    let model = encoder.model(store.root, config, outputs: objective.outputLayer)
    try folder.finishLoading(store)
    var evaluator = Evaluator(model, objective, training, batchSize: config.train.evalBatchSize)
    if let temperature = try folder.number(temperatureName) {
      guard temperature > 0 else {
        throw ModelFolder.damaged(folder.path + "/" + ModelFolder.factsName, "temperature must be above 0. Train the model again.")
      }
      evaluator.temperature = temperature
    }
    return SupervisedModel(
      config: config, store: store, step: folder.step, trainingRows: training.rows, encoder: encoder,
      hashes: hashes(folder), evaluator: evaluator)
  }
}
