import TemperData
import TemperFiles
import TemperJSON

extension SplitTables {
  /// The training rows without those that have the features of a validation or test row, and without those that have the features and
  /// the label of an earlier training row. Features are the columns that a model learns from: columns without features, such as
  /// identifiers, do not make rows different.
  static func withoutDuplicates(
    _ train: [Int], of sources: SourceTables, heldOut: [(table: Table, rows: [Int])], _ roles: ColumnRoles, text: String?,
    _ missing: MissingValues
  ) throws(Diagnostics) -> (rows: [Int], notes: [String]) {
    let table = sources.train
    let columns = featureColumns(of: table, rows: train, roles, text: text, missing)
    let names = columns.map { table.header[$0] }
    let never = { false }
    let features = RowKeys(table, columns: columns, missing)
    let keys = RepeatedRows.Keys(
      features: train.map(features.key), labels: train.map(RowKeys(table, columns: roles.targets, missing).key))
    let held = heldOut.compactMap { part in
      RowKeys(part.table, columns: names, missingValues: missing.words).keys(part.rows, unless: never)
    }
    let kept = RepeatedRows.kept(keys, heldOut: held)
    if kept.rows.isEmpty {
      throw Diagnostics(
        .badSplit, at: table.place,
        "every training row has the features of a validation or test row, so data.drop_duplicates leaves none. Hold out fewer rows, or "
          + "set data.drop_duplicates to false.")
    }
    let dropped = kept.repeated + kept.heldOut
    let note =
      "dropped \(counted(dropped, "training row")) of \(train.count) (data.drop_duplicates): \(kept.repeated) repeat an earlier one, "
      + "\(kept.heldOut) have the features of a validation or test row"
    return (kept.rows.map { train[$0] }, dropped == 0 ? [] : [note])
  }

  /// The columns that a model learns from: the text column, or those whose declared or inferred kind has features.
  private static func featureColumns(
    of table: Table, rows: [Int], _ roles: ColumnRoles, text: String?, _ missing: MissingValues
  ) -> [Int] {
    if let text { return [text].compactMap { table.column($0) } }
    return roles.features.filter { column, declared in
      let kind =
        declared?.kind
        ?? ColumnProfile(table, column: column, rows: rows, missing: missing, declared: nil).finding(keepsConstants: true).kind
      return kind.hasFeatures
    }.map(\.column)
  }
}
