import TemperFiles
import TemperJSON

/// The inferred kind of a column, and the reason.
public struct InferredColumn: Sendable, Equatable {
  /// The name of the column.
  public var name: String
  /// The inferred kind. A column that is dropped because there is nothing to learn from it is ``ColumnKind/ignore``.
  public var kind: ColumnKind
  /// Whether the user declared it.
  public var isDeclared: Bool
  /// The reason, as part of a sentence: `every value is a number`.
  public var why: String
  /// The number of rows examined.
  public var rows: Int
  /// The number of rows without a value.
  public var missing: Int
  /// The number of distinct values, counted up to a limit unless all rows may differ; nil if not counted.
  public var distinct: DistinctValues?
  /// A note on a possibly surprising kind, with its place.
  var note: String?
  /// Whether the values are few integers, which may be category codes.
  var hasFewWholeNumbers = false
  /// A few distinct values, in row order.
  public var examples: [String]
  /// Common words for missing values, such as `NA`, among the values, and in a numeric or date column anything else that does not
  /// parse. Unless declared they are ordinary values.
  public var missingWords: [String]
  /// The rows of a numeric or date column with something that does not parse and is not a word for a missing value.
  var slips: [Int] = []
  /// What the user has to decide before the column can be used; nil if nothing is open.
  public var doubt: String?
  /// The first row that the doubt is about; nil if it is about the column.
  var doubtRow: Int?
  /// What is wrong with the values as numbers, if they are numbers in another style.
  var isInOtherStyle = false
  /// Categories with features of their own although they have a single training row.
  var loneCategories: [String] = []
  /// A likely problem with the column.
  package var warning: Warning?
  /// Rules that allow training without review, even if the column is in doubt or lacks values: as suggested by ``kind`` and the values
  /// seen.
  public var suggestion: ColumnRules

  /// The number of distinct values of a column.
  public struct DistinctValues: Sendable, Equatable {
    /// The number, or the limit at which counting stopped.
    public var count: Int
    /// Whether there are more.
    public var isCut: Bool

    /// `12`, `more than 1000`.
    public var text: String { isCut ? "more than \(count)" : "\(count)" }
  }
}

extension InferredColumn {
  /// The reason for having no features: `"id" numbers the rows from 1`.
  var leftOut: String { "\(quoted(name)): \(why)" }

  /// Infers the kind of every column of `table`, including targets, as if nothing was declared.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - rows: The rows to examine, ascending; all by default.
  ///   - missingValues: Values that mean missing, besides empty ones.
  /// - Returns: A finding per column, in table order.
  public static func all(of table: Table, rows: [Int]? = nil, missingValues: [String] = []) -> [InferredColumn] {
    let missing = MissingValues(missingValues)
    let rows = rows ?? Array(0..<table.count)
    return table.header.indices.map { column in
      let profile = ColumnProfile(table, column: column, rows: rows, missing: missing, declared: nil)
      return profile.finding(withExamples: true)
    }
  }
}

extension ColumnProfile {
  /// With fewer rows than this, unique values say nothing about a column.
  static let fewRows = 10
  /// The minimum number of distinct integers for which there is no note that they may be category codes.
  private static let fewNumbers = 10

  /// The inferred kind of the column if it is not declared. `keepsConstants` makes a constant number numeric, which is dropped otherwise.
  func finding(withExamples: Bool = false, keepsConstants: Bool = false) -> InferredColumn {
    var finding = InferredColumn(
      name: name, kind: .ignore, isDeclared: false, why: "no row has a value", rows: rows.count, missing: missingRows.count,
      distinct: nil, examples: withExamples ? examples() : [], missingWords: [], doubt: nil, suggestion: .ignore)
    guard valueCount > 0 else { return finding }
    if textRows.isEmpty {
      describeNumbers(&finding, keepsConstants: keepsConstants)
    } else {
      describeTexts(&finding)
    }
    return finding
  }

  /// The finding for a column with a declared kind.
  func declaredFinding(_ kind: ColumnKind) -> InferredColumn {
    let distinct = kind == .numeric ? distinctNumbers() : kind.hasFeatures ? distinctTexts().distinct : nil
    return InferredColumn(
      name: name, kind: kind, isDeclared: true, why: "declared", rows: rows.count, missing: missingRows.count, distinct: distinct,
      examples: [], missingWords: [], doubt: nil, suggestion: ColumnRules(kind))
  }

