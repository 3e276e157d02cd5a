import TemperFiles
import TemperJSON

extension Table {
  /// All rows sorted by the numbers or dates in `column`, earliest first; ties keep file order.
  ///
  /// Dates must match `format`, or else the one that all of them match. Throws for every row without a value, and for every value not
  /// of the column's kind.
  func rows(by column: Int, format: DateFormat?, missing: MissingValues) throws(Diagnostics) -> [Int] {
    let all = Array(0..<count)
    let profile = ColumnProfile(self, column: column, rows: all, missing: missing, declared: nil)
    var findings = Findings()
    for row in profile.missingRows {
      findings.add(
        .emptyValue, at: place(row: row, column: column),
        "\(quoted(header[column])) is the column to order by, but has no value here. Fill it in, or remove the row.")
    }
    var moments = profile.numbers
    if !profile.textRows.isEmpty || format != nil {
      let format = try dateFormat(profile, declared: format)
      moments = []
      for row in format == nil ? profile.textRows : profile.valueRows {
        let moment = withField(row: row, column: column) { format?.moment($0) }
        if let moment {
          moments.append(moment.instant)
        } else {
          let wanted = format.map { "a date written \(quoted($0.text))" } ?? "a number, as in other rows"
          findings.add(
            .notOfItsKind, at: place(row: row, column: column),
            "\(quoted(header[column])) is the column to order by, but \(quoted(text(row: row, column: column))) is not \(wanted). "
              + "Correct the value, or remove the row.")
        }
      }
    }
    try findings.check()
    return all.sorted { a, b in moments[a] == moments[b] ? a < b : moments[a] < moments[b] }
  }

  /// The date format of a column that is not all numbers; nil if it is.
  private func dateFormat(_ profile: ColumnProfile, declared: DateFormat?) throws(Diagnostics) -> DateFormat? {
    if let declared { return declared }
    let name = quoted(header[profile.column])
    switch profile.dateFormat() {
    case .one(let format): return format
    case .eitherOrder(let month, let day):
      throw Diagnostics(
        .notOfItsKind, at: headerPlace(column: profile.column),
        "\(name) is the column to order by, but its dates may be \(quoted(month.text)) or \(quoted(day.text)). "
          + "Set the format in data.columns: {\"kind\": \"date\", \"format\": ...}.")
    case nil where !profile.numbers.isEmpty: return nil
    case nil:
      throw Diagnostics(
        .notOfItsKind, at: headerPlace(column: profile.column),
        "\(name) is the column to order by, but its values are neither numbers nor dates of one known format, such as "
          + "\(quoted(profile.firstText)). Use another column, or set the date format with {\"kind\": \"date\", \"format\": ...} "
          + "in data.columns.")
    }
  }
}
