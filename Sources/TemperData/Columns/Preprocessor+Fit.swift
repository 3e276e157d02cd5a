import TemperJSON

extension Preprocessor {
  /// The most categories that a column may have without being declared categorical.
  public static let categoryLimit = 1000
  /// With fewer training rows than this, a different value in every row says nothing about a column.
  static let fewRows = 10

  /// Learns from the training rows of `table` alone.
  ///
  /// A column that is not declared is numeric if every training value is a number, else categorical. The deviation is that of the
  /// population (divided by n); a column with one value keeps a deviation of 1.
  ///
  /// - Parameters:
  ///   - table: The table with the training rows.
  ///   - rows: The numbers of the training rows, ascending.
  ///   - roles: Which column is what.
  ///   - normalization: How numeric columns are scaled.
  ///   - targetNormalization: How a value to predict is scaled.
  ///   - notes: Gets a line for every column whose kind may surprise.
  /// - Throws: Everything that is wrong with the training rows.
  init(
    fitting table: Table, rows: [Int], roles: ColumnRoles, normalization: Normalization,
    targetNormalization: Normalization = .standard, notes: inout [String]
  ) throws(Diagnostics) {
    var findings = Findings()
    guard !roles.features.isEmpty else {
      throw Diagnostics(
        .noFeatures, at: table.headerPlace(column: 0),
        "no column is left to learn from: the table needs one that is not the label, not the split and not ignored.")
    }
    var columns: [Column] = []
    for (column, declared) in roles.features {
      var fit = ColumnFit(table: table, column: column, rows: rows)
      if let transform = fit.transform(declared: declared, normalization, &findings, &notes) {
        columns.append(Column(table.header[column], transform))
      }
    }
    let target: Target
    switch roles.target {
    case .classes(let label):
      target = .classes(label: label, names: Self.classes(table, column: roles.targets[0], rows: rows, &findings))
    case .value:
      target = Self.value(table, column: roles.targets[0], rows: rows, targetNormalization, &findings)
    case .multilabel(let labels):
      target = .multilabel(labels)
      Self.checkLabels(table, columns: roles.targets, rows: rows, &findings, &notes)
    }
    try findings.check()
    self.init(columns: columns, target: target)
  }

  private static func value(
    _ table: Table, column: Int, rows: [Int], _ normalization: Normalization, _ findings: inout Findings
  ) -> Target {
    let name = table.header[column]
    let values = rows.compactMap { findings.value(table, $0, column) }
    if values.count == rows.count, let first = values.first, values.allSatisfy({ $0 == first }) {
      findings.add(
        .unusableLabels, at: table.headerPlace(column: column),
        "every training row has the value \(first) in \(quoted(name)). Two values are the least that can be told apart.")
    }
    let (mean, deviation) = normalization == .none ? (0, 1) : Self.standard(values)
    return .value(label: name, mean: mean, deviation: deviation)
  }

  /// Reports labels that are neither 0 nor 1, and notes those that no training row has, or all have.
  private static func checkLabels(
    _ table: Table, columns: [Int], rows: [Int], _ findings: inout Findings, _ notes: inout [String]
  ) {
    for column in columns {
      let ones = rows.reduce(0) { $0 + (findings.label(table, $1, column) == 1 ? 1 : 0) }
      if ones == 0 || ones == rows.count {
        notes.append("\(ones == 0 ? "no" : "every") training row has the label \(quoted(table.header[column])): it cannot be learned")
      }
    }
  }

  /// Mean and deviation of `numbers`; a deviation of 1 where they are all the same.
  static func standard(_ numbers: [Double]) -> (mean: Double, deviation: Double) {
    // Rounding in the mean would give a constant column a tiny deviation, and its features the size of noise.
    guard let least = numbers.min(), let greatest = numbers.max(), least < greatest else { return ((numbers.first ?? 0) + 0, 1) }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
    let deviation = variance.squareRoot()
    return (mean + 0, deviation > 0 ? deviation : 1)
  }

  private static func classes(_ table: Table, column: Int, rows: [Int], _ findings: inout Findings) -> [String] {
    var found = ByteIndex()
    for row in rows {
      table.withField(row: row, column: column) { field in
        if Table.isBlank(field) {
          findings.addBlankLabel(table, row, column)
        } else {
          _ = found.insert(field)
        }
      }
    }
    let name = quoted(table.header[column])
    if found.count == 1 {
      findings.add(
        .unusableLabels, at: table.headerPlace(column: column),
        "every training row has the label \(quoted(found[0])) in \(name). Two classes are the least that can be told apart.")
    } else if found.count == rows.count, rows.count >= fewRows {
      findings.add(
        .unusableLabels, at: table.headerPlace(column: column),
        "every one of the \(rows.count) training rows has its own label in \(name). Set data.label to a column with classes.")
    }
    return sortedClasses(found.strings)
  }

  /// By value if all are whole numbers, else by bytes.
  static func sortedClasses(_ labels: [String]) -> [String] {
    let numbers = labels.compactMap { label in
      label.utf8.first == UInt8(ascii: "+") ? nil : Int(label)
    }
    guard numbers.count == labels.count else { return labels.sorted(by: bytesBefore) }
    return zip(numbers, labels).sorted { $0.0 == $1.0 ? bytesBefore($0.1, $1.1) : $0.0 < $1.0 }.map(\.1)
  }
}

/// What one column's training rows say.
private struct ColumnFit {
  let table: Table
  let column: Int
  let rows: [Int]
  private var numbers: [Double] = []
  private var blankRows: [Int] = []
  private var firstText: Int?
  private var texts = 0

