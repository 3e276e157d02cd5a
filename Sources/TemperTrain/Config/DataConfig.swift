import TemperData
import TemperFiles
import TemperImages
import TemperJSON
import TemperTables

/// What `data` in a config says: where the rows come from.
public enum DataConfig: Sendable {
  /// A table in files of text, or in numeric arrays.
  case table(TableConfig)
  /// A table in files of text, of which one column has texts to tell apart.
  case texts(TableConfig, TextColumnConfig)
  /// Images with classes in IDX files.
  case idx(ImagesConfig)
  /// Made-up rows without anything to learn, for timing.
  case random(rows: Int, inputs: Int, classes: Int)
  /// Text to learn a language from.
  case text(TextConfig)
  /// Made-up tokens without anything to learn, for timing.
  case randomTokens(count: Int, vocabulary: Int)

  /// The keys that hold paths in a block of a type.
  static func pathKeys(type: String?) -> [String] {
    switch type {
    case "npy": ["features", "labels", "validation_features", "validation_labels", "test_features", "test_labels"]
    case "idx": ["train_images", "train_labels", "test_images", "test_labels"]
    case "text": TextConfig.pathKeys
    default: ["path", "train", "validation", "test"]
    }
  }

  /// How the training rows are dealt into folds; nil where they are not.
  public var folds: Folds? {
    table?.folds
  }

  /// The same data without the rows of one class, where classes are predicted.
  func ignoring(_ label: Int?) -> DataConfig {
    switch self {
    case .table(var table):
      table.ignoredLabel = label
      return .table(table)
    case .texts(var table, let texts):
      table.ignoredLabel = label
      return .texts(table, texts)
    case .idx(var images):
      images.ignoredLabel = label
      return .idx(images)
    case .random, .text, .randomTokens: return self
    }
  }

  /// Whether some of the data is for validation, as far as the config tells.
  var holdsOutValidation: Bool {
    switch self {
    case .table(let table), .texts(let table, _): table.holdsOutValidation
    case .idx(let images): images.validation != nil
    case .text(let text): text.holdsOutValidation
    case .random, .randomTokens: false
    }
  }

  /// The table, if it is one that rows come from.
  public var table: TableConfig? {
    switch self {
    case .table(let table), .texts(let table, _): table
    case .idx, .random, .text, .randomTokens: nil
    }
  }

  /// How `input` is written, rows to predict or to evaluate on: as the training rows, where its name does not say it.
  public func tableOptions(for input: String) -> TableOptions {
    guard let table else { return TableOptions() }
    guard input == "-", case .text(let paths) = table.source.trainingFiles else { return table.options }
    return table.options.forStandardInput(like: paths)
  }

  /// What the config says of the column with texts, if texts are to be told apart.
  public var texts: TextColumnConfig? { if case .texts(_, let texts) = self { texts } else { nil } }

  /// Reads the tables, if it is tables that rows come from.
  func tables() throws(Diagnostics) -> SourceTables? {
    if let table { try SourceTables(table) } else { nil }
  }

  /// Reads the block for a task.
  public init(_ c: FieldReader, _ task: TaskKind) {
    self = c.variant(
      "type", default: task.dataType,
      doc: "Where the rows or the text come from; by default `csv`, for the tasks of language `text`.",
      [
        .init("csv", "A table: CSV, TSV or JSON lines, in one or more files.") { c in
          let table = TableConfig(c, task)
          guard let texts = TextColumnConfig.read(c) else { return .table(table) }
          if task != .classification {
            c.fail("text", .invalidValue, "is for telling classes apart, and the task is \(task.rawValue); remove it", with: ["task"])
          }
          return .texts(table, texts)
        },
        .init("npy", "Numeric arrays of features and labels in NPY or NPZ files.") { .table(TableConfig(arrays: $0, task)) },
        .init("idx", "Images and their classes in IDX files, as MNIST has them; .gz is unpacked.") { .idx(ImagesConfig($0)) },
        .init("random", "Made-up normal features and uniform classes, for timing.") { c in
          .random(
            rows: c.integer("rows", default: 2048, in: 1...1_000_000, doc: "Rows to make."),
            inputs: c.integer("inputs", in: 1...1_000_000, doc: "Features of a row."),
            classes: c.integer("classes", in: 2...1_000_000, doc: "Classes to choose from."))
        },
        .init("text", "Text to learn a language from: files and folders of text or of JSON lines.") { .text(TextConfig($0)) },
        .init("random_tokens", "Made-up tokens, each as likely as the other, for timing.") { c in
          .randomTokens(
            count: c.integer("tokens", default: 1_000_000, in: 1000...1_000_000_000, doc: "Tokens to make."),
            vocabulary: c.integer("vocab_size", in: 2...1_000_000, doc: "How many different tokens there are."))
        },
      ])
    switch self {
    case .text, .randomTokens:
      if !task.isLanguage {
        c.fail(
          "type", .invalidValue, "is text without labels, which is for the tasks language_modeling and masked_language_modeling",
          with: ["task"])
      }
    case .table, .texts, .idx, .random:
      if task.isLanguage {
        c.fail("type", .invalidValue, "has rows, and the task \(task.rawValue) learns from text; take text", with: ["task"])
      } else if task != .classification, !isTable {
        c.fail("type", .invalidValue, "has classes, which the task \(task.rawValue) does not learn; take csv", with: ["task"])
      }
    }
  }

