import TemperCore
import TemperData
import TemperJSON
import TemperNN

/// A model with all it takes to judge it and to predict with it: what the folders `best/` and `last/` hold. It needs neither the training
/// data nor the rest of the run.
public struct ModelBundle {
  private static let preprocessingName = "preprocessing.json"

  /// The resolved config that it was trained by.
  public let config: RunConfig
  /// The features and classes it knows.
  public let preprocessor: Preprocessor
  /// The parameters.
  public let store: ParameterStore
  /// How many rows it was trained on.
  public let trainingRows: Int
  /// How many of them have each class or label; empty where numbers are predicted.
  public let targetRows: [Int]
  /// The step its weights are from.
  public let step: Int
  let model: any Model
  let objective: Objective

  /// Reads the bundle in `path`: a folder like `best/`, or the directory of a run, whose `best/` is taken.
  public init(reading path: String) throws(Diagnostics) {
    try self.init(try ModelFolder(finding: path))
  }

  init(_ folder: ModelFolder) throws(Diagnostics) {
    guard let counts = folder.facts["target_rows"]?.array?.compactMap(\.integer), let rows = folder.facts["rows"]?.integer else {
      throw ModelFolder.damaged(
        folder.path + "/" + ModelFolder.factsName, "is not of this version of Temper, or damaged. Train the model again.")
    }
    config = try ModelFolder.stored { () throws(Diagnostics) in
      try FieldReader.read(folder.config) { RunConfig($0, defaultName: "model") }.get().value
    }
    preprocessor = try Preprocessor(json: try folder.json(Self.preprocessingName))
    let counted = if case .value = preprocessor.target { 0 } else { preprocessor.target.width }
    guard counts.count == counted else {
      throw ModelFolder.damaged(
        folder.path,
        "\(ModelFolder.factsName) and \(Self.preprocessingName) know another number of classes or labels. Train the model again.")
    }
    store = try folder.store()
    let objective = try Objective(config.loss, preprocessor.target, counts: counts, rows: rows)
    model = config.model.model(
      store.root, inputs: preprocessor.width, outputs: objective.outputs, dropout: config.regularization.dropout,
      endsInSoftmax: objective.takesProbabilities)
    try folder.finishLoading(store)
    self.objective = objective
    (step, trainingRows, targetRows) = (folder.step, rows, counts)
  }

  /// Writes what a model of rows needs besides weights and config.
  static func write(to folder: String, data: PreparedData, step: Int) throws(Diagnostics) {
    try Files.write(data.preprocessor.json.serialized(pretty: true) + "\n", to: folder + "/" + preprocessingName)
    try ModelFolder.write(
      step: step, facts: [("rows", .integer(data.train.count)), ("target_rows", .array(data.targetRows.map { .integer($0) }))], to: folder)
  }

  /// What the model says of `rows` of `table`, row-major: a probability for each class or label, or a number.
  public func predictions(_ table: Table, rows: Range<Int>) throws(Diagnostics) -> [Float] {
    predictions(try preprocessor.features(of: table, rows: Array(rows)), rows: rows.count)
  }

  /// What the model says of all `images`.
  public func predictions(_ images: IDXImages) throws(Diagnostics) -> [Float] {
    predictions(try preprocessor.features(of: images, rows: Array(0..<images.count)), rows: images.count)
  }

  private func predictions(_ features: [Float], rows: Int) -> [Float] {
    judge.predictions(features, width: preprocessor.width, rows: rows)
  }

  /// Whether the model learned from images, which may then be given as an IDX file.
  public var takesImages: Bool {
    if case .idx = config.data { true } else { false }
  }

  /// Judges the model on the rows of a table that has labels.
  public func evaluate(_ table: Table) throws(Diagnostics) -> Evaluation {
    let rows = if case .table(let data) = config.data { data.labelledRows(of: table) } else { Array(0..<table.count) }
    return evaluate(try preprocessor.dataset(of: table, rows: rows))
  }

  /// Judges the model on one part of the data it was trained on, read again; nil if there is no such part. Training rows
  /// have the labels that they were trained with, wrong ones that were planted included.
  public func evaluate(part: DataPart) throws(Diagnostics) -> Evaluation? {
    let data = try PreparedData(config)
    guard data.preprocessor == preprocessor else {
      throw Diagnostics(
        .damagedModel, at: .option("data"),
        "the data have changed since the model was trained: their training rows give another preprocessing. "
          + "Name a file with --input to evaluate on it as it is.")
    }
    return data.part(part).map(evaluate)
  }

  private var judge: Judge { Judge(model: model, objective: objective, batchSize: config.train.evalBatchSize) }

  private func evaluate(_ dataset: Dataset) -> Evaluation { judge.evaluate(dataset) }
}
