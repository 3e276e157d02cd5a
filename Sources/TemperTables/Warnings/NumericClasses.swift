/// Labels that are treated as classes, although all of them are numbers.
struct NumericClasses {
  /// The number of classes.
  let count: Int
  /// Whether some are not whole numbers.
  let hasFractions: Bool
  /// The number of rows.
  let rows: Int

  /// The maximum number of distinct numbers that may be classes.
  private static let most = 10

  /// The classes `names` of so many rows; nil if one is not a number in this style.
  init?(_ names: [String], rows: Int, _ style: NumberStyle) {
    let numbers = names.compactMap { style.double($0) }
    guard !numbers.isEmpty, numbers.count == names.count else { return nil }
    (count, self.rows, hasFractions) = (numbers.count, rows, numbers.contains { $0 != $0.rounded() })
  }

  /// Whether they are unlikely to be classes: many that are fractions, or very many with few rows each.
  var areUnlikely: Bool { hasFractions && count > Self.most || count > 2 * Self.most && rows < 20 * count }

  /// Whether they may be numbers to predict, where they are of no use as classes: fractions, or nearly as many as rows.
  var mayBeValues: Bool { hasFractions || count > 2 && 2 * count > rows }

  /// How many there are, and of what kind.
  var text: String { "\(count) different numbers\(hasFractions ? ", some of them fractions" : "")" }

  /// What to do if they are not classes.
  static let remedy = "To predict the number, set \"task\" to \"regression\"."
}
