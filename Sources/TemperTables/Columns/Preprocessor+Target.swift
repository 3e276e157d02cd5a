import TemperCore
import TemperData
import TemperFiles
import TemperJSON

extension Preprocessor {
  /// Fits the target on the training rows.
  static func target(
    _ table: Table, _ roles: ColumnRoles, rows: [Int], _ rules: TargetRules, _ missing: MissingValues,
    _ findings: inout Findings, _ notes: inout [String]
  ) -> Target {
    switch roles.target {
    case .classes(let label): return .classes(label: label, names: classes(table, column: roles.targets[0], rows: rows, missing, &findings))
    case .value: return value(table, column: roles.targets[0], rows: rows, rules, &findings)
    case .multilabel(let labels):
      checkLabels(table, columns: roles.targets, rows: rows, &findings, &notes)
      return .multilabel(labels)
    }
  }

  private static func value(
    _ table: Table, column: Int, rows: [Int], _ rules: TargetRules, _ findings: inout Findings
  ) -> Target {
    let name = table.header[column]
    if let text = mostlyText(table, column: column, rows: rows) {
      findings.add(
        .notANumber, at: table.place(row: text.first, column: column),
        "\(quoted(name)) is the regression target, but \(text.count) of \(counted(rows.count, "training row")) have text in it, the first "
          + "\(quoted(table.text(row: text.first, column: column))). If these are classes, set \"task\" to \"classification\"; otherwise "
          + "set data.label to a numeric column.\(table.styleRemedy(for: table.text(row: text.first, column: column)))")
      return .value(label: name, mean: 0, deviation: 1)
    }
    let values = rows.compactMap { findings.value(table, $0, column) }
    if values.count == rows.count, let first = values.first, values.allSatisfy({ $0 == first }) {
      findings.add(
        .unusableLabels, at: table.headerPlace(column: column),
        "every training row has the value \(first) in \(quoted(name)). Regression needs at least two different values.")
    }
    let scale = Scale(rules.normalize, of: values)
    let bounds = rules.clamps ? values.min().flatMap { least in values.max().map { least...$0 } } : nil
    return .value(label: name, mean: scale.center, deviation: scale.unit, bounds: bounds)
  }

  /// The first of `rows` with text in `column`, and their number; nil unless they outnumber the rows with numbers: a stray text is an
  /// error of its own, whereas a text column suggests that the wrong column was named.
  private static func mostlyText(_ table: Table, column: Int, rows: [Int]) -> (first: Int, count: Int)? {
    var (texts, numbers, first) = (0, 0, 0)
    for row in rows {
      if table.isBlank(row: row, column: column) { continue }
      let isNumber =
        table.number(row: row, column: column) != nil
        || table.withField(row: row, column: column) { table.numberStyle.double($0) } != nil
      if isNumber {
        numbers += 1
      } else {
        if texts == 0 { first = row }
        texts += 1
      }
    }
    return texts > numbers ? (first, texts) : nil
  }

  /// Reports labels that are neither 0 nor 1, and notes those that no training row has, or all have.
  private static func checkLabels(
    _ table: Table, columns: [Int], rows: [Int], _ findings: inout Findings, _ notes: inout [String]
  ) {
    for column in columns {
      let ones = rows.reduce(0) { $0 + (findings.label(table, $1, column) == 1 ? 1 : 0) }
      if ones == 0 || ones == rows.count {
        notes.append("\(ones == 0 ? "no" : "every") training row has the label \(quoted(table.header[column])), which cannot be learned")
      }
    }
  }

  private static func classes(_ table: Table, column: Int, rows: [Int], _ missing: MissingValues, _ findings: inout Findings) -> [String] {
    var found = ValueIndex()
    for row in rows {
      table.withField(row: row, column: column) { field in
        if missing.contains(field) {
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
        "every training row has the label \(quoted(found.names[0])) in \(name). Classification needs at least two classes.")
    } else if found.count == rows.count, rows.count >= ColumnProfile.fewRows {
      let areNumbers = found.names.allSatisfy { table.numberStyle.double($0) != nil }
      findings.add(
        .unusableLabels, at: table.headerPlace(column: column),
        "each of the \(rows.count) training rows has a different label in \(name). Set data.label to a column with classes"
          + (areNumbers ? ", or \"task\" to \"regression\" to predict the number." : "."))
    }
    return sortedClasses(found.names)
  }

  /// Sorted by value if all are numbers, else by bytes.
  package static func sortedClasses(_ labels: [String]) -> [String] {
    let numbers = labels.compactMap { NumberGrammar.double($0) }
    guard numbers.count == labels.count else { return labels.sorted(by: bytesBefore) }
    return zip(numbers, labels).sorted { $0.0 == $1.0 ? bytesBefore($0.1, $1.1) : $0.0 < $1.0 }.map(\.1)
  }
}

extension Findings {
  /// Reports a row without a label.
  mutating func addBlankLabel(_ table: Table, _ row: Int, _ column: Int) {
    add(
      .emptyValue, at: table.place(row: row, column: column),
      "\(quoted(table.header[column])) is the label, but has no value here. Fill it in, or remove the row.")
  }

  /// The numeric target in a field; reports anything else.
  mutating func value(_ table: Table, _ row: Int, _ column: Int) -> Double? {
    let (isBlank, number) = (table.isBlank(row: row, column: column), table.number(row: row, column: column))
    if isBlank {
      addBlankLabel(table, row, column)
    } else if number == nil {
      add(
        .notANumber, at: table.place(row: row, column: column),
        "\(quoted(table.header[column])) is the regression target, but \(quoted(table.text(row: row, column: column))) is not a "
          + "32-bit number. Write it like -12.5 or 3e-4, or remove the row.\(table.styleRemedy(for: table.text(row: row, column: column)))")
    }
    return number
  }

  /// 1 if a row has a label, 0 if not; reports anything else.
  mutating func label(_ table: Table, _ row: Int, _ column: Int) -> Float? {
    let (isBlank, number) = (table.isBlank(row: row, column: column), table.number(row: row, column: column))
    if isBlank {
      addBlankLabel(table, row, column)
    } else if number != 0, number != 1 {
      add(
        .notALabel, at: table.place(row: row, column: column),
        "\(quoted(table.header[column])) is a label, but \(quoted(table.text(row: row, column: column))) is neither 1 nor 0. "
          + "Write 1 if the row has the label, otherwise 0.")
    } else {
      return number == 1 ? 1 : 0
    }
    return nil
  }
}
