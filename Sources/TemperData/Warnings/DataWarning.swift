import TemperJSON

/// What is likely to be wrong with data that can be learned from as they are.
public struct DataWarning: Sendable, Equatable {
  /// The kind of warning.
  public enum Kind: String, Sendable, CaseIterable {
    /// Most values of a column come once, so they are no categories.
    case valuesOnce = "W0110"
    /// One column alone tells what is to be predicted.
    case givesLabelAway = "W0111"
    /// Words among labels that are numbers make classes of their own.
    case wordsAmongLabels = "W0112"
    /// Labels that look like numbers to predict are taken for classes.
    case numbersAsClasses = "W0113"
  }

  /// The kind, whose raw value is a code that does not change.
  public let kind: Kind
  /// What is the matter and what to do about it.
  public let message: String

  init(_ kind: Kind, _ message: String) {
    (self.kind, self.message) = (kind, message)
  }

  /// The code.
  public var code: String { kind.rawValue }
  /// The message with its code.
  public var text: String { "\(message) (\(code))" }
}

extension DataWarning {
  /// About a column that is left out because most of its values come once.
  static func valuesOnce(_ name: String, why: String, isText: Bool) -> DataWarning {
    DataWarning(
      .valuesOnce,
      "\(quoted(name)) is left out: \(why). Set data.columns[\(quoted(name))] to "
        + (isText ? "\"text\" to learn from its words, to " : "")
        + "\"categorical\" to tell its values apart all the same, or to \"ignore\".")
  }

  /// What is odd about the labels of `rows`: numbers and words mixed, or numbers that are no classes.
  static func ofLabels(_ table: Table, column: Int, rows: [Int], classes: [String]) -> [DataWarning] {
    let name = quoted(table.header[column])
    let isNumber = classes.map { table.numberStyle.double($0) != nil }
    let words = zip(classes, isNumber).filter { !$0.1 }.map(\.0)
    if words.isEmpty {
      let numbers = classes.compactMap { table.numberStyle.double($0) }
      guard numbers.count > mostNumberClasses, numbers.contains(where: { $0 != $0.rounded() }) else { return [] }
      return [
        DataWarning(
          .numbersAsClasses,
          "\(name) holds \(numbers.count) different numbers, some of them fractions, and each is taken for a class. To predict the number, set "
            + "\"task\" to \"regression\".")
      ]
    }
    let strays = rows.filter { table.number(row: $0, column: column) == nil }
    guard words.count < classes.count - 1, strays.count * 10 <= rows.count, let first = strays.first else { return [] }
    return [
      DataWarning(
        .wordsAmongLabels,
        "\(table.place(row: first, column: column)): \(name) holds numbers in \(rows.count - strays.count) training rows and \(listed(words)) in "
          + "\(strays.count), which \(words.count == 1 ? "is a class of its own" : "are classes of their own"). Where that stands for a missing "
          + "label, list it in data.missing_values and set data.unlabelled to \"drop\".")
    ]
  }

  /// As many different numbers may be classes.
  private static let mostNumberClasses = 10
}
