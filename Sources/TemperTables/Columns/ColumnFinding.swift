import TemperFiles
import TemperJSON

/// What a column was taken for, and why.
public struct ColumnFinding: Sendable, Equatable {
  /// The name of the column.
  public var name: String
  /// What it was taken for. A column that is left out because there is nothing to learn from it is ``ColumnKind/ignore``.
  public var kind: ColumnKind
  /// Whether the user said so.
  public var isDeclared: Bool
  /// The reason, as part of a sentence: `every value is a number`.
  public var why: String
  /// How many rows were looked at.
  public var rows: Int
  /// How many of them have no value.
  public var missing: Int
  /// How many different values there are; counted up to a limit unless all rows may differ. Nil where nobody counted.
  public var distinct: DistinctValues?
  /// What may surprise about the kind, with its place.
  var note: String?
  /// Whether the values are few whole numbers, which may be names of groups.
  var hasFewWholeNumbers = false
  /// A few different values, in the order of their rows.
  public var examples: [String]
  /// Words among the values that people write for a missing one, such as `NA`, and in a column of numbers or dates whatever is neither. Unless
  /// declared they are values like any other.
  public var missingWords: [String]
  /// The rows with something in a column of numbers or dates that is neither, nor a word for a missing value.
  var slips: [Int] = []
  /// What the user has to decide before the column can be learned from; nil where nothing is open.
  public var doubt: String?
  /// The first row that the doubt is about; nil where it is about the column.
  var doubtRow: Int?
  /// What is wrong with the values as numbers, where they are numbers in another style.
  var isInOtherStyle = false
  /// Categories that are features of their own though a single training row has them.
  var loneCategories: [String] = []
  /// What is likely to be wrong with the column.
  var warning: Warning?
  /// Rules under which a column trains that nobody looked at, one that is in doubt or lacks values too: what ``kind`` and the values seen
  /// suggest.
  public var suggestion: ColumnRules

  /// How many different values a column has.
  public struct DistinctValues: Sendable, Equatable {
    /// The number, or the limit at which counting ended.
    public var count: Int
    /// Whether there are more.
    public var isCut: Bool

    /// `12`, `more than 1000`.
    public var text: String { isCut ? "more than \(count)" : "\(count)" }
  }
}

extension ColumnFinding {
  /// Why there are no features: `"id" numbers the rows from 1`.
  var leftOut: String { "\(quoted(name)): \(why)" }

  /// Looks at every column of `table`, those to predict included, and says what it would be taken for if nobody declared it.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - rows: The rows to look at, ascending; all by default.
  ///   - missingValues: What is written where a value is missing, beside nothing at all.
  /// - Returns: A finding for each column, in the order of the table.
  public static func all(of table: Table, rows: [Int]? = nil, missingValues: [String] = []) -> [ColumnFinding] {
    let missing = MissingValues(missingValues)
    let rows = rows ?? Array(0..<table.count)
    return table.header.indices.map { column in
      let profile = ColumnProfile(table, column: column, rows: rows, missing: missing, declared: nil)
      return profile.finding(withExamples: true)
    }
  }
}

extension ColumnProfile {
  /// With fewer rows than this, a different value in every row says nothing about a column.
  static let fewRows = 10
  /// The fewest whole numbers that are no note on whether they are names.
  private static let fewNumbers = 10

