import TemperJSON

extension Diagnostic.Code {
  /// A column most of whose values come once, so that they are no categories.
  public static let valuesOnce = Diagnostic.Code("W0202", "most values of a column occur once, and it is left out")
  /// A column that alone tells what is to be predicted.
  public static let givesLabelAway = Diagnostic.Code("W0203", "one column alone predicts the label")
  /// Words among labels that are numbers, which make classes of their own.
  public static let wordsAmongLabels = Diagnostic.Code("W0204", "words among labels that are numbers are classes of their own")
  /// Labels that look like numbers to predict, and are taken for classes.
  public static let numbersAsClasses = Diagnostic.Code("W0205", "labels that look like numbers to predict are taken for classes")
  /// Categories that a single training row has.
  public static let loneCategories = Diagnostic.Code("W0206", "a category occurs once in the training rows")
}

/// What is likely to be wrong with data that can be learned from as they are.
extension Warning {
  /// About `columns` with categories that a single training row has; nil where there are none.
  static func loneCategories(_ columns: [(name: String, lone: [String])]) -> Warning? {
    let columns = columns.filter { !$0.lone.isEmpty }
    guard let first = columns.first else { return nil }
    let parts = columns.prefix(5).map { "\(quoted($0.name)): \(listed($0.lone, limit: 3))" }
    let more = columns.count > 5 ? " and \(columns.count - 5) more columns" : ""
    return Warning(
      .loneCategories,
      "categories that a single training row has: \(parts.joined(separator: "; "))\(more). A model learns that row by heart; to make rare categories "
        + "one, set data.rare to 2, or \"rare\" in data.columns[\(quoted(first.name))].")
  }

  /// About a column that is left out because most of its values come once.
  static func valuesOnce(_ name: String, why: String, isText: Bool) -> Warning {
    Warning(
      .valuesOnce,
      "\(quoted(name)) is left out: \(why). Set data.columns[\(quoted(name))] to "
        + (isText ? "\"text\" to learn from its words, to " : "")
        + "\"categorical\" to tell its values apart all the same, or to \"ignore\".")
  }

  /// What is odd about the labels of `rows`: numbers and words mixed, or numbers that are no classes.
  static func ofLabels(_ table: Table, column: Int, rows: [Int], classes: [String]) -> [Warning] {
    let name = quoted(table.header[column])
    let isNumber = classes.map { table.numberStyle.double($0) != nil }
    let words = zip(classes, isNumber).filter { !$0.1 }.map(\.0)
    if words.isEmpty {
      let numbers = classes.compactMap { table.numberStyle.double($0) }
      let hasFractions = numbers.count > mostNumberClasses && numbers.contains { $0 != $0.rounded() }
      let hasFewRows = numbers.count > 2 * mostNumberClasses && rows.count < 20 * numbers.count
      guard hasFractions || hasFewRows else { return [] }
      return [
        Warning(
          .numbersAsClasses,
          "\(name) holds \(numbers.count) different numbers\(hasFractions ? ", some of them fractions" : ""), and each is taken for a class. To predict the number, set "
            + "\"task\" to \"regression\".")
      ]
    }
    let strays = rows.filter { table.number(row: $0, column: column) == nil }
    guard words.count < classes.count - 1, strays.count * 10 <= rows.count, let first = strays.first else { return [] }
    return [
      Warning(
        .wordsAmongLabels,
        "\(table.place(row: first, column: column)): \(name) holds numbers in \(rows.count - strays.count) training rows and \(listed(words)) in "
          + "\(strays.count), which \(words.count == 1 ? "is a class of its own" : "are classes of their own"). Where that stands for a missing "
          + "label, list it in data.missing_values and set data.unlabelled to \"drop\".")
    ]
  }

  /// As many different numbers may be classes.
  private static let mostNumberClasses = 10
}
