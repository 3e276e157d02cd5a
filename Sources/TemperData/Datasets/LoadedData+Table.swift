import TemperCore
import TemperJSON

extension LoadedData {
  /// Loads the table that `config` describes; the same seed gives the same rows to the same parts.
  ///
  /// Only training rows decide what columns, categories, classes and scales are. All that is wrong is thrown together, as far as one
  /// mistake does not hide another: first what the files are, then what the columns are, then the values of the training rows, then all
  /// others.
  public init(_ config: TableConfig, seed: UInt64) throws(Diagnostics) {
    let sources = try SourceTables(config)
    var splitColumn: String?
    if case .single(_, .column(let name)) = config.source { splitColumn = name }
    let roles = try ColumnRoles(sources.train, target: config.target, split: splitColumn, declared: config.declared(sources.train))
    let plan = try SplitPlan(sources, roles, config, seed: seed)

    var notes: [String] = []
    let preprocessor = try Preprocessor(
      fitting: sources.train, rows: plan.split.train, roles: roles, defaults: config.defaults,
      targetNormalization: config.targetNormalization, notes: &notes)
    let train = try preprocessor.dataset(of: sources.train, rows: plan.split.train)

    // Rows for which there is no file of their own come from the split of the first file.
    func part(_ table: Table?, _ rows: [Int]) throws(Diagnostics) -> Dataset? {
      if let table { return try preprocessor.dataset(of: table, rows: config.labelledRows(of: table)) }
      return rows.isEmpty ? nil : try preprocessor.dataset(of: sources.train, rows: rows)
    }
    var findings = Findings()
    let validation = findings.gather { () throws(Diagnostics) in try part(sources.validation, plan.split.validation) }
    let test = findings.gather { () throws(Diagnostics) in try part(sources.test, plan.split.test) }
    try findings.check()

    self.init(
      preprocessor: preprocessor, train: train, validation: validation ?? nil, test: test ?? nil,
      notes: [Self.summary(preprocessor, sources.train)] + notes + plan.notes,
      files: [sources.train, sources.validation, sources.test].flatMap { $0?.files ?? [] })
  }

  /// One line on what was taken for what.
  private static func summary(_ preprocessor: Preprocessor, _ table: Table) -> String {
    let parts = ColumnKind.allCases.compactMap { kind -> String? in
      let names = preprocessor.columns.filter { $0.transform.kind == kind }.map { column in
        if case .categorical(let transform) = column.transform { "\(column.name) (\(transform.categories.count))" } else { column.name }
      }
      return names.isEmpty ? nil : "\(names.count) \(kind.rawValue): \(listed(names))"
    }
    return
      "\(counted(preprocessor.width, "feature")) from \(counted(preprocessor.columns.count, "column")) (\(parts.joined(separator: "; "))); "
      + summary(preprocessor.target)
  }

  private static func summary(_ target: Target) -> String {
    switch target {
    case .classes(let label, let names): "label \(quoted(label)) with \(names.count) classes: \(listed(names))"
    case .value(let label, _, _): "value to predict: \(quoted(label))"
    case .multilabel(let labels): "\(counted(labels.count, "label")) to predict: \(listed(labels))"
    }
  }
}

extension TableConfig {
  /// The columns whose kinds are not to be found out: all features of an array are numbers.
  fileprivate func declared(_ table: Table) -> [(name: String, rules: ColumnRules)] {
    guard case .arrays = source.trainingFiles else { return columns }
    let others = Set(target.names + columns.map(\.name))
    return columns + table.header.filter { !others.contains($0) }.map { ($0, .numeric()) }
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

/// The files of a source, read and scanned.
private struct SourceTables {
  let train: Table
  let validation: Table?
  let test: Table?

  /// Reads all files; what is wrong with any of them is thrown together.
  init(_ config: TableConfig) throws(Diagnostics) {
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

/// Which rows of the first file are for what, and why.
private struct SplitPlan {
  /// The share of training rows held out where no validation rows are given.
  static let heldOutShare = 0.1

  var split: Split
  var notes: [String] = []

  init(_ sources: SourceTables, _ roles: ColumnRoles, _ config: TableConfig, seed: UInt64) throws(Diagnostics) {
    let table = sources.train
    let random = RandomStreams(seed: seed)
    let missing = MissingValues(config.defaults.missingValues)
    let place = table.place
    let rows = try config.labelledRows(of: table, notes: &notes)
    split = Split(train: rows)
    var isValidationSettled = sources.validation != nil
    switch config.source {
    case .parts: break
    case .single(_, .column):
      // A split column was looked up with the roles.
      if let column = roles.split { split = try Split.byColumn(column, of: table).keeping(rows) }
      isValidationSettled = !split.validation.isEmpty
    case .single(_, .random(let validation, let test, let stratify)):
      isValidationSettled = validation != nil
      var dealer = RandomSplit(validation: validation ?? 0, test: test ?? 0, random: random.sequence("split"), place: place)
      if dealer.validation != 0 || dealer.test != 0 {
        split = try Self.deal(&dealer, split.train, table, stratifiedBy: stratify ? roles.classColumn : nil, missing)
      }
    }
    guard config.holdOutValidation, !isValidationSettled else { return }
    var dealer = RandomSplit(validation: Self.heldOutShare, test: 0, random: random.sequence("split", 1), place: place)
    let rest = try Self.deal(&dealer, split.train, table, stratifiedBy: roles.classColumn, missing)
    (split.train, split.validation) = (rest.train, rest.validation)
    let how = roles.classColumn.map { "stratified by \(quoted(table.header[$0]))" } ?? "at random"
    notes.append(
      "no validation rows were given: \(split.validation.count) of \(split.train.count + split.validation.count) training rows are held "
        + "out (a tenth, \(how), seed \(seed)); \"validation\": null turns this off")
  }

  /// Deals `rows`, if there is a column of classes so that every part has them in the same shares.
  private static func deal(
    _ dealer: inout RandomSplit, _ rows: [Int], _ table: Table, stratifiedBy column: Int?, _ missing: MissingValues
  ) throws(Diagnostics) -> Split {
    guard let column else { return try dealer.deal(rows) }
    return try dealer.deal(classes(of: rows, table, column, missing))
  }

  /// The names and rows of the classes among `rows`, in the order of classes. Throws for rows without a label.
  private static func classes(of rows: [Int], _ table: Table, _ label: Int, _ missing: MissingValues) throws(Diagnostics) -> [(
    name: String, rows: [Int]
  )] {
    var findings = Findings()
    var index = ByteIndex()
    var members: [[Int]] = []
    for row in rows {
      table.withField(row: row, column: label) { field in
        if missing.contains(field) { return findings.addBlankLabel(table, row, label) }
        let number = index.insert(field)
        if number == members.count { members.append([]) }
        members[number].append(row)
      }
    }
    try findings.check()
    return Preprocessor.sortedClasses(index.strings).map { name in (name, index.find(name).map { members[$0] } ?? []) }
  }
}