  /// What the column is if nobody declared it.
  /// `keepsConstants` makes a number that is the same in all rows numeric, which is left out otherwise.
  func finding(withExamples: Bool = false, keepsConstants: Bool = false) -> ColumnFinding {
    var finding = ColumnFinding(
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

  /// What there is to tell of a column whose kind the user said.
  func declaredFinding(_ kind: ColumnKind) -> ColumnFinding {
    let distinct = kind == .numeric ? distinctNumbers() : kind.hasFeatures ? distinctTexts().distinct : nil
    return ColumnFinding(
      name: name, kind: kind, isDeclared: true, why: "declared", rows: rows.count, missing: missingRows.count, distinct: distinct,
      examples: [], missingWords: [], doubt: nil, suggestion: ColumnRules(kind))
  }

  private func describeNumbers(_ finding: inout ColumnFinding, keepsConstants: Bool) {
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
    if hasFewWholeNumbers { finding.why += ", one of \(distinct.count) whole ones" }
    finding.hasFewWholeNumbers = hasFewWholeNumbers
    finding.suggestion = .numeric(
      missingRows.isEmpty ? NumericRules() : NumericRules(impute: .median, indicator: true))
  }

  private func describeTexts(_ finding: inout ColumnFinding) {
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
      ? "\(counted(distinct.count, "different value")), no numbers"
      : "\(quoted(textRows.first.map { table.text(row: $0, column: column) } ?? "")) is not a number; \(numbers.count) of \(rows.count) "
        + "training rows have one"
    if numbers.count > textRows.count, let row = textRows.first {
      finding.note = "\(table.place(row: row, column: column)): \(quoted(name)) is taken as categorical, because \(finding.why)"
    }
    var rules = CategoricalRules()
    // A category that one row in a hundred has tells a model little, and many of them tell it which row is which.
    if distinct.count > 20, distinct.count * 20 > valueCount { rules.rare = .count(2) }
    if !missingRows.isEmpty { rules.impute = .category }
    finding.suggestion = .categorical(rules)
  }

  /// Tells of values that are not numbers, or dates, as the others are.
  private func describe(_ slips: Slips, _ finding: inout ColumnFinding, noun: String, among count: Int) {
    let words = differentValues(in: slips.others + slips.missing)
    finding.missingWords = words
    finding.slips = slips.others
    finding.doubtRow = slips.others.first ?? slips.missing.first
    finding.why = "every value is a \(noun) but for \(listed(words))"
    let kind = finding.kind.rawValue
    let remedy =
      "set data.missing_values to [\(listed(words))] and data.impute.\(kind) to \"median\"; if not, set data.columns[\(quoted(name))] to "
      + "\"categorical\"."
    if let row = slips.others.first {
      finding.doubt =
        "\(quoted(name)) holds \(noun)s, and \(slip(row)): \(counted(count, noun)) and "
        + "\(counted(slips.others.count, "other value")) in the training rows. Correct the value, or remove the row. If it stands for a missing "
        + "value, \(remedy)\(table.styleRemedy(for: table.text(row: row, column: column)))"
    } else {
      finding.doubt = "\(quoted(name)) holds \(noun)s but for \(listed(words)). If that stands for a missing value, \(remedy)"
    }
  }

  /// What is wrong with a value among numbers or dates.
  private func slip(_ row: Int) -> String {
    let text = table.text(row: row, column: column)
    return table.numberStyle.double(text) == nil
      ? "\(quoted(text)) is none" : "\(quoted(text)) is beyond what 32 bits hold, about 3.4e38"
  }

  private func describeDates(_ finding: inout ColumnFinding, _ format: FoundDateFormat, _ slips: Slips) {
    finding.kind = .date
    var rules = DateRules()
    switch format {
    case .one(let format):
      finding.why = format == .iso ? "every value is a date of ISO 8601" : "every value is a date like \(format.text)"
      if format != .iso { rules.format = format }
    case .eitherOrder(let first, let second):
      finding.why = "every value is a date like \(first.text) or like \(second.text)"
      rules.format = first
      finding.doubt =
        "\(quoted(name)) holds dates that have the month or the day first, which cannot be told from them. Set data.columns[\(quoted(name))] to "
        + "{\"kind\": \"date\", \"format\": \"\(first.text)\"}, or to the format \"\(second.text)\"."
    }
    finding.missingWords = []
    if !slips.isEmpty {
      let why = finding.why
      describe(slips, &finding, noun: "date", among: valueCount - slips.rows.count)
      finding.why = "\(why) but for \(listed(finding.missingWords))"
    }
    if !missingRows.isEmpty || !finding.missingWords.isEmpty { (rules.impute, rules.indicator) = (.median, true) }
    finding.suggestion = .date(rules)
  }

  /// Raises a doubt where nearly all values are numbers as another country writes them.
  private func describeStyle(_ finding: inout ColumnFinding) {
    guard table.isCSV else { return }
    let texts = textRows.prefix(Self.distinctLimit).map { table.text(row: $0, column: column) }
    let styles = NumberStyle.others(than: table.numberStyle, for: texts)
    guard let example = texts.first, !styles.isEmpty, numbers.count <= texts.count else { return }
    finding.isInOtherStyle = true
    finding.doubtRow = textRows.first
    finding.doubt =
      "\(quoted(name)) holds numbers like \(quoted(example)), which are not read as such. Set \(styles.map(\.keys).joined(separator: ", or ")), "
      + "or data.columns[\(quoted(name))] to \"categorical\" if they are names."
  }

  /// Why the numbers are those of the rows; nil if they are not.
  private func rowNumberReason() -> String? {
    guard missingRows.isEmpty, rows.count >= Self.fewRows, !Self.timeNames.contains(name.lowercased()) else { return nil }
    let offset = numbers[0] - Double(rows[0])
    guard offset == 0 || offset == 1, zip(numbers, rows).allSatisfy({ $0 - Double($1) == offset }) else { return nil }
    return "it numbers the rows from \(Int(offset))"
  }

  /// Names of a row's place in time, which may be learned from though it counts the rows.
  private static let timeNames: Set<String> = ["time", "t", "day", "week", "month", "quarter", "year", "period"]
  private static let rowNames: Set<String> = [
    "id", "uid", "uuid", "guid", "index", "idx", "row", "rowid", "row_id", "rownum", "rownames", "row_names", "rowname",
  ]

  /// Why the name says that the column tells one row from another; nil if it does not, or values come twice.
  private func identifierReason(isUnique: @autoclosure () -> Bool) -> String? {
    let lower = name.lowercased()
    let isID =
      Self.rowNames.contains(lower) || lower.hasSuffix("_id") || lower.hasSuffix(" id") || lower.hasPrefix("unnamed: ")
      || ((name.hasSuffix("Id") || name.hasSuffix("ID")) && name.dropLast(2).last?.isLowercase == true)
    guard isID, valueCount >= Self.fewRows, isUnique() else { return nil }
    return "its name says so, and no value comes twice"
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

  /// The first few different values.
  private func examples() -> [String] {
    var index = ByteIndex()
    for row in valueRows.prefix(Self.distinctLimit) where index.count < 5 {
      table.withField(row: row, column: column) { _ = index.insert($0) }
    }
    return index.strings
  }
}
