/// Out-of-place values in a numeric or date column: words for missing values, and errors such as a header among the rows.
struct Slips {
  /// The rows with common words for missing values.
  var missing: [Int] = []
  /// The rows with anything else.
  var others: [Int] = []

  var isEmpty: Bool { missing.isEmpty && others.isEmpty }
  /// All these rows, ascending.
  var rows: [Int] { (missing + others).sorted() }

  /// Slips are at most half as many as regular values, and one of: a few repeated words, like those for missing values;
  private static let greatestShare = 0.5
  private static let mostDifferent = 5
  /// or as few rows, and at most this fraction;
  private static let smallShare = 0.1
  /// or at most this fraction.
  private static let tinyShare = 0.02
  /// With at most this many distinct numbers, these are category codes such as 0, 1, 2 and 3+.
  private static let fewNumbers = 10
}

extension ColumnProfile {
  /// Divides `rows` into words for missing values and others.
  private func slips(_ rows: [Int]) -> Slips {
    let usual = MissingValues(MissingValues.usual)
    var slips = Slips()
    for row in rows {
      if table.withField(row: row, column: column, usual.isWord) { slips.missing.append(row) } else { slips.others.append(row) }
    }
    return slips
  }

  /// The values of a numeric column that are not numbers; nil if the column is not numeric.
  func slipsAmongNumbers() -> Slips? {
    guard !numbers.isEmpty else { return nil }
    let slips = slips(textRows)
    return slips.others.isEmpty || slips.areFew(in: self, among: numbers.count, different: distinctNumbers()) ? slips : nil
  }

  /// The format that most values of a date column match, and the values that do not; nil if it is not a date column.
  func slipsAmongDates() -> (FoundDateFormat, Slips)? {
    let values = valueRows
    let sample = Array(values.prefix(20))
    func slips(_ format: DateFormat) -> Slips? {
      func follows(_ row: Int) -> Bool { table.withField(row: row, column: column) { format.moment($0) } != nil }
      guard sample.count(where: follows) * 2 > sample.count else { return nil }
      let slips = self.slips(values.filter { !follows($0) })
      return slips.areFew(in: self, among: values.count - slips.missing.count - slips.others.count, different: distinctTexts().distinct)
        ? slips : nil
    }
    if let format = dateFormat() { return (format, self.slips(values.filter { row in !follows(row, format.first) })) }
    if let (format, slips) = DateFormat.usual.lazy.compactMap({ format in slips(format).map { (format, $0) } }).first {
      return (.one(format), slips)
    }
    for (month, day) in zip(DateFormat.monthFirst, DateFormat.dayFirst) {
      switch (slips(month), slips(day)) {
      case (let first?, let second?) where first.others.count == second.others.count: return (.eitherOrder(month, day), first)
      case (let first?, let second?): return first.others.count < second.others.count ? (.one(month), first) : (.one(day), second)
      case (let first?, nil): return (.one(month), first)
      case (nil, let second?): return (.one(day), second)
      case (nil, nil): break
      }
    }
    return nil
  }

  private func follows(_ row: Int, _ format: DateFormat) -> Bool {
    table.withField(row: row, column: column) { format.moment($0) } != nil
  }

  /// The distinct values in `rows`, in row order, at most `limit`.
  func differentValues(in rows: [Int], limit: Int = 1000) -> [String] {
    var index = ValueIndex()
    for row in rows where index.count < limit { table.withField(row: row, column: column) { _ = index.insert($0) } }
    return index.names
  }
}

extension Slips {
  fileprivate func areFew(in profile: ColumnProfile, among count: Int, different: InferredColumn.DistinctValues) -> Bool {
    guard Double(others.count) <= Self.greatestShare * Double(count), different.isCut || different.count > Self.fewNumbers else {
      return false
    }
    let share = Double(others.count) / Double(max(1, count))
    if others.count == 1 || share <= Self.tinyShare || others.count <= Self.mostDifferent && share <= Self.smallShare { return true }
    let words = profile.differentValues(in: others, limit: Self.mostDifferent + 1).count
    return words <= Self.mostDifferent && 2 * words <= others.count
  }
}
