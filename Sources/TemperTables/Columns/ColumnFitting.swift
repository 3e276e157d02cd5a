import TemperFiles
import TemperJSON

/// Fits the transform of one column on the training rows. Each kind has its own method, beside its transform.
struct ColumnFitting {
  let profile: ColumnProfile
  let kind: ColumnKind
  let defaults: ColumnDefaults
  var findings: Findings
  /// Categories with features of their own although they have a single row.
  var loneCategories: [String] = []

  var table: Table { profile.table }
  var column: Int { profile.column }
  var name: String { profile.name }

  /// Fits the column by `rules`; nil if it is invalid, which is reported, or has no features.
  mutating func transform(_ rules: ColumnRules) -> Preprocessor.Transform? {
    switch rules {
    case .numeric(let rules): numeric(rules).map { .numeric($0) }
    case .categorical(let rules): categorical(rules).map { .categorical($0) }
    case .boolean(let rules): boolean(rules).map { .boolean($0) }
    case .date(let rules): date(rules).map { .date($0) }
    case .text(let rules): text(rules).map { .text($0) }
    case .identifier, .ignore: nil
    }
  }

  /// Reports training rows without a value, if that is an error. Returns false if any were reported.
  mutating func reportMissing(isError: Bool) -> Bool {
    guard isError else { return true }
    for row in profile.missingRows where !findings.isFull { findings.add(.missing, table, row, column, kind) }
    return profile.missingRows.isEmpty
  }

  /// Whether there is any value to fit; reports an error if not.
  mutating func hasValues() -> Bool {
    if profile.valueCount > 0 { return true }
    unusable("no training row has a value in it. Set data.columns[\(quoted(name))] to \"ignore\".")
    return false
  }

  /// Reports an error about the column as a whole.
  mutating func unusable(_ message: String) {
    let text = "\(quoted(name)) is a column of \(kind.rawValue) values, but \(message)"
    let place = table.headerPlace(column: column)
    findings.add(.unusableColumn, at: place, text)
  }
}

extension Findings {
  /// Reports a field that cannot be encoded, in a column of `kind`, with its `known` categories as listed in messages.
  mutating func add(
    _ problem: FieldProblem, _ table: Table, _ row: Int, _ column: Int, _ kind: ColumnKind, known: String = ""
  ) {
    if isFull { return }
    let name = quoted(table.header[column])
    let text = table.text(row: row, column: column)
    let place = table.place(row: row, column: column)
    let isUsualForMissing = MissingValues.usual.contains { ValueKey.areSame($0, text) }
    let ifMissing = isUsualForMissing ? " If it stands for a missing value, list it in data.missing_values." : ""
    switch problem {
    case .missing where table.isArray:
      add(
        .emptyValue, at: place,
        "\(name) has no value here. Fill it in, leave the row out, or train with data.impute.numeric set to \"median\".")
    case .missing:
      let remedy = kind == .categorical ? "category" : kind == .text ? "empty" : kind == .boolean ? "mode" : "median"
      add(
        .emptyValue, at: place,
        "\(name) has no value here. Fill it in, remove the row, train with data.impute.\(kind.rawValue) (or that of data.columns[\(name)]) "
          + "set to \"\(remedy)\", or with data.columns[\(name)] set to \"ignore\".")
    case .notANumber where table.numberStyle.double(text) != nil:
      add(
        .notANumber, at: place,
        "\(name) is numeric, and \(quoted(text)) is beyond what 32 bits hold, about 3.4e38. Correct the value, or change the unit.")
    case .notANumber:
      let remedy =
        table.isArray
        ? "Correct the value, or leave the row out."
        : "Write it like -12.5 or 3e-4, or set data.columns[\(name)] to \"categorical\" or \"ignore\".\(ifMissing)"
          + table.styleRemedy(for: text)
      add(.notANumber, at: place, "\(name) is numeric, and \(quoted(text)) is not a number. \(remedy)")
    case .overflow:
      add(
        .notANumber, at: place,
        "\(quoted(text)) lies so far outside the training rows' \(name) that its feature overflows. Correct the value.")
    case .unknownCategory:
      add(
        .unknownCategory, at: place,
        "\(name) is \(quoted(text)), which no training row has (known: \(known)). Correct the value, remove the row, or train "
          + "with data.unknown (or that of data.columns[\(name)]) set to \"ignore\".\(ifMissing)")
    case .notABoolean:
      add(
        .notOfItsKind, at: place,
        "\(name) is boolean, and \(quoted(text)) is none of true, false, yes, no, t, f, y, n, 1 and 0. Correct the value, or set "
          + "data.columns[\(name)] to \"categorical\".\(ifMissing)")
    case .notADate(let format):
      add(
        .notOfItsKind, at: place,
        "\(name) is a date written \(format == .iso ? "by ISO 8601, like 2024-05-17 or 2024-05-17T08:30:00Z" : "like \(format.text)"), and "
          + "\(quoted(text)) is none. Correct the value, or set the format of data.columns[\(name)].\(ifMissing)")
    }
  }
}
