import TemperJSON

extension Diagnostic.Code {
  /// A column most of whose values are unique, so that it is not categorical.
  public static let valuesOnce = Diagnostic.Code("W0202", "a column is ignored because most of its values occur once")
  /// A column that predicts the label on its own.
  public static let givesLabelAway = Diagnostic.Code("W0203", "one column alone predicts the label")
  /// Words among numeric labels, which become separate classes.
  public static let wordsAmongLabels = Diagnostic.Code("W0204", "words among numeric labels are treated as classes")
  /// Labels that look like numbers to predict, but are treated as classes.
  public static let numbersAsClasses = Diagnostic.Code("W0205", "labels that look like regression targets are treated as classes")
  /// Categories with a single training row.
  public static let loneCategories = Diagnostic.Code("W0206", "a category occurs once in the training rows")
}

/// Likely problems with data that do not prevent training.
extension Warning {
  /// Warns about `columns` with categories that have a single training row; nil if there are none.
  static func loneCategories(_ columns: [(name: String, lone: [String])]) -> Warning? {
    let columns = columns.filter { !$0.lone.isEmpty }
    guard let first = columns.first else { return nil }
    let parts = columns.prefix(5).map { "\(quoted($0.name)): \(listed($0.lone, limit: 3))" }
    let more = columns.count > 5 ? " and \(columns.count - 5) more columns" : ""
    return Warning(
      .loneCategories,
      "categories with a single training row: \(parts.joined(separator: "; "))\(more). A model memorises that row; to merge rare "
        + "categories, set data.rare.min_count to 2, or \"rare\" in data.columns[\(quoted(first.name))].")
  }

  /// Warns about a column that is dropped because most of its values are unique.
  static func valuesOnce(_ name: String, why: String, isText: Bool) -> Warning {
    Warning(
      .valuesOnce,
      "\(quoted(name)) is ignored: \(why). Set data.columns[\(quoted(name))] to "
        + (isText ? "\"text\" to learn from its words, to " : "")
        + "\"categorical\" to make each value a category anyway, or to \"ignore\".")
  }

  /// Warnings about the labels of `rows`: a mix of numbers and words, or numbers that are unlikely to be classes.
  static func ofLabels(_ table: Table, column: Int, rows: [Int], classes: [String]) -> [Warning] {
    let name = quoted(table.header[column])
    let words = classes.filter { table.numberStyle.double($0) == nil }
    if words.isEmpty {
      guard let numbers = NumericClasses(classes, rows: rows.count, table.numberStyle), numbers.areUnlikely else { return [] }
      return [
        Warning(
          .numbersAsClasses,
          "\(name) has \(numbers.text), and each is treated as a class. \(NumericClasses.remedy)")
      ]
    }
    let strays = rows.filter { table.number(row: $0, column: column) == nil }
    guard words.count < classes.count - 1, strays.count * 10 <= rows.count, let first = strays.first else { return [] }
    return [
      Warning(
        .wordsAmongLabels,
        "\(table.place(row: first, column: column)): \(name) has numbers in \(rows.count - strays.count) training rows and "
          + "\(listed(words)) in \(strays.count), which \(words.count == 1 ? "is a separate class" : "are separate classes"). If "
          + "that means a missing label, list it in data.missing_values and set data.unlabelled to \"drop\".")
    ]
  }
}
