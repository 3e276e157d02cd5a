import TemperCore
import TemperFiles
import TemperJSON

/// A random split of rows into test, validation and training rows, in this order.
package struct RandomSplit {
  /// The fraction of validation rows; 0 for none.
  package var validation: Double
  /// The fraction of test rows; 0 for none.
  package var test: Double
  package var random: RandomSequence

  /// The place to report errors at.
  package let place: Place

  /// A split with these fractions.
  package init(validation: Double, test: Double, random: RandomSequence, place: Place) {
    (self.validation, self.test, self.random, self.place) = (validation, test, random, place)
  }

  /// Splits `rows` without stratification. A fraction above 0 gives at least one row.
  package mutating func deal(_ rows: [Int]) throws(Diagnostics) -> Split {
    let sizes = try sizes(of: rows.count)
    var shuffled = rows
    random.shuffle(&shuffled)
    return Split(
      train: RowSet(shuffled[(sizes.test + sizes.validation)...]).ascending,
      validation: RowSet(shuffled[sizes.test..<(sizes.test + sizes.validation)]).ascending,
      test: RowSet(shuffled[..<sizes.test]).ascending)
  }

  /// Splits the rows stratified by class: by largest remainders, and with at least one training row of each class.
  ///
  /// - Parameter classes: The name and the rows of each class.
  /// - Returns: The split of all these rows.
  /// - Throws: `E0231` if the fractions cannot be met.
  package mutating func deal(_ classes: [(name: String, rows: [Int])]) throws(Diagnostics) -> Split {
    let counts = classes.map(\.rows.count)
    let sizes = try sizes(of: counts.reduce(0, +))
    let tests = Self.apportion(sizes.test, counts: counts, capacities: counts.map { $0 - 1 })
    let validations = tests.flatMap { tests in
      Self.apportion(sizes.validation, counts: counts, capacities: zip(counts, tests).map { $0 - $1 - 1 })
    }
    guard let tests, let validations else {
      let smallest = classes.min { $0.rows.count < $1.rows.count }
      throw Diagnostics(
        .badSplit, at: place,
        "too few rows of some classes to hold \(sizes.test + sizes.validation) out and keep one of each for training: "
          + "\(quoted(smallest?.name ?? "")) has \(counted(smallest?.rows.count ?? 0, "row")). "
          + "Hold out fewer rows, set data.split.stratify to false, or check that data.label has classes.")
    }
    var split = Split(train: [])
    for (number, item) in classes.enumerated() {
      var rows = item.rows
      random.shuffle(&rows)
      let (test, validation) = (tests[number], validations[number])
      split.test += rows[..<test]
      split.validation += rows[test..<(test + validation)]
      split.train += rows[(test + validation)...]
    }
    return Split(
      train: RowSet(split.train).ascending, validation: RowSet(split.validation).ascending, test: RowSet(split.test).ascending)
  }

  /// The number of test and validation rows out of `count`.
  package func sizes(of count: Int) throws(Diagnostics) -> (test: Int, validation: Int) {
    try Split.sizes(of: count, validation: validation, test: test, place: place)
  }

  /// Distributes `total` rows over classes in proportion to `counts`: whole quotas first, then the largest remainders, never more than
  /// `capacities`. Nil if the capacities do not suffice.
  package static func apportion(_ total: Int, counts: [Int], capacities: [Int]) -> [Int]? {
    guard capacities.reduce(0, +) >= total else { return nil }
    let sum = counts.reduce(0, +)
    var shares = zip(counts, capacities).map { min($0 * total / max(1, sum), $1) }
    // Equal remainders go to the class that comes first.
    let order = counts.indices.sorted { a, b in
      let (left, right) = (counts[a] * total % sum, counts[b] * total % sum)
      return left == right ? a < b : left > right
    }
    var left = total - shares.reduce(0, +)
    while left > 0 {
      for number in order where left > 0 && shares[number] < capacities[number] {
        shares[number] += 1
        left -= 1
      }
    }
    return shares
  }
}
