import TemperData
import TemperFiles
import TemperJSON

/// Finds rows of a table that are copies of others, by the columns that a model learns from: columns without features, such as
/// identifiers, do not make rows different.
struct Copies {
  private let table: Table
  private let roles: ColumnRoles
  private let text: String?
  private let missing: MissingValues

  /// Copies among the rows of `table`, whose only feature is the column `text`, if it is named.
  init(_ table: Table, _ roles: ColumnRoles, text: String?, _ missing: MissingValues) {
    (self.table, self.roles, self.text, self.missing) = (table, roles, text, missing)
  }

  /// The `rows` without those that have the features and the label of an earlier one.
  func first(of rows: [Int]) -> [Int] {
    let kept = RepeatedRows.kept(keys(of: rows, in: table, columns: featureColumns(rows)), heldOut: [])
    return kept.rows.map { rows[$0] }
  }

  /// The training rows `train` without those that have the features of a validation or test row, and without those that have the features
  /// and the label of an earlier training row, and how many these are. Throws if none are left.
  func dropped(
    from train: [Int], heldOut: [(table: Table, rows: [Int])]
  ) throws(Diagnostics) -> (rows: [Int], notes: [String]) {
    let columns = featureColumns(train)
    let kept = RepeatedRows.kept(
      keys(of: train, in: table, columns: columns), heldOut: heldOut.map { keys(of: $0.rows, in: $0.table, columns: columns) })
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
      + (kept.contradicting > 0 ? ", \(kept.contradicting) of them with another label than that row" : "")
    return (kept.rows.map { train[$0] }, dropped == 0 ? [] : [note])
  }

  /// The keys of rows of `other`, which has columns of the same names.
  private func keys(of rows: [Int], in other: Table, columns: [String]) -> RepeatedRows.Keys {
    let features = RowKeys(other, columns: columns, missingValues: missing.words)
    let labels = RowKeys(other, columns: roles.targets.map { table.header[$0] }, missingValues: missing.words)
    return RepeatedRows.Keys(features: rows.map(features.key), labels: rows.map(labels.key))
  }

  /// The columns that a model learns from: the text column, or those whose declared or inferred kind has features.
  private func featureColumns(_ rows: [Int]) -> [String] {
    if let text { return [text] }
    return roles.features.filter { column, declared in
      let kind =
        declared?.kind
        ?? ColumnProfile(table, column: column, rows: rows, missing: missing, declared: nil).finding(keepsConstants: true).kind
      return kind.hasFeatures
    }.map { table.header[$0.column] }
  }
}
