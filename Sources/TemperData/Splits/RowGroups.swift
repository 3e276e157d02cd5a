import TemperCore
import TemperFiles
import TemperJSON

/// Rows that stay together because they have the same value in a column: those of one patient, one document, one day.
package struct RowGroups {
  /// The rows with one value.
  package struct Group {
    package var rows: [Int] = []
    /// The number of its rows of each class that it has; a single class if classes are ignored.
    var counts: [(label: Int, rows: Int)] = []
  }

  /// The groups, in the order of their first rows.
  package let groups: [Group]
  /// The number of rows of each class.
  package let totals: [Int]
  /// The number of rows.
  package let count: Int
  /// The place to report errors at.
  package let place: Place
  /// The name of the column, quoted.
  package let name: String

  /// Groups of the rows in `members`, by the column called `name` in messages; `classes` are the rows of each class, for stratification.
  package init(_ members: [[Int]], classes: [[Int]]?, name: String, place: Place) {
    (self.name, self.place) = (name, place)
    var labels = [Int](repeating: 0, count: 1 + (members.joined().max() ?? -1))
    for (label, rows) in (classes ?? []).enumerated() { for row in rows { labels[row] = label } }
    groups = members.map { rows in
      var group = Group(rows: rows)
      for label in rows.map({ labels[$0] }).sorted() {
        if let last = group.counts.last, last.label == label {
          group.counts[group.counts.count - 1].rows += 1
        } else {
          group.counts.append((label, 1))
        }
      }
      return group
    }
    count = members.reduce(0) { $0 + $1.count }
    totals = classes?.map(\.count) ?? [count]
  }

  /// The rows of the groups with indices `numbers`, ascending.
  package func rows(_ numbers: [Int]) -> [Int] { RowSet(numbers.flatMap { groups[$0].rows }).ascending }

  /// Distributes the groups over `folds` non-empty folds, each as close to an equal fraction of every class as the groups allow.
  ///
  /// The largest groups come first, in random order among equals, and each goes to the fold that lacks most of its classes, as fractions of
  /// all their rows: as scikit-learn's StratifiedGroupKFold with squared deviations of the fractions.
  package func folds(_ folds: Int, random: inout RandomSequence) throws(Diagnostics) -> [[Int]] {
    guard groups.count >= folds else {
      throw Diagnostics(
        .badSplit, at: place,
        "\(name) has \(counted(groups.count, "group")), too few for \(folds) folds: each fold needs at least one. Use fewer folds.")
    }
    var order = Array(groups.indices)
    random.shuffle(&order)
    let places = order.enumerated().sorted { a, b in
      let (left, right) = (groups[a.element].rows.count, groups[b.element].rows.count)
      return left == right ? a.offset < b.offset : left > right
    }
    var counts = Array(repeating: [Int](repeating: 0, count: totals.count), count: folds)
    var sizes = [Int](repeating: 0, count: folds)
    var members = Array(repeating: [Int](), count: folds)
    for number in places.map(\.element) {
      let group = groups[number]
      func lack(_ fold: Int) -> Double {
        group.counts.reduce(0) { sum, part in
          let (total, quota) = (Double(totals[part.label]), Double(totals[part.label]) / Double(folds))
          return sum + Double(part.rows) * (quota - Double(counts[fold][part.label])) / (total * total)
        }
      }
      let lacks = (0..<folds).map(lack)
      // Ties go to the fold with the fewest rows, then to the first, so no fold stays empty.
      let best = (1..<folds).reduce(0) { best, fold in
        lacks[fold] > lacks[best] || (lacks[fold] == lacks[best] && sizes[fold] < sizes[best]) ? fold : best
      }
      for part in group.counts { counts[best][part.label] += part.rows }
      sizes[best] += group.rows.count
      members[best].append(number)
    }
    return members.map(rows)
  }
}

extension RandomSplit {
  /// The number of random splits tried; the closest to the fractions is used.
  private static let attempts = 20

  /// Splits whole groups: parts are as close to their fractions of the rows, and of the rows of each class, as the groups allow, and some
  /// rows of every class remain for training.
  ///
  /// Groups in random order are taken for test while they bring it closer to its fraction, then for validation; of several such splits the
  /// closest is used. No requested part is empty.
  package mutating func deal(_ groups: RowGroups) throws(Diagnostics) -> Split {
    let sizes = try sizes(of: groups.count)
    var best: (distance: Double, test: [Int], validation: [Int], train: [Int])?
    for _ in 0..<Self.attempts {
      var rest = Array(groups.groups.indices)
      random.shuffle(&rest)
      guard let test = Self.take(sizes.test, from: &rest, of: groups, leaving: sizes.validation > 0 ? 2 : 1),
        let validation = Self.take(sizes.validation, from: &rest, of: groups, leaving: 1)
      else { continue }
      let distance = test.distance + validation.distance
      if best.map({ distance < $0.distance }) ?? true { best = (distance, test.groups, validation.groups, rest) }
    }
    guard let best else {
      let parts = 1 + (sizes.test > 0 ? 1 : 0) + (sizes.validation > 0 ? 1 : 0)
      throw Diagnostics(
        .badSplit, at: groups.place,
        groups.groups.count < parts
          ? "\(groups.name) has \(counted(groups.groups.count, "group")), too few for \(parts) splits. Hold out less or use another column."
          : "the groups of \(groups.name) cannot be held out without losing a class for training. Hold out fewer rows, "
            + "set data.split.stratify to false, or split by another column.")
    }
    return Split(train: groups.rows(best.train), validation: groups.rows(best.validation), test: groups.rows(best.test))
  }

  /// Takes groups from `rest` for a part of `size` rows, at least one; nil where none can be spared. The distance is the sum over classes
  /// of the squared deviation from the target fraction of the class.
  private static func take(
    _ size: Int, from rest: inout [Int], of groups: RowGroups, leaving least: Int
  ) -> (groups: [Int], distance: Double)? {
    if size == 0 { return ([], 0) }
    let totals = groups.totals.map(Double.init)
    let quotas = totals.map { $0 * Double(size) / Double(groups.count) }
    var taken = totals.map { _ in 0.0 }
    var left = totals.map { _ in 0 }
    for number in rest { for part in groups.groups[number].counts { left[part.label] += part.rows } }
    func isSpare(_ number: Int) -> Bool { groups.groups[number].counts.allSatisfy { left[$0.label] > $0.rows } }
    func gain(_ number: Int) -> Double {
      groups.groups[number].counts.reduce(0) { sum, part in
        let rows = Double(part.rows)
        return sum + rows * (2 * (quotas[part.label] - taken[part.label]) - rows) / (totals[part.label] * totals[part.label])
      }
    }
    var numbers: [Int] = []
    func take(_ number: Int) {
      for part in groups.groups[number].counts {
        taken[part.label] += Double(part.rows)
        left[part.label] -= part.rows
      }
      numbers.append(number)
    }
    for number in rest where rest.count - numbers.count > least && isSpare(number) && gain(number) > 0 { take(number) }
    if numbers.isEmpty {
      guard rest.count > least, let nearest = rest.filter(isSpare).max(by: { gain($0) < gain($1) }) else { return nil }
      take(nearest)
    }
    let gone = Set(numbers)
    rest.removeAll { gone.contains($0) }
    let distance = taken.indices.reduce(0.0) { sum, label in
      let away = totals[label] > 0 ? (taken[label] - quotas[label]) / totals[label] : 0
      return sum + away * away
    }
    return (numbers, distance)
  }
}
