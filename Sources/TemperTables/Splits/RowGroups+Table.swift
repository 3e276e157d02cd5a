import TemperData
import TemperFiles
import TemperJSON

extension RowGroups {
  /// Groups `rows` by the values of `column`. Throws for every row without a value. `classes` are the rows of each class, for
  /// stratified splits.
  init(_ rows: [Int], of table: Table, by column: Int, classes: [[Int]]?, missing: MissingValues) throws(Diagnostics) {
    var findings = Findings()
    var index = ByteIndex()
    var members: [[Int]] = []
    for row in rows {
      table.withField(row: row, column: column) { field in
        if missing.contains(field) {
          return findings.add(
            .emptyValue, at: table.place(row: row, column: column),
            "\(quoted(table.header[column])) is the group column, but has no value here. Fill it in, or remove the row.")
        }
        let number = ValueKey.with(field) { index.insert($0) }
        if number == members.count { members.append([]) }
        members[number].append(row)
      }
    }
    try findings.check()
    self.init(members, classes: classes, name: quoted(table.header[column]), place: table.headerPlace(column: column))
  }
}
