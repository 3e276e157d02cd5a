import TemperCore
import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// A config already exists where one is to be written.
  public static let configExists = Diagnostic.Code("E0404", "the config already exists")
}

extension TableProfile {
  /// Where it has texts to learn from.
  var texts: DraftDefaults.Texts {
    let features = columns.filter { $0.rules.kind.hasFeatures }
    let texts = features.filter { $0.rules.kind == .text }
    if texts.isEmpty { return .none }
    if features.count == 1 { return .alone(texts[0].finding.name) }
    return .beside(texts.compactMap(\.texts))
  }
}

/// A starter config: valid, and without keys whose default would do.
public struct ConfigDraft: Sendable {
  /// The config.
  public let json: JSON
  /// How its model and training were chosen.
  public let defaults: DraftDefaults

  /// The file content.
  public var text: String { json.fileText }

  /// The first member of all drafts; `temper schema` writes the file it names.
  private static let schema: (String, JSON) = ("$schema", "temper.schema.json")

  /// A config that trains on the profiled table `survey`, at `path` relative to the config's folder; `model` is chosen by its size unless it
  /// is given.
  public init(_ survey: TableProfile, path: String, model: DraftModel? = nil) {
    guard let task = Objectives.all.first(where: { $0.target == survey.goal.target }) else { fail("no task supports \(survey.goal)") }
    defaults = DraftDefaults(target: task.target, rows: survey.rows, texts: survey.texts, model: model)
    json = .object(
      [Self.schema] + Self.task(task.name) + [("data", Self.data(survey, path: path, defaults))] + defaults.members)
  }

  /// The key `task`, unless it is the default.
  private static func task(_ name: String) -> [(String, JSON)] {
    name == Components.standard.tasks[0].name ? [] : [("task", .string(name))]
  }

  private static func data(_ survey: TableProfile, path: String, _ defaults: DraftDefaults) -> JSON {
    var members: [(String, JSON)] = [("path", .string(path))]
    let options = survey.options
    if let format = options.format { members.append(("format", .string(format.rawValue))) }
    if let delimiter = options.delimiter { members.append(("delimiter", .string(delimiter.text))) }
    if !options.hasHeader { members.append(("header", false)) }
    if options.encoding != .utf8 { members.append(("encoding", .string(options.encoding.rawValue))) }
    if options.quote != .double { members.append(("quote", .string(options.quote.rawValue))) }
    if options.duplicates != .error { members.append(("duplicate_columns", .string(options.duplicates.rawValue))) }
    if options.numbers.decimal == UInt8(ascii: ",") { members.append(("decimal", ",")) }
    if let thousands = options.numbers.thousands { members.append(("thousands", .string(String(UnicodeScalar(thousands))))) }
    members.append(("label", .string(survey.label.name)))
    if survey.unlabelled > 0 { members.append(("unlabelled", .string(UnlabelledRows.drop.rawValue))) }
    if let text = defaults.text {
      members.append(("text", .string(text)))
      if survey.unlabelled > 0 { members += missingValues(survey) }
      return .object(members + [("split", defaults.split)])
    }
    let declared = survey.columns.filter { $0.isWorthDeclaring || defaults.embedsTexts && $0.rules.kind == .text }
    if !declared.isEmpty { members.append(("columns", .object(declared.map { ($0.finding.name, $0.rules.json) }))) }
    members += missingValues(survey)
    members.append(("impute", imputation(survey, defaults)))
    if survey.columns.contains(where: { $0.rules.kind == .categorical }) {
      members.append(("unknown", .string(UnknownCategory.ignore.rawValue)))
    }
    if defaults.clampsTarget { members.append(("clamp_target", true)) }
    members.append(("split", defaults.split))
    return .object(members)
  }

  private static func missingValues(_ survey: TableProfile) -> [(String, JSON)] {
    survey.missingValues.isEmpty ? [] : [("missing_values", .array(survey.missingValues.map { .string($0) }))]
  }

  /// Imputation for columns of the kinds in the table, even if it has no missing values: other rows may. With few rows, a missing-value
  /// indicator is one feature too many.
  private static func imputation(_ survey: TableProfile, _ defaults: DraftDefaults) -> JSON {
    let kinds = Set(survey.columns.map(\.rules.kind))
    var members: [(String, JSON)] = []
    for kind in ColumnKind.allCases where kinds.contains(kind) {
      switch kind {
      case .numeric: members.append((kind.rawValue, .string(NumericImputation.median.rawValue)))
      case .categorical: members.append((kind.rawValue, .string(CategoricalImputation.category.rawValue)))
      case .boolean: members.append((kind.rawValue, .string(BooleanImputation.mode.rawValue)))
      case .date: members.append((kind.rawValue, .string(DateImputation.median.rawValue)))
      case .text: members.append((kind.rawValue, .string(TextImputation.empty.rawValue)))
      case .identifier, .ignore: break
      }
    }
    let hasIndicator = defaults.model != .linear && !kinds.isDisjoint(with: [.numeric, .boolean, .date])
    return .object(members + (hasIndicator ? [("indicator", true)] : []))
  }

  /// A config with these members.
  init(members: [(String, JSON)]) {
    defaults = DraftDefaults(target: .classes, rows: 1000)
    json = .object([Self.schema] + members)
  }

  /// A template for `task` with placeholder names.
  public init(task: TaskDefinition) {
    defaults = DraftDefaults(target: task.target, rows: 1000)
    json = .object([Self.schema] + Self.task(task.name) + task.template())
  }

  /// The template of a task on the rows of a table.
  static func table(target: TargetKind) -> [(String, JSON)] {
    let label: [(String, JSON)] = target == .labels ? [("labels", ["label_1", "label_2"])] : [("label", "label")]
    let defaults = DraftDefaults(target: target, rows: 1000)
    return [
      (
        "data",
        .object(
          [("path", "table.csv")] + label + [
            ("impute", ["numeric": "median", "categorical": "category", "indicator": true]), ("unknown", "ignore"),
            ("split", defaults.split),
          ])
      )
    ] + defaults.members
  }

  /// Makes the folder of `path`, where a config is to be written. Throws `E0404` if something exists there, and if nothing can be written.
  public static func demandWritable(_ path: String) throws(Diagnostics) {
    try Files.demandNew(path, .configExists)
    let folder = Paths.folder(of: Paths.absolute(path))
    try Files.makeFolder(folder)
    try Files.demandWritable(folder)
  }

  /// Writes the config to `path`; throws `E0404` if something exists there.
  public func write(to path: String) throws(Diagnostics) {
    try Self.demandWritable(path)
    try Files.write(text, to: path)
  }
}
