import TemperCore
import TemperData
import TemperJSON
import TemperTables
import TemperText

/// Rows that checks can look into.
protocol AuditableRows: TrainableRows {
  /// The preprocessing of the rows, and their target.
  var preprocessor: Preprocessor { get }
  /// The targets of a split; nil if there is no such split.
  func targets(_ split: DataSplit) -> RowTargets?
  /// The features of a split; nil if there is no such split, or if the rows are texts.
  func dataset(_ split: DataSplit) -> Dataset?
  /// The same rows whose training targets are in another order, drawn from `random`.
  func shufflingTargets(_ random: RandomSequence) -> any TrainableRows
}

extension LoadedRows: AuditableRows {
  var preprocessor: Preprocessor { encoder.preprocessor }

  func targets(_ split: DataSplit) -> RowTargets? { samples(split)?.targets }

  func dataset(_ split: DataSplit) -> Dataset? {
    let samples: Any? = samples(split)
    return samples as? Dataset ?? (samples as? FeatureTextRows).map { Dataset($0.features, $0.targets) }
  }

  func shufflingTargets(_ random: RandomSequence) -> any TrainableRows {
    var (random, order) = (random, Array(0..<train.count))
    random.shuffle(&order)
    return with(trainingTargets: train.targets.permuted(order))
  }
}

/// Labelled rows with the files that they are from.
struct AuditedRows {
  let rows: any AuditableRows
  private let tables: SplitTables?
  private let text: String?

  /// Rows of `tables`, if they are of tables, of whose column `text` models learn, if it is named.
  init(_ rows: any AuditableRows, _ tables: SplitTables?, text: String?) {
    (self.rows, self.tables, self.text) = (rows, tables, text)
  }

  var preprocessor: Preprocessor { rows.preprocessor }
  var target: Target { preprocessor.target }
  /// Whether models learn from texts.
  var areTexts: Bool { text != nil }
  /// The splits other than the training rows.
  var heldOut: [DataSplit] { [.validation, .test].filter { rows.targets($0) != nil } }

  func targets(_ split: DataSplit) -> RowTargets? { rows.targets(split) }

  /// The keys of the features of a split; nil if there are no features to compare, or if `isOver`.
  func keys(_ split: DataSplit, unless isOver: () -> Bool) -> [RowKey]? {
    if let tables, let (table, rows) = tables.rows(of: split) {
      let columns = text.map { [$0] } ?? preprocessor.columns.map(\.name)
      return RowKeys(table, columns: columns, missingValues: preprocessor.missingValues).keys(rows, unless: isOver)
    }
    return rows.dataset(split)?.keys(unless: isOver)
  }

  /// Whether models read texts beside features.
  var haveTexts: Bool { !preprocessor.embeddedTexts.isEmpty }

  /// The texts of a split, of several columns those of a row one after the other.
  func texts(_ split: DataSplit) -> [[UInt8]]? {
    guard let (table, rows) = tables?.rows(of: split) else { return nil }
    let columns = (text.map { [$0] } ?? preprocessor.embeddedTexts).compactMap { try? table.texts(of: $0, rows: rows) }
    guard let first = columns.first else { return nil }
    return first.indices.map { row in Array(columns.map { $0[row] }.joined(separator: [UInt8(ascii: " ")])) }
  }

  /// The place of a row; nil if its file has no lines.
  func place(_ row: RepeatedRows.Row) -> Place? { place(row.split, row.index) }

  /// The place of row `index` of a split; nil if its file has no lines.
  func place(_ split: DataSplit, _ index: Int) -> Place? {
    guard let (table, rows) = tables?.rows(of: split), index < rows.count else { return nil }
    return table.place(row: rows[index], column: 0)
  }

  /// The place of the name of a column; nil if the rows are not of a table.
  func headerPlace(_ column: String) -> Place? {
    guard let (table, _) = tables?.rows(of: .train), let number = table.column(column) else { return nil }
    return table.headerPlace(column: number)
  }

  /// A row in a sentence: `line 12`, with the file if there are several, or `row 3 of the test rows`.
  func name(_ row: RepeatedRows.Row) -> String {
    guard case .file(let path, let line, _)? = place(row) else {
      return "\(row.split.adjective) row \((rows.targets(row.split)?.rowIDs[row.index]).map { Int($0) + 1 } ?? row.index + 1)"
    }
    return (tables?.hasSeveralFiles ?? false) ? "\(path):\(line)" : "line \(line)"
  }

  /// Pairs of rows in a sentence: `line 12 repeats line 5`, and so on.
  func list(_ pairs: RepeatedRows.Pairs, _ verb: String) -> String {
    let shown = pairs.shown.prefix(5).map { "\(name($0.second)) \(verb) \(name($0.first))" }
    return shown.joined(separator: ", ") + (pairs.count > shown.count ? " and \(pairs.count - shown.count) more" : "")
  }
}
