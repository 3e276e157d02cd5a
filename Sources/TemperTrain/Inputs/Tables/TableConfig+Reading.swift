import TemperCore
import TemperData
import TemperJSON
import TemperTables

extension TableConfig {
  /// Reads the keys of a table's data block.
  init(_ c: FieldReader, _ task: TaskDefinition) {
    let paths = ValueReader<[String]>.oneOrMany(.string, count: 1...100_000)
    let path = c.optional(
      "path", paths, doc: "Table: a file, a folder of files, or an array of these with the same columns; relative to this config.")
    let train = c.optional("train", paths, doc: "Files of the training rows, if they are separate.")
    let validation = c.presence(
      "validation", .either(paths, .object { Folds($0, hasColumns: true) }),
      doc: "Files of the validation rows, or folds of the training rows for cross-validation; `null` for no validation rows.")
    let test = c.optional("test", paths, doc: "Files of the test rows.")
    let split = c.optionalObject("split", doc: "Split of the rows of `path`.") { SplitReading($0, hasColumns: true) }
    if path != nil, train != nil {
      c.fail(
        "train", .contradiction, "cannot be combined with data.path; use one file to split, or train, validation and test files",
        with: ["path"])
    } else if path == nil, train == nil {
      c.fail("", .missingKey, "requires \"path\", the table to train on, or \"train\" and other files", with: ["path", "train"])
    } else if path != nil, let extra = ["validation", "test"].first(where: { c.has($0) }) {
      c.fail(extra, .contradiction, "requires data.train; with data.path use data.split instead", with: ["path"])
    } else if train != nil, c.has("split") {
      c.fail(
        "split", .contradiction, "splits data.path, but data.train sets the files of each split; remove one of the two",
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
      doc: "Kinds of columns that are not to be inferred from the training rows: a kind, or an object with options.")
    let defaults = ColumnDefaults(table: c)
    for entry in columns {
      guard case .categorical(let rules) = entry.value, rules.unknown == .other, rules.rare == nil, defaults.rare == nil else { continue }
      c.fail(
        "columns.\(entry.key).unknown", .invalidValue, "is \"other\", which requires rare categories; set \"rare\" here or data.rare",
        with: ["rare"])
    }
    if defaults.unknown == .other, defaults.rare == nil {
      c.fail("unknown", .invalidValue, "is \"other\", which requires rare categories; set data.rare", with: ["rare"])
    }
    self.init(
      source: train.map { .parts(train: .text($0), validation: validationFiles.map { .text($0) }, test: test.map { .text($0) }) }
        ?? .single(.text(path ?? []), split: split?.split ?? .random(validation: nil, test: nil, stratify: true)),
      target: Self.target(c, task),
      columns: columns.map { ($0.key, $0.value) }, defaults: defaults,
      targetRules: TargetRules(c, task),
      options: TableOptions(c),
      holdOutValidation: holdsOut, folds: folds)
    unlabelled = c.choice(
      "unlabelled", default: UnlabelledRows.error, doc: "Handling of rows without a label: `error` or `drop`.")
    dropsDuplicates = Self.dropsDuplicates(c)
  }
}

extension TableConfig {
  /// Reads the keys of an arrays data block.
  init(arrays c: FieldReader, _ task: TaskDefinition) {
    let features = c.string(
      "features", doc: "Array of features, with rows along the first axis: `x.npy`, or `all.npz/x`; relative to this config.")
    let labels = c.string("labels", doc: "Array with the class or the number to predict for each row.")
    func pair(_ part: String, _ doc: String) -> (TableFiles?, isNull: Bool) {
      let features = c.presence(
        "\(part)_features", .string, doc: "Array of the \(doc)\(part == "validation" ? "; `null` for none" : "").")
      let labels = c.optionalString("\(part)_labels", doc: "Array of their labels.")
      switch (features, labels) {
      case (.value(let features), let labels?): return (.arrays(features: features, labels: labels), false)
      case (.absent, nil): return (nil, false)
      case (.null, nil): return (nil, true)
      case (.value, nil):
        c.fail("\(part)_features", .invalidValue, "requires \(part)_labels")
      case (_, _?):
        c.fail("\(part)_labels", .invalidValue, "requires \(part)_features")
      }
      return (nil, false)
    }
    let (validation, hasNoValidation) = pair("validation", "validation rows")
    let (test, _) = pair("test", "test rows")
    let split = c.optionalObject("split", doc: "Split of the rows.") { SplitReading($0, hasColumns: false) }
    // With folds, a separate test set is still possible.
    let hasRoomForTest = split?.folds != nil && split?.test == nil
    let separate = hasRoomForTest ? ["validation_features"] : ["validation_features", "test_features"]
    if c.has("split"), let other = separate.first(where: { c.has($0) }) {
      c.fail(
        "split", .contradiction, "splits data.features, but data.\(other) sets the arrays of a split; remove one of the two",
        with: [other])
    }
    let rows = TableFiles.arrays(features: features, labels: labels)
    let isSplit =
      split == nil ? validation == nil && test == nil && !hasNoValidation : test == nil || !hasRoomForTest
    self.init(
      source: isSplit
        ? .single(rows, split: split?.split ?? .random(validation: nil, test: nil, stratify: true))
        : .parts(train: rows, validation: validation, test: test),
      target: task.target == .value ? .value(Table.arrayLabel) : .classes(Table.arrayLabel),
      defaults: ColumnDefaults(arrays: c),
      targetRules: TargetRules(c, task),
      holdOutValidation: hasNoValidation ? false : split?.holdsOut ?? true, folds: split?.folds)
    dropsDuplicates = Self.dropsDuplicates(c)
  }

