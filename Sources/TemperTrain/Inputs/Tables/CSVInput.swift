import TemperCore
import TemperData
import TemperJSON
import TemperTables

/// A table in text files. If a text column is named, models learn from it alone.
public struct CSVInput: TableInput {
  /// See ``InputConfig``.
  public static let type = "csv"
  /// See ``InputConfig``.
  public static let doc = "Table in one or more CSV, TSV or JSON lines files."
  /// See ``InputConfig``.
  public static let pathKeys = ["path", "train", "validation", "test"]
  /// See ``InputConfig``.
  public static let targets: [TargetKind] = [.classes, .value, .labels]

  /// See ``TableInput``.
  public var table: TableConfig
  /// The text column; nil for features.
  private(set) var texts: TextColumnConfig?
  /// How text columns are embedded beside features; nil for features of their words.
  private var embedding: TextEmbeddingConfig?

  /// See ``InputConfig``.
  public init(_ c: FieldReader, _ task: TaskDefinition) {
    table = TableConfig(c, task)
    texts = TextColumnConfig.read(c)
  }

  /// See ``InputConfig``.
  public var sampleKind: SampleKind? { texts == nil ? .features : .texts }

  /// See ``TableInput``.
  public var textColumn: String? { texts?.column }

  /// See ``InputConfig``.
  public var readsTexts: Bool { true }

  /// See ``InputConfig``; texts are tokenized as the model requires.
  public mutating func fit(to config: InputSurroundings, _ c: FieldReader) {
    table.ignoredLabel = config.ignoredLabel
    guard let texts else {
      if config.keepsConstants { table.keepsConstants = true }
      embedding = config.model.textEmbedding
      if embedding != nil { embedTexts(c) }
      return
    }
    self.texts = texts.fitted(to: config.model, c)
  }

  /// See ``TableInput``.
  public func load(_ setup: TaskSetup, _ tables: SourceTables?) throws(Diagnostics) -> any TrainableRows {
    let seed = UInt64(setup.file.config.seed)
    if let texts { return try texts.load(table, setup.file, tables) }
    guard let embedding else { return LoadedRows(try LoadedData(table, seed: seed, tables: tables)) }
    let split = try SplitTables(table, seed: seed, tables: tables)
    let data = try LoadedData(table, split)
    guard !data.preprocessor.embeddedTexts.isEmpty else {
      throw setup.file.mistake(
        "model.text_embedding", "requires a text column, and the table has none; declare one in data.columns, or remove it")
    }
    return try LoadedRows(data, split, embedding)
  }

  /// Leaves the texts to the model.
  private mutating func embedTexts(_ c: FieldReader) {
    table.defaults.embedsTexts = true
    for (name, rules) in table.columns {
      guard case .text(let rules) = rules, rules.maxWords != TextRules().maxWords else { continue }
      c.fail(
        "data.columns.\(name).max_words", .contradiction, "has no effect with model.text_embedding, which reads all words; remove it",
        with: ["model.text_embedding"])
    }
  }

  /// See ``LabelledInput``.
  public func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder {
    let features = try FeatureEncoder(folder)
    if let texts { return try texts.encoder(folder, file, features.preprocessor) }
    return if let embedding { FeatureTextEncoder(features, embedding) } else { features }
  }
}

/// A table of numeric arrays.
public struct ArraysInput: TableInput {
  /// See ``InputConfig``.
  public static let type = "npy"
  /// See ``InputConfig``.
  public static let doc = "Numeric arrays of features and labels in NPY or NPZ files."
  /// See ``InputConfig``.
  public static let pathKeys = [
    "features", "labels", "validation_features", "validation_labels", "test_features", "test_labels",
  ]
  /// See ``InputConfig``.
  public static let targets: [TargetKind] = [.classes, .value]

  /// See ``TableInput``.
  public var table: TableConfig

  /// See ``InputConfig``.
  public init(_ c: FieldReader, _ task: TaskDefinition) { table = TableConfig(arrays: c, task) }

  /// See ``InputConfig``.
  public var sampleKind: SampleKind? { .features }

  /// See ``TableInput``.
  public func load(_ setup: TaskSetup, _ tables: SourceTables?) throws(Diagnostics) -> any TrainableRows {
    LoadedRows(try LoadedData(table, seed: UInt64(setup.file.config.seed), tables: tables))
  }

  /// See ``LabelledInput``.
  public func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder { try FeatureEncoder(folder) }
}
