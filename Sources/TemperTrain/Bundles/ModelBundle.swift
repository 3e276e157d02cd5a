import TemperCore
import TemperData
import TemperFiles
import TemperImages
import TemperJSON
import TemperNN
import TemperTables
import TemperText

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
  private let judge: Kind

  /// What the model takes.
  private enum Kind {
    /// Rows of features.
    case features(Judge)
    /// The texts of a column.
    case texts(TextJudge, column: String)
  }

  /// Reads the bundle in `path`: a folder like `best/`, or the directory of a run, whose `best/` is taken.
  public init(reading path: String) throws(Diagnostics) {
    try self.init(try ModelFolder(finding: path))
  }

  init(_ folder: ModelFolder) throws(Diagnostics) {
    let (counts, rows) = (try folder.counts("target_rows"), try folder.count("rows"))
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
    let training = TargetCounts(counts: counts, rows: rows)
    if let texts = config.data.texts {
      let tokenizer = texts.tokenizer == nil ? nil : try LanguageBundle.tokenizer(of: folder)
      let file = try ConfigFile(stored: folder.config, path: folder.path + "/" + ModelFolder.configName)
      let classifier = try config.model.textClassifier(store, tokenizer, texts, outputs: objective.outputs, file)
      judge = .texts(
        TextJudge(classifier: classifier, objective: objective, training: training, batchSize: config.train.evalBatchSize),
        column: texts.column)
    } else {
      let model = config.model.model(
        store.root, inputs: preprocessor.width, outputs: objective.outputs, dropout: config.regularization.dropout,
        endsInSoftmax: objective.takesProbabilities)
      judge = .features(Judge(model: model, objective: objective, training: training, batchSize: config.train.evalBatchSize))
    }
    try folder.finishLoading(store)
    (step, trainingRows, targetRows) = (folder.step, rows, counts)
  }

  /// Writes what a model of rows needs besides weights and config, and returns its facts: `rows` training rows, of which `targetRows` have each
  /// class.
  static func write(
    to folder: SealedFolder.Writer, preprocessor: Preprocessor, rows: Int, targetRows: [Int]
  ) throws(Diagnostics) -> [(String, JSON)] {
    try folder.write(preprocessor.json, to: preprocessingName)
    return [("rows", .integer(rows)), ("target_rows", .array(targetRows.map { .integer($0) }))]
  }

  /// What the model says of `rows` of `table`, row-major: a probability for each class or label, or a number in the unit of the label.
  public func predictions(_ table: Table, rows: Range<Int>) throws(Diagnostics) -> [Double] {
    let rows = Array(rows)
    switch judge {
    case .features(let judge):
      return preprocessor.target.unscaled(
        judge.predictions(try preprocessor.features(of: table, rows: rows), width: preprocessor.width, rows: rows.count))
    case .texts(let judge, let column):
      let texts = try knownTexts(of: table, column, rows: rows, judge)
      let numbers = rows.map { Int32($0) }
      return preprocessor.target.unscaled(
        judge.predictions(judge.classifier.rows(texts, labels: numbers.map { _ in 0 }, rowIDs: numbers)))
    }
  }

  /// What the model says of the images numbered `rows`.
  public func predictions(_ images: IDXImages, rows: Range<Int>) throws(Diagnostics) -> [Double] {
    guard case .features(let judge) = judge else { fail("a model of texts takes no images") }
    return preprocessor.target.unscaled(
      judge.predictions(try preprocessor.features(of: images, rows: Array(rows)), width: preprocessor.width, rows: rows.count))
  }

  /// The columns that a table to predict from must have.
  var neededColumns: [String] {
    if case .texts(_, let column) = judge { [column] } else { preprocessor.columns.map(\.name) }
  }

  /// Whether the model learned from images, which may then be given as an IDX file.
  public var takesImages: Bool {
    if case .idx = config.data { true } else { false }
  }

  /// Judges the model on the rows of a table that has labels.
  public func evaluate(_ table: Table) throws(Diagnostics) -> Evaluation {
    let rows = config.data.table?.labelledRows(of: table) ?? Array(0..<table.count)
    switch judge {
    case .features(let judge): return judge.evaluate(try preprocessor.dataset(of: table, rows: rows), betweenBatches: {})
    case .texts(let judge, let column):
      let labels = try preprocessor.dataset(of: table, rows: rows)
      return judge.evaluate(
        judge.classifier.rows(try knownTexts(of: table, column, rows: rows, judge), labels: labels.labels, rowIDs: labels.rowIDs),
        betweenBatches: {})
    }
  }

  /// The texts of `rows` in `column`. Throws where the classifier's tokenizer would leave a part of them out.
  private func knownTexts(
    of table: Table, _ column: String, rows: [Int], _ judge: TextJudge
  ) throws(Diagnostics) -> [[UInt8]] {
    let texts = try table.texts(of: column, rows: rows)
    try judge.classifier.tokenizer?.checkKnown(texts) { table.place(ofText: column, row: rows[$0]) }
    return texts
  }

  /// Judges the model on one part of the data it was trained on, read again; nil if there is no such part. Training rows
  /// have the labels that they were trained with, wrong ones that were planted included.
  public func evaluate(part: DataPart) throws(Diagnostics) -> Evaluation? {
    let changed = Diagnostics(
      .damagedModel, at: .option("data"),
      "the data have changed since the model was trained: their training rows give another preprocessing. "
        + "Name a file with --input to evaluate on it as it is.")
    switch judge {
    case .features(let judge):
      let data = try PreparedData(config)
      guard data.preprocessor == preprocessor else { throw changed }
      return data.part(part).map { judge.evaluate($0, betweenBatches: {}) }
    case .texts(let judge, let column):
      guard let table = config.data.table else { fail("texts without a table") }
      let data = try LabelledTexts(table, text: column, seed: UInt64(config.seed))
      guard data.target == preprocessor.target else { throw changed }
      return data.part(part).map {
        judge.evaluate(judge.classifier.rows($0.texts, labels: $0.rows.labels, rowIDs: $0.rows.rowIDs), betweenBatches: {})
      }
    }
  }
}

extension LabelledTexts {
  /// One of the three parts; nil if it is not there.
  func part(_ part: DataPart) -> Part? {
    switch part {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}