  private var isTable: Bool { table != nil }
}

extension TableConfig {
  /// Reads the keys of a table's data block.
  init(_ c: FieldReader, _ task: TaskKind) {
    let paths = ValueReader<[String]>.oneOrMany(.string, count: 1...100_000)
    let path = c.optional(
      "path", paths, doc: "The table: a file, a folder of files, or an array of these with the same columns; relative to this config.")
    let train = c.optional("train", paths, doc: "The training rows, if they have files of their own.")
    let validation = c.presence(
      "validation", .either(paths, .object { Folds($0, hasColumns: true) }),
      doc: "The validation rows' files, or folds of the training rows for cross-validation; `null` for no validation rows at all.")
    let test = c.optional("test", paths, doc: "The test rows' files.")
    let split = c.optionalObject("split", doc: "How the rows of `path` are split.") { SplitReading($0, hasColumns: true) }
    if path != nil, train != nil {
      c.fail("train", .contradiction, "contradicts data.path: give one file to split, or train, validation and test files", with: ["path"])
    } else if path == nil, train == nil {
      c.fail("", .missingKey, "needs \"path\", the table to learn from, or \"train\" and other files", with: ["path", "train"])
    } else if path != nil, let extra = ["validation", "test"].first(where: { c.has($0) }) {
      c.fail(extra, .contradiction, "is a file beside data.train; with data.path use data.split", with: ["path"])
    } else if train != nil, c.has("split") {
      c.fail(
        "split", .contradiction, "splits the one file of data.path, and data.train gives files for each part; give one of the two",
        with: ["train"])
    }

    var validationFiles: [String]?
    var holdsOut = split?.holdsOut ?? true
    var folds = split?.folds
    switch validation {
    case .absent: break
    case .null: holdsOut = false
    case .value(.first(let paths)): validationFiles = paths
    case .value(.second(let beside)): folds = beside
    }
    let columns = c.value(
      "columns", .map(of: .columnRules), default: .object([]),
      doc: "What columns are where that is not to be found from the training rows: a kind, or an object that says more.")
    let defaults = ColumnDefaults(table: c)
    for entry in columns {
      guard case .categorical(let rules) = entry.value, rules.unknown == .other, rules.rare == nil, defaults.rare == nil else { continue }
      c.fail(
        "columns.\(entry.key).unknown", .invalidValue, "is \"other\", the rare categories, and none are: set \"rare\" here or data.rare",
        with: ["rare"])
    }
    if defaults.unknown == .other, defaults.rare == nil {
      c.fail("unknown", .invalidValue, "is \"other\", the rare categories, and none are: set data.rare", with: ["rare"])
    }
    self.init(
      source: train.map { .parts(train: .text($0), validation: validationFiles.map { .text($0) }, test: test.map { .text($0) }) }
        ?? .single(.text(path ?? []), split: split?.split ?? .random(validation: nil, test: nil, stratify: true)),
      target: Self.target(c, task),
      columns: columns.map { ($0.key, $0.value) }, defaults: defaults,
      targetNormalization: Self.targetNormalization(c, task),
      options: TableOptions(c),
      holdOutValidation: holdsOut, folds: folds)
    unlabelled = c.choice(
      "unlabelled", default: UnlabelledRows.error, doc: "What becomes of rows without a label: `error`, or `drop` to leave them out.")
  }
}

