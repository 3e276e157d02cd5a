import TemperJSON

// Text columns that are not categorical.
extension ColumnProfile {
  /// With at most this many distinct values a column is categorical, however often they occur.
  private static let fewCategories = 20

  /// Whether more than half of the rows have a unique value.
  func isMostlyOnce(_ distinct: InferredColumn.DistinctValues) -> Bool {
    guard !distinct.isCut, distinct.count > Self.fewCategories, distinct.count * 2 > valueCount else { return false }
    return onceCount() * 2 > valueCount
  }

  /// The number of values that occur once.
  private func onceCount() -> Int { table.valueCounts(column: column, rows: valueRows).counts.count { $0 == 1 } }

  /// Most values occur once and do not generalise to other rows.
  func describeOnce(_ finding: inout InferredColumn) {
    let isText = hasSeveralWords
    finding.kind = .ignore
    finding.why = "\(onceCount()) of \(valueCount) values come once"
    finding.suggestion = isText ? .text(TextRules(impute: missingRows.isEmpty ? nil : .empty)) : .ignore
    finding.warning = .valuesOnce(name, why: finding.why, isText: isText)
  }

  /// Whether most values are several words.
  private var hasSeveralWords: Bool {
    let sample = valueRows.prefix(Self.distinctLimit)
    let spaced = sample.count { row in
      table.withField(row: row, column: column) { ValueKey.trimmed($0).contains(UInt8(ascii: " ")) }
    }
    return spaced * 2 > sample.count
  }

  /// Words in every row, or too many distinct values to be categories.
  func describeManyTexts(_ finding: inout InferredColumn, isUnique: Bool) {
    let isText = hasSeveralWords
    finding.why =
      isUnique
      ? "another value in each of the \(rows.count) training rows"
      : "more than \(Self.distinctLimit) different values that are no numbers"
    if isUnique, !isText {
      // Unique values do not generalise to other rows.
      (finding.kind, finding.suggestion) = (.identifier, .identifier)
      return
    }
    finding.kind = isText ? .text : .categorical
    finding.suggestion =
      isText
      ? .text(TextRules(impute: missingRows.isEmpty ? nil : .empty))
      : .categorical(CategoricalRules(rare: .share(0.005), unknown: .other, impute: missingRows.isEmpty ? nil : .category))
    finding.doubt =
      "\(quoted(name)) has \(finding.why). Set data.columns[\(quoted(name))] to \"text\" to learn from its words, to \"ignore\", or to "
      + "\"categorical\" if each value is to be told apart."
  }
}
