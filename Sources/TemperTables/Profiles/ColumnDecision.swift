import TemperFiles
import TemperJSON

/// Chooses rules under which a column can be used as it is.
struct ColumnDecision {
  let table: Table
  let column: Int
  let finding: InferredColumn
  /// Rows with a label.
  let rows: Int

  /// A column with missing values is dropped if it has fewer values than this.
  private static let fewestValues = 5
  /// With fewer rows than this, text columns are dropped.
  private static let fewestTexts = 200

  /// The texts whose words are counted, and the words that make more than a name.
  private static let (sampledTexts, wordsOfText) = (1000, 6)

  /// With at most this many distinct dates, they may be categories.
  private static let mostDates = 20

  init(_ table: Table, column: Int, finding: InferredColumn, rows: Int) {
    (self.table, self.column, self.finding, self.rows) = (table, column, finding, rows)
  }

  private func column(_ finding: InferredColumn, _ rules: ColumnRules, worth: Bool = true) -> TableProfile.Column {
    TableProfile.Column(finding: finding, rules: rules, isWorthDeclaring: worth)
  }

  /// Drops the column because of `why`.
  private func ignored(_ why: String) -> TableProfile.Column {
    var finding = finding
    (finding.kind, finding.why) = (.ignore, why)
    return column(finding, .ignore)
  }

  /// The rules to declare; surprises are added to `notes`.
  func decided(_ notes: inout [String]) -> TableProfile.Column {
    let name = quoted(finding.name)
    let values = finding.rows - finding.missing
    if finding.kind.hasFeatures, finding.missing > 0, values < Self.fewestValues {
      return ignored("only \(counted(values, "row has", "rows have")) a value")
    }
    switch finding.suggestion {
    case .identifier:
      return column(finding, .identifier)
    case .ignore:
      return column(finding, .ignore)
    case .numeric:
      return column(finding, .numeric(), worth: finding.hasFewWholeNumbers)
    case .boolean:
      return column(finding, .boolean())
    case .date(let rules):
      // Model years, waves of a study: a few dates are group names.
      if let distinct = finding.distinct, !distinct.isCut, distinct.count <= Self.mostDates, distinct.count * 10 <= values {
        var finding = finding
        (finding.kind, finding.why) = (.categorical, "only \(distinct.count) different dates")
        return column(finding, .categorical())
      }
      if let doubt = finding.doubt { notes.append(doubt) }
      return column(finding, .date(DateRules(format: rules.format)))
    case .text:
      if values < Self.fewestTexts { return ignored("words in only \(counted(values, "row"))") }
      var finding = finding
      finding.kind = .text
      var decided = column(finding, .text())
      decided.texts = textSort
      return decided
    case .categorical(var rules):
      if let example = formattedNumber {
        notes.append(
          "\(name) looks like formatted numbers, such as \(quoted(example)): write them like 1234.5, without signs and thousands "
            + "separators, to use them as numbers")
        if finding.distinct.map({ $0.isCut || $0.count > 20 }) ?? true { return ignored("values like \(quoted(example)) are not numbers") }
      }
      rules.impute = nil
      // If most values repeat, they are better kept as separate categories.
      if let distinct = finding.distinct, !distinct.isCut, distinct.count * 4 <= values { rules.rare = nil }
      return column(finding, .categorical(rules))
    }
  }

  /// What sort of texts it has.
  private var textSort: TableProfile.TextSort {
    let all = (0..<table.count).filter { !table.text(row: $0, column: column).isEmpty }
    let distinct = table.valueCounts(column: column, rows: all).counts.count
    if distinct * 2 < all.count { return .repeated }
    let sample = all.prefix(Self.sampledTexts)
    let words = sample.reduce(0) { $0 + table.text(row: $1, column: column).split(separator: " ").count }
    return distinct * 20 > all.count * 19 && words < Self.wordsOfText * sample.count ? .names : .sentences
  }

  /// An example value, if nearly all are numbers with currency signs, percent signs or thousands separators.
  private var formattedNumber: String? {
    guard let first = finding.examples.first else { return nil }
    func isFormatted(_ text: String) -> Bool {
      var digits = 0
      for scalar in text.unicodeScalars {
        if ("0"..."9").contains(scalar) { digits += 1 } else if !"$€£¥%.,-+() ".unicodeScalars.contains(scalar) { return false }
      }
      return digits > 0
    }
    let sample = (0..<min(table.count, 1000)).filter { !table.isBlank(row: $0, column: column) }
    let hits = sample.count { isFormatted(table.text(row: $0, column: column)) }
    return hits * 10 >= sample.count * 9 && isFormatted(first) ? first : nil
  }
}
