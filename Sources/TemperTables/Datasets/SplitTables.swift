import TemperData
import TemperFiles
import TemperJSON

/// The tables of a config, with the split of their rows.
public struct SplitTables: Sendable {
  let sources: SourceTables
  let roles: ColumnRoles
  private(set) var plan: SplitPlan
  private let config: TableConfig

  /// Reads the tables of `config`, unless given as `tables`, and splits their rows; the same seed assigns the same rows to the same
  /// splits. If `text` is given, it is the only non-target column used.
  public init(_ config: TableConfig, text: String? = nil, seed: UInt64, tables: SourceTables? = nil) throws(Diagnostics) {
    sources = if let tables { tables } else { try SourceTables(config) }
    roles = try ColumnRoles(
      sources.train, target: config.target, split: config.splitColumn,
      declared: text.map { [($0, .text())] } ?? config.declared(sources.train))
    let missing = MissingValues(config.defaults.missingValues)
    let copies = config.dropsDuplicates ? Copies(sources.train, roles, text: text, missing) : nil
    plan = try SplitPlan(
      sources.train, hasValidationRows: sources.validation != nil, roles, config, seed: seed, copies: copies)
    self.config = config
    guard let copies else { return }
    let kept = try copies.dropped(from: plan.split.train, heldOut: [rows(of: .validation), rows(of: .test)].compactMap { $0 })
    plan.keep(kept.rows, notes: kept.notes)
  }

  /// The files that were read, for hashing.
  public var files: [FileBytes] { [sources.train, sources.validation, sources.test].flatMap { $0?.files ?? [] } }

  /// Whether the rows are from numeric arrays.
  package var isArray: Bool { sources.train.isArray }

  /// Whether the rows are from more than one file.
  package var hasSeveralFiles: Bool { files.count > 1 }

  /// The rows of a split with their table; nil if there is no such split.
  public func rows(of part: DataSplit) -> (table: Table, rows: [Int])? {
    let (own, split): (Table?, [Int]) =
      switch part {
      case .train: (nil, plan.split.train)
      case .validation: (sources.validation, plan.split.validation)
      case .test: (sources.test, plan.split.test)
      }
    if let own { return (own, config.labelledRows(of: own)) }
    return split.isEmpty ? nil : (sources.train, split)
  }
}

extension TableConfig {
  /// Declared columns, whose kinds are not inferred: all features of an array are numeric.
  fileprivate func declared(_ table: Table) -> [(name: String, rules: ColumnRules)] {
    guard case .arrays = source.trainingFiles else { return columns }
    let others = Set(target.names + columns.map(\.name))
    return columns + table.header.filter { !others.contains($0) }.map { ($0, .numeric()) }
  }
}