  private func describeNumbers(_ finding: inout InferredColumn, keepsConstants: Bool) {
    let distinct = distinctNumbers()
    finding.distinct = distinct
    guard distinct.count > 1 else {
      finding.why = "every value is \(firstText)"
      if keepsConstants { (finding.kind, finding.suggestion) = (.numeric, .numeric()) }
      return
    }
    if let reason = rowNumberReason() ?? identifierReason(isUnique: areNumbersUnique) {
      (finding.kind, finding.why, finding.suggestion) = (.identifier, reason, .identifier)
      return
    }
    finding.kind = .numeric
    finding.why = "every value is a number"
    let hasFewWholeNumbers =
      !distinct.isCut && distinct.count > 2 && distinct.count <= Self.fewNumbers && valueCount >= 5 * distinct.count
      && numbers.allSatisfy { $0 == $0.rounded() }
    if hasFewWholeNumbers { finding.why += ", one of \(distinct.count) whole numbers" }
    finding.hasFewWholeNumbers = hasFewWholeNumbers
    finding.suggestion = .numeric(
      missingRows.isEmpty ? NumericRules() : NumericRules(impute: .median, indicator: true))
  }

  private func describeTexts(_ finding: inout InferredColumn) {
    let (index, distinct) = distinctTexts()
    finding.distinct = distinct
    let usual = MissingValues(MissingValues.usual)
    finding.missingWords = index.names.filter { word in
      var word = word
      return word.withUTF8 { usual.isWord($0) }
    }
    if let slips = slipsAmongNumbers() {
      finding.kind = .numeric
      describe(slips, &finding, noun: "number", among: numbers.count)
      finding.suggestion = .numeric(NumericRules(impute: .median, indicator: true))
      return
    }
    guard distinct.count > 1 else {
      finding.why = "every value is \(quoted(firstText))"
      return
    }
    describeStyle(&finding)
    if !distinct.isCut, distinct.count <= 2 * BooleanTransform.spellings.count, isBoolean(index.names) {
      (finding.kind, finding.why) = (.boolean, "every value is \(listed(index.names.sorted(by: bytesBefore)))")
      finding.suggestion = .boolean(missingRows.isEmpty ? BooleanRules() : BooleanRules(impute: .mode, indicator: true))
      return
    }
    if numbers.count * 2 <= textRows.count, let (format, slips) = slipsAmongDates() {
      describeDates(&finding, format, slips)
      return
    }
    let isUnique = !distinct.isCut && distinct.count == valueCount && valueCount >= Self.fewRows
    if let reason = identifierReason(isUnique: isUnique) {
      (finding.kind, finding.why, finding.suggestion) = (.identifier, reason, .identifier)
      return
    }
    if isUnique || distinct.isCut || distinct.count > Self.distinctLimit {
      describeManyTexts(&finding, isUnique: isUnique)
      return
    }
    if isMostlyOnce(distinct) {
      describeOnce(&finding)
      return
    }
    finding.kind = .categorical
    finding.why =
      numbers.isEmpty
      ? "\(counted(distinct.count, "different value")), not numbers"
      : "\(quoted(textRows.first.map { table.text(row: $0, column: column) } ?? "")) is not a number; \(numbers.count) of \(rows.count) "
        + "training rows have one"
    if numbers.count > textRows.count, let row = textRows.first {
      finding.note = "\(table.place(row: row, column: column)): \(quoted(name)) is treated as categorical, because \(finding.why)"
    }
    var rules = CategoricalRules()
    // Categories with less than one row in a hundred help a model little, and many of them identify single rows.
    if distinct.count > 20, distinct.count * 20 > valueCount { rules.rare = .count(2) }
    if !missingRows.isEmpty { rules.impute = .category }
    finding.suggestion = .categorical(rules)
  }

  /// Describes values that do not parse as numbers or dates like the others.
  private func describe(_ slips: Slips, _ finding: inout InferredColumn, noun: String, among count: Int) {
    let words = differentValues(in: slips.others + slips.missing)
    finding.missingWords = words
    finding.slips = slips.others
    finding.doubtRow = slips.others.first ?? slips.missing.first
    finding.why = "every value is a \(noun) except \(listed(words))"
    let kind = finding.kind.rawValue
    let remedy =
      "set data.missing_values to [\(listed(words))] and data.impute.\(kind) to \"median\"; if not, set data.columns[\(quoted(name))] to "
      + "\"categorical\"."
    if let row = slips.others.first {
      finding.doubt =
        "\(quoted(name)) has \(noun)s, but \(slip(row)): \(counted(count, noun)) and "
        + "\(counted(slips.others.count, "other value")) in the training rows. Correct the value, or remove the row. If it means a missing "
        + "value, \(remedy)\(table.styleRemedy(for: table.text(row: row, column: column)))"
    } else {
      finding.doubt = "\(quoted(name)) has \(noun)s except \(listed(words)). If that means a missing value, \(remedy)"
    }
  }