  private static func dropsDuplicates(_ c: FieldReader) -> Bool {
    c.bool(
      "drop_duplicates", default: false,
      doc:
        "Drop training rows with the features and label of an earlier training row, or the features of a validation or test row. Of rows "
        + "that are held out at random, one copy of each is kept before.")
  }

}

extension TargetRules {
  /// Reads the keys of a data block.
  fileprivate init(_ c: FieldReader, _ task: TaskDefinition) {
    let normalization = c.optional(
      "normalize_target", .choice(Normalization.allCases.filter(\.isLinear).map(\.rawValue)),
      doc: "Scaling of the target in training, `standard` by default; predictions and metrics are in the original unit.")
    let clamps = c.bool(
      "clamp_target", default: false,
      doc: "Move predictions to the range of the training rows' target, wherever they are used; the loss is that of the outputs.")
    if task.target != .value, let key = normalization != nil ? "normalize_target" : clamps ? "clamp_target" : nil {
      c.fail(key, .invalidValue, "is only supported for regression, and the task is \(task.name); remove it", with: ["task"])
    }
    self.init(normalize: normalization.flatMap(Normalization.init) ?? .standard, clamps: clamps)
  }
}

extension TableConfig {
  /// The target columns: `label`, or `labels` for several.
  private static func target(_ c: FieldReader, _ task: TaskDefinition) -> TargetColumns {
    let label = c.optionalString("label", doc: "Column with the class or the number to predict.")
    let labels = c.optionalStrings("labels", count: 1...10_000, doc: "Columns of 1 and 0 to predict, for the task `multilabel`.")
    let (key, other) = task.target == .labels ? ("labels", "label") : ("label", "labels")
    if c.has(other) {
      c.fail(other, .invalidValue, "is not supported with the task \(task.name); use data.\(key) instead", with: ["task"])
    } else if !c.has(key) {
      c.fail("", .missingKey, "requires \"\(key)\", the \(task.target == .labels ? "columns" : "column") to predict", with: [key])
    }
    return switch task.target {
    case .classes?: .classes(label ?? "")
    case .value?: .value(label ?? "")
    case .labels?: .multilabel(labels ?? [])
    // A task without labels does not read tables, which has been reported.
    case nil: .classes(label ?? "")
    }
  }
}