  init(table: Table, column: Int, rows: [Int]) {
    (self.table, self.column, self.rows) = (table, column, rows)
  }

  private var name: String { table.header[column] }

  mutating func transform(
    declared: ColumnKind?, _ normalization: Normalization, _ findings: inout Findings, _ notes: inout [String]
  ) -> Preprocessor.Transform? {
    if declared != .categorical { readNumbers(declared, &findings) }
    let isNumeric = declared == .numeric || (declared == nil && texts == 0)
    if !isNumeric { return categories(isDeclared: declared != nil, &findings, &notes) }
    for row in blankRows { findings.addBlank(table, row, column) }
    guard texts == 0, blankRows.isEmpty else { return nil }
    let (mean, deviation) = normalization == .none ? (0, 1) : Preprocessor.standard(numbers)
    return .numeric(mean: mean, deviation: deviation)
  }

  private mutating func readNumbers(_ declared: ColumnKind?, _ findings: inout Findings) {
    numbers.reserveCapacity(rows.count)
    for row in rows {
      if let number = table.number(row: row, column: column) {
        numbers.append(number)
      } else if table.isBlank(row: row, column: column) {
        blankRows.append(row)
      } else {
        if declared == .numeric { findings.addBadNumber(table, row, column) }
        texts += 1
        if firstText == nil { firstText = row }
      }
    }
  }

  private func categories(
    isDeclared: Bool, _ findings: inout Findings, _ notes: inout [String]
  ) -> Preprocessor.Transform? {
    var found = ByteIndex()
    var blanks = 0
    for row in rows {
      table.withField(row: row, column: column) { field in
        if Table.isBlank(field) {
          blanks += 1
          findings.addBlank(table, row, column)
        } else {
          _ = found.insert(field)
        }
      }
      if !isDeclared, found.count > Preprocessor.categoryLimit { break }
    }
    let remedy = "Set data.columns[\(quoted(name))] to \"ignore\" or, if it is meant, \"categorical\"."
    if !isDeclared, found.count > Preprocessor.categoryLimit {
      findings.add(
        .tooManyCategories, at: table.headerPlace(column: column),
        "\(quoted(name)) has more than \(Preprocessor.categoryLimit) different values that are no numbers. \(remedy)")
      return nil
    }
    if !isDeclared, found.count == rows.count, rows.count >= Preprocessor.fewRows {
      findings.add(
        .tooManyCategories, at: table.headerPlace(column: column),
        "\(quoted(name)) has another value in each of the \(rows.count) training rows. \(remedy)")
      return nil
    }
    if !isDeclared, numbers.count > texts, let row = firstText {
      notes.append(
        "\(table.place(row: row, column: column)): \(quoted(name)) is taken as categorical, because "
          + "\(quoted(table.text(row: row, column: column))) is not a number; \(numbers.count) of \(rows.count) training rows have one")
    }
    return blanks == 0 ? .categorical(found.strings.sorted(by: bytesBefore)) : nil
  }
}

extension Findings {
  /// Reports a feature without a value.
  mutating func addBlank(_ table: Table, _ row: Int, _ column: Int) {
    let name = quoted(table.header[column])
    add(
      .emptyValue, at: table.place(row: row, column: column),
      "\(name) has no value here. Fill it in, remove the row, or set data.columns[\(name)] to \"ignore\".")
  }

  /// Reports a row without a label.
  mutating func addBlankLabel(_ table: Table, _ row: Int, _ column: Int) {
    add(
      .emptyValue, at: table.place(row: row, column: column),
      "\(quoted(table.header[column])) is the label and has no value here. Fill it in, or remove the row.")
  }

  /// The value to predict in a field; reports what is none.
  mutating func value(_ table: Table, _ row: Int, _ column: Int) -> Double? {
    let number = table.number(row: row, column: column)
    if number == nil, table.isBlank(row: row, column: column) {
      addBlankLabel(table, row, column)
    } else if number == nil {
      add(
        .notANumber, at: table.place(row: row, column: column),
        "\(quoted(table.header[column])) is the value to predict, and \(quoted(table.text(row: row, column: column))) is not a number of "
          + "32 bits. Write it like -12.5 or 3e-4, or remove the row.")
    }
    return number
  }

  /// 1 where a row has a label, 0 where not; reports what is neither.
  mutating func label(_ table: Table, _ row: Int, _ column: Int) -> Float? {
    let number = table.number(row: row, column: column)
    if number == nil, table.isBlank(row: row, column: column) {
      addBlankLabel(table, row, column)
    } else if number != 0, number != 1 {
      add(
        .notALabel, at: table.place(row: row, column: column),
        "\(quoted(table.header[column])) is a label, and \(quoted(table.text(row: row, column: column))) is neither 1 nor 0. "
          + "Write 1 where a row has the label and 0 where it has not.")
    } else {
      return number == 1 ? 1 : 0
    }
    return nil
  }

  /// Reports a value of a numeric column that is no number.
  mutating func addBadNumber(_ table: Table, _ row: Int, _ column: Int) {
    let name = quoted(table.header[column])
    let text = table.text(row: row, column: column)
    if NumberGrammar.double(text) != nil {
      add(
        .notANumber, at: table.place(row: row, column: column),
        "\(name) is numeric, and \(quoted(text)) is beyond what 32 bits hold, about 3.4e38. Correct the value, or change the unit.")
    } else {
      add(
        .notANumber, at: table.place(row: row, column: column),
        "\(name) is numeric, and \(quoted(text)) is not a number. "
          + "Write it like -12.5 or 3e-4, or set data.columns[\(name)] to \"categorical\" or \"ignore\".")
    }
  }
}