  /// What is wrong with a value among numbers or dates.
  private func slip(_ row: Int) -> String {
    let text = table.text(row: row, column: column)
    return table.numberStyle.double(text) == nil
      ? "\(quoted(text)) is not one" : "\(quoted(text)) is beyond the range of 32 bits, about 3.4e38"
  }

  private func describeDates(_ finding: inout InferredColumn, _ format: FoundDateFormat, _ slips: Slips) {
    finding.kind = .date
    var rules = DateRules()
    switch format {
    case .one(let format):
      finding.why = format == .iso ? "every value is an ISO 8601 date" : "every value is a date like \(format.text)"
      if format != .iso { rules.format = format }
    case .eitherOrder(let first, let second):
      finding.why = "every value is a date like \(first.text) or like \(second.text)"
      rules.format = first
      finding.doubt =
        "\(quoted(name)) has dates with the month or the day first, which is ambiguous. Set data.columns[\(quoted(name))] to "
        + "{\"kind\": \"date\", \"format\": \"\(first.text)\"}, or to the format \"\(second.text)\"."
    }
    finding.missingWords = []
    if !slips.isEmpty {
      let why = finding.why
      describe(slips, &finding, noun: "date", among: valueCount - slips.rows.count)
      finding.why = "\(why) except \(listed(finding.missingWords))"
    }
    if !missingRows.isEmpty || !finding.missingWords.isEmpty { (rules.impute, rules.indicator) = (.median, true) }
    finding.suggestion = .date(rules)
  }

  /// Raises a doubt if nearly all values are numbers in the style of another country.
  private func describeStyle(_ finding: inout InferredColumn) {
    guard table.isCSV else { return }
    let texts = textRows.prefix(Self.distinctLimit).map { table.text(row: $0, column: column) }
    let styles = NumberStyle.others(than: table.numberStyle, for: texts)
    guard let example = texts.first, !styles.isEmpty, numbers.count <= texts.count else { return }
    finding.isInOtherStyle = true
    finding.doubtRow = textRows.first
    finding.doubt =
      "\(quoted(name)) has numbers like \(quoted(example)), which are not read as numbers. "
      + "Set \(styles.map(\.keys).joined(separator: ", or ")), or data.columns[\(quoted(name))] to \"categorical\" if they are names."
  }

  /// The reason if the values are row numbers; nil if they are not.
  private func rowNumberReason() -> String? {
    guard missingRows.isEmpty, rows.count >= Self.fewRows, !Self.timeNames.contains(name.lowercased()) else { return nil }
    let offset = numbers[0] - Double(rows[0])
    guard offset == 0 || offset == 1, zip(numbers, rows).allSatisfy({ $0 - Double($1) == offset }) else { return nil }
    return "it numbers the rows from \(Int(offset))"
  }

  /// Names of time columns, which may be useful although they count the rows.
  private static let timeNames: Set<String> = ["time", "t", "day", "week", "month", "quarter", "year", "period"]
  private static let rowNames: Set<String> = [
    "id", "uid", "uuid", "guid", "index", "idx", "row", "rowid", "row_id", "rownum", "rownames", "row_names", "rowname",
  ]

  /// The reason if the column's name marks an identifier; nil if it does not, or if values repeat.
  private func identifierReason(isUnique: @autoclosure () -> Bool) -> String? {
    let lower = name.lowercased()
    let isID =
      Self.rowNames.contains(lower) || lower.hasSuffix("_id") || lower.hasSuffix(" id") || lower.hasPrefix("unnamed: ")
      || ((name.hasSuffix("Id") || name.hasSuffix("ID")) && name.dropLast(2).last?.isLowercase == true)
    guard isID, valueCount >= Self.fewRows, isUnique() else { return nil }
    return "by its name, and no value occurs twice"
  }

  private var areNumbersUnique: Bool {
    guard numbers.allSatisfy({ $0 == $0.rounded() }) else { return false }
    let sorted = numbers.sorted()
    return !zip(sorted, sorted.dropFirst()).contains { $0 == $1 }
  }

  private func isBoolean(_ values: [String]) -> Bool {
    BooleanTransform.spellings.dropLast().contains { pair in
      let words = Set(values.map { $0.lowercased().filter { $0 != " " } })
      return words == [pair.yes, pair.no]
    }
  }

  /// The first few distinct values.
  private func examples() -> [String] {
    var index = ByteIndex()
    for row in valueRows.prefix(Self.distinctLimit) where index.count < 5 {
      table.withField(row: row, column: column) { _ = index.insert($0) }
    }
    return index.strings
  }
}