extension TableConfig {
  /// Reads the keys of the data block of arrays.
  init(arrays c: FieldReader, _ task: TaskKind) {
    let features = c.string(
      "features", doc: "The array of features, a row for each index of its first axis: `x.npy`, or `all.npz/x`; relative to this config.")
    let labels = c.string("labels", doc: "The array with the class or the number to predict of each row.")
    func pair(_ part: String, _ doc: String) -> (TableFiles?, isNull: Bool) {
      let features = c.presence(
        "\(part)_features", .string, doc: "The array of the \(doc)\(part == "validation" ? "; `null` for none" : "").")
      let labels = c.optionalString("\(part)_labels", doc: "The array of their labels.")
      switch (features, labels) {
      case (.value(let features), let labels?): return (.arrays(features: features, labels: labels), false)
      case (.absent, nil): return (nil, false)
      case (.null, nil): return (nil, true)
      case (.value, nil):
        c.fail("\(part)_features", .invalidValue, "is one of a pair; give \(part)_labels too")
      case (_, _?):
        c.fail("\(part)_labels", .invalidValue, "is one of a pair; give \(part)_features too")
      }
      return (nil, false)
    }
    let (validation, hasNoValidation) = pair("validation", "validation rows")
    let (test, _) = pair("test", "test rows")
    let split = c.optionalObject("split", doc: "How the rows are split.") { SplitReading($0, hasColumns: false) }
    // Folds leave room for test rows of their own.
    let hasRoomForTest = split?.folds != nil && split?.test == nil
    let separate = hasRoomForTest ? ["validation_features"] : ["validation_features", "test_features"]
    if c.has("split"), let other = separate.first(where: { c.has($0) }) {
      c.fail(
        "split", .contradiction, "splits the rows of data.features, and data.\(other) gives arrays for a part; give one of the two",
        with: [other])
    }
    if task == .multilabel {
      c.fail("type", .invalidValue, "has one label a row, and the task is multilabel; take csv", with: ["task"])
    }
    let rows = TableFiles.arrays(features: features, labels: labels)
    let isSplit =
      split == nil ? validation == nil && test == nil && !hasNoValidation : test == nil || !hasRoomForTest
    self.init(
      source: isSplit
        ? .single(rows, split: split?.split ?? .random(validation: nil, test: nil, stratify: true))
        : .parts(train: rows, validation: validation, test: test),
      target: task == .regression ? .value(Table.arrayLabel) : .classes(Table.arrayLabel),
      defaults: ColumnDefaults(arrays: c),
      targetNormalization: Self.targetNormalization(c, task),
      holdOutValidation: hasNoValidation ? false : split?.holdsOut ?? true, folds: split?.folds)
  }

  private static func targetNormalization(_ c: FieldReader, _ task: TaskKind) -> Normalization {
    let asked = c.optional(
      "normalize_target", .choice(Normalization.self),
      doc: "Scaling of the number to predict in training, `standard` by default; predictions and figures are in its own unit.")
    if task != .regression, asked != nil {
      c.fail("normalize_target", .invalidValue, "scales a number to predict, and the task is \(task.rawValue); remove it", with: ["task"])
    }
    return asked ?? .standard
  }
}

extension TableConfig {
  /// The columns to predict: `label`, or `labels` for several.
  private static func target(_ c: FieldReader, _ task: TaskKind) -> TargetColumns {
    let label = c.optionalString("label", doc: "The column with the class or the number to predict.")
    let labels = c.optionalStrings("labels", count: 1...10_000, doc: "The columns of 1 and 0 to predict, for the task `multilabel`.")
    let (key, other) = task == .multilabel ? ("labels", "label") : ("label", "labels")
    if c.has(other) {
      c.fail(other, .invalidValue, "is not read by the task \(task.rawValue); name the column by data.\(key)", with: ["task"])
    } else if !c.has(key) {
      c.fail("", .missingKey, "needs \"\(key)\", the \(task == .multilabel ? "columns" : "column") to predict", with: [key])
    }
    return switch task {
    // The tasks of language have no tables, which has been told.
    case .classification, .languageModeling, .maskedLanguageModeling: .classes(label ?? "")
    case .regression: .value(label ?? "")
    case .multilabel: .multilabel(labels ?? [])
    }
  }
}

extension ImagesConfig {
  /// Reads the keys of the data block of images.
  init(_ c: FieldReader) {
    let train = Files(
      images: c.string("train_images", doc: "The images to learn from; relative to this config."),
      labels: c.string("train_labels", doc: "Their classes."))
    let images = c.optionalString("test_images", doc: "The images for the test at the end.")
    let labels = c.optionalString("test_labels", doc: "Their classes.")
    if (images == nil) != (labels == nil) {
      c.fail(images == nil ? "test_labels" : "test_images", .invalidValue, "is one of a pair; give test_images and test_labels, or neither")
    }
    let held = c.presence(
      "validation", .number(in: .above(0, below: 1)),
      doc: "Share of the training images for validation; a tenth by default, `null` for none.")
    let validation: HeldOut? =
      switch held {
      case .absent: .share(0.1)
      case .value(let share): .share(share)
      case .null: nil
      }
    self.init(
      train: train, test: images.flatMap { images in labels.map { Files(images: images, labels: $0) } }, validation: validation,
      scaling: c.choice(
        "normalize", default: PixelScaling.unit,
        doc: "Scaling of pixels: `unit` divides by 255, `standard` is mean 0 and deviation 1 over the training images."))
  }
}
