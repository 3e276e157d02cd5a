/// A number as Optuna stores it: `NULL` with a word for what SQLite's floats don't hold.
enum StoredNumber {
  /// The two columns of `value`.
  static func columns(_ value: Double) -> [SQLValue] {
    if value.isNaN { return [.null, .text("NAN")] }
    if value.isInfinite { return [.null, .text(value > 0 ? "INF_POS" : "INF_NEG")] }
    return [.real(value), .text("FINITE")]
  }

  /// The number of the columns `column` and `column + 1`; nil if they contradict each other.
  static func read(_ row: Row, _ column: CInt) -> Double? {
    switch (row.text(column + 1), row.isNull(column)) {
    case ("FINITE", false): row.real(column)
    case ("INF_POS", true): .infinity
    case ("INF_NEG", true): -.infinity
    case ("NAN", true): .nan
    default: nil
    }
  }
}

/// Constraints in the system attributes of a trial. Python's JSON has words for infinite numbers that JSON lacks.
enum StoredConstraints {
  /// The attribute that Optuna reads as a list.
  static let name = "constraints"

  /// The attribute's text. NaN, which Optuna does not take, becomes an infinite violation.
  static func text(_ constraints: [Double]) -> String {
    let words = constraints.map { value in
      if value.isFinite { return value.description }
      return value == -.infinity ? "-Infinity" : "Infinity"
    }
    return "[\(words.joined(separator: ", "))]"
  }

  /// The constraints among system attributes: those of a list, then those with a name of their own (`constraints:NAME`, since Optuna 5) in the
  /// order of names.
  static func read(_ attributes: [String: String]) -> [Double] {
    var found = attributes[name].map { $0.split { "[], ".contains($0) }.compactMap { Double($0) } } ?? []
    for key in attributes.keys.filter({ $0.hasPrefix(name + ":") }).sorted() {
      if let value = attributes[key].flatMap(Double.init) { found.append(value) }
    }
    return found
  }
}
