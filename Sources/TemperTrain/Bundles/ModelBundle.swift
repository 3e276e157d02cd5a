import TemperCore
import TemperData
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// A folder that should hold a model does not.
  public static let noModel = Diagnostic.Code("E0310", "there is no model in this folder")
  /// A stored model whose parts do not fit each other.
  public static let damagedModel = Diagnostic.Code("E0241", "the files of a stored model do not fit each other")
}

/// A model with all it takes to judge it and to predict with it: what the folders `best/` and `last/` hold. It needs neither the training
/// data nor the rest of the run.
public struct ModelBundle {
  static let weightsName = "model.safetensors"
  static let configName = "config.json"
  static let preprocessingName = "preprocessing.json"
  static let factsName = "bundle.json"
  private static let version = 1

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
    let inner = path + "/best"
    let folder = Files.exists(path + "/" + Self.weightsName) ? path : inner
    guard Files.exists(folder + "/" + Self.weightsName) else {
      if Files.exists(path + "/" + CrossValidation.resultName) {
        let first = path + "/" + CrossValidation.folder(1)
        throw Diagnostics(
          .noModel, at: .wholeFile(path: path), "holds the folds of a cross-validation, a model each. Name one of them, such as \(first).")
      }
      throw Diagnostics(
        .noModel, at: .wholeFile(path: path),
        "holds no model: neither \(Self.weightsName) nor best/\(Self.weightsName) is there. Name the directory of a finished run, or its best/ or last/."
      )
    }
    func file(_ name: String) throws(Diagnostics) -> FileBytes { try FileBytes(reading: folder + "/" + name) }
    func json(_ name: String) throws(Diagnostics) -> JSON {
      let file = try file(name)
      return try Self.stored { () throws(Diagnostics) in try JSON.parse(file.bytes, path: file.name) }
    }
    let facts = try json(Self.factsName)
    guard facts["version"]?.integer == Self.version, let step = facts["step"]?.integer,
      let counts = facts["target_rows"]?.array?.compactMap(\.integer), let rows = facts["rows"]?.integer
    else {
      throw Diagnostics(
        .damagedModel, at: .wholeFile(path: folder + "/" + Self.factsName),
        "is not of this version of Temper, or damaged. Train the model again.")
    }
    let settings = try json(Self.configName)
    config = try Self.stored { () throws(Diagnostics) in
      try FieldReader.read(settings) { RunConfig($0, defaultName: "model") }.get().value
    }
    preprocessor = try Preprocessor(json: try json(Self.preprocessingName))
    let counted = if case .value = preprocessor.target { 0 } else { preprocessor.target.width }
    guard counts.count == counted else {
      throw Diagnostics(
        .damagedModel, at: .wholeFile(path: folder),
        "\(Self.factsName) and \(Self.preprocessingName) know another number of classes or labels. Train the model again.")
    }
    let weights = try file(Self.weightsName)
    store = ParameterStore(
      loading: try Self.stored { () throws(Diagnostics) in try SafeTensors(parsing: weights.bytes, path: weights.name) })
    let objective = try Objective(config.loss, preprocessor.target, counts: counts, rows: rows)
    model = config.model.model(
      store.root, inputs: preprocessor.width, outputs: objective.outputs, dropout: config.regularization.dropout,
      endsInSoftmax: objective.takesProbabilities)
    do {
      try store.finishLoading()
    } catch {
      throw Diagnostics(.damagedModel, at: .wholeFile(path: weights.name), "does not fit the model of \(Self.configName):\n\(error)")
    }
    self.objective = objective
    (self.step, trainingRows, targetRows) = (step, rows, counts)
  }

  /// Passes on what `read` makes of a stored file. What is wrong in such a file is damage, and no mistake in the user's config.
  private static func stored<Value>(_ read: () throws(Diagnostics) -> Value) throws(Diagnostics) -> Value {
    do {
      return try read()
    } catch {
      throw Diagnostics(
        error.list.map { finding in
          ExitStatus(Diagnostics([finding])) == .data
            ? finding : Diagnostic(.damagedModel, at: finding.place, "\(finding.message). The stored model is damaged; train it again.")
        })
    }
  }

  /// Writes a bundle to `folder`, whole or not at all.
  static func write(
    to folder: String, store: ParameterStore, resolved: JSON, task: any Task, step: Int
  ) throws(Diagnostics) {
    try Files.writeFolder(folder) { (folder) throws(Diagnostics) in
      try Files.write(store.saved(metadata: [("format", "pt")]).bytes, to: folder + "/" + weightsName)
      try Files.write(resolved.serialized(pretty: true) + "\n", to: folder + "/" + configName)
      try task.writeFiles(to: folder, step: step)
    }
  }

  /// Writes what a model of rows needs besides weights and config.
  static func write(to folder: String, data: PreparedData, step: Int) throws(Diagnostics) {
    try Files.write(data.preprocessor.json.serialized(pretty: true) + "\n", to: folder + "/" + preprocessingName)
    let facts = JSON.object([
      ("version", .integer(version)), ("temper", .string(temperVersion)), ("step", .integer(step)),
      ("rows", .integer(data.train.count)), ("target_rows", .array(data.targetRows.map { .integer($0) })),
    ])
    try Files.write(facts.serialized(pretty: true) + "\n", to: folder + "/" + factsName)
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
