import TemperCore
import TemperData
import TemperFiles
import TemperJSON

extension LoadedData<Preprocessor> {
  /// Loads the table described by `config`; the same seed assigns the same rows to the same splits.
  ///
  /// Columns, categories, classes and scales are fitted on training rows only. Errors are thrown together as far as one does not hide
  /// another: first those of files, then of columns, then of the training rows' values, then all others. `tables` are the files of
  /// `config`, if they have been read already for all folds.
  public init(_ config: TableConfig, seed: UInt64, tables: SourceTables? = nil) throws(Diagnostics) {
    // Tables read only for this are freed as features are created; their fields may not be accessed afterwards.
    try self.init(config, try SplitTables(config, seed: seed, tables: tables), releasing: tables == nil)
  }

  /// The same of tables that are split already; if they are `releasing` their fields, these may not be accessed afterwards.
  package init(_ config: TableConfig, _ split: SplitTables, releasing: Bool = false) throws(Diagnostics) {
    let (sources, roles, plan) = (split.sources, split.roles, split.plan)

    var notes: [String] = []
    let preprocessor = try Preprocessor(
      fitting: sources.train, rows: plan.split.train, roles: roles, defaults: config.defaults,
      targetRules: config.targetRules, keepsConstants: config.keepsConstants, notes: &notes)
    let warnings = preprocessor.warnings(sources.train, rows: plan.split.train, roles)
    func datasets(_ table: Table, _ lists: [[Int]]) throws(Diagnostics) -> [Result<Dataset, Diagnostics>] {
      try preprocessor.datasets(of: table, lists, releasing: releasing)
    }
    let parts = try datasets(sources.train, [plan.split.train, plan.split.validation, plan.split.test])
    let train = try parts[0].get()

    // Splits without a file of their own come from splitting the first file.
    func part(_ table: Table?, _ number: Int) throws(Diagnostics) -> Dataset? {
      if let table { return try datasets(table, [config.labelledRows(of: table)])[0].get() }
      let dataset = try parts[number].get()
      return dataset.count == 0 ? nil : dataset
    }
    var findings = Findings()
    let validation = findings.gather { () throws(Diagnostics) in try part(sources.validation, 1) }
    let test = findings.gather { () throws(Diagnostics) in try part(sources.test, 2) }
    try findings.check()
    self.init(
      preprocessor: preprocessor, train: train, validation: validation ?? nil, test: test ?? nil,
      notes: [Self.summary(preprocessor)] + sources.notes + notes + plan.notes, warnings: warnings,
      files: split.files)
  }

  /// A one-line summary of inferred kinds.
  private static func summary(_ preprocessor: Preprocessor) -> String {
    let parts = ColumnKind.allCases.compactMap { kind -> String? in
      let names = preprocessor.columns.filter { $0.transform.kind == kind }.map { column in
        if case .categorical(let transform) = column.transform { "\(column.name) (\(transform.categories.count))" } else { column.name }
      }
      return names.isEmpty ? nil : "\(names.count) \(kind.rawValue): \(listed(names))"
    }
    return
      "\(counted(preprocessor.width, "feature")) from \(counted(preprocessor.columns.count, "column")) (\(parts.joined(separator: "; "))); "
      + preprocessor.target.summary
  }
}

extension Target {
  /// A one-line summary of the target.
  var summary: String {
    switch self {
    case .classes(let label, let names): "label \(quoted(label)) with \(names.count) classes: \(listed(names))"
    case .value(let label, _, _, _): "regression target: \(quoted(label))"
    case .multilabel(let labels): "\(counted(labels.count, "label")) to predict: \(listed(labels))"
    }
  }
}

extension Table {
  /// Reads the rows of `files`.
  public init(_ files: TableFiles, options: TableOptions) throws(Diagnostics) {
    switch files {
    case .text(let paths): try self.init(paths: paths, options: options)
    case .arrays(let features, let labels): try self.init(features: features, labels: labels)
    }
  }
}

/// The files of a source, read and parsed.
public struct SourceTables: Sendable {
  let train: Table
  let validation: Table?
  let test: Table?

  /// Notes on how the files were read.
  var notes: [String] { [train, validation, test].flatMap { $0?.notes ?? [] } }

  /// Reads all files, and throws all their errors together.
  public init(_ config: TableConfig) throws(Diagnostics) {
    var findings = Findings()
    func read(_ files: TableFiles) -> Table? {
      findings.gather { () throws(Diagnostics) in try Table(files, options: config.options) }
    }
    let (first, second, third): (Table?, Table?, Table?) =
      switch config.source {
      case .single(let files, _): (read(files), nil, nil)
      case .parts(let train, let validation, let test): (read(train), validation.flatMap(read), test.flatMap(read))
      }
    guard findings.list.isEmpty, let first else { throw Diagnostics(findings.list) }
    (train, validation, test) = (first, second, third)
  }
}
