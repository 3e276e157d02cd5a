import TemperJSON

/// Finds columns that predict the target on their own (target leakage), such as one known only afterwards.
///
/// Each column alone predicts one half of a sample of rows from the other: by the most frequent class, or the mean, among rows with the
/// same category, with the nearest number, or also without a value. So unique names predict nothing.
struct GiveawayCheck {
  private let table: Table
  private let missing: MissingValues
  /// The sample, and which of its rows are held out.
  private let rows: [Int]
  private let isHeld: [Bool]
  private let goal: Goal

  private enum Goal {
    case classes([Int], count: Int)
    case values([Double])
  }

  /// The maximum number of rows used, so that it costs less than loading them, and the minimum for a result.
  private static let (mostRows, fewestRows) = (2048, 50)
  /// The minimum number of rows to average.
  private static let meanRows = 5
  /// The accuracy, and the fraction of variance explained, from which a column is reported.
  private static let (greatShare, greatVariance) = (0.99, 0.999)
  /// The maximum number of classes, and of columns named.
  private static let (mostClasses, mostNames) = (100, 5)

  /// Creates a check for the column `target` of `rows`: classes, or numbers if `isValue`. Nil if there are too few rows.
  init?(_ table: Table, target: Int, isValue: Bool, rows: [Int], _ missing: MissingValues) {
    guard rows.count >= Self.fewestRows else { return nil }
    let count = min(rows.count, Self.mostRows)
    let sample = (0..<count).map { rows[$0 * rows.count / count] }
    (self.table, self.missing, self.rows) = (table, missing, sample)
    // Neither row order nor short periodic patterns may determine the split.
    isHeld = (0..<count).map { (UInt32(truncatingIfNeeded: $0) &* 0x9E37_79B9) >> 31 == 1 }
    if isValue {
      let values = sample.compactMap { table.number(row: $0, column: target) }
      guard values.count == count else { return nil }
      goal = .values(values)
    } else {
      var index = ValueIndex()
      let classes = sample.map { row in table.withField(row: row, column: target) { index.insert($0) } }
      guard 2...Self.mostClasses ~= index.count else { return nil }
      goal = .classes(classes, count: index.count)
    }
  }

  /// A warning about those of `columns` that give away `label`; nil if none does, or if there is only one column.
  func warning(_ columns: [(column: Int, kind: ColumnKind)], label: String) -> Warning? {
    let columns = columns.filter(\.kind.hasFeatures)
    guard columns.count > 1 else { return nil }
    let found = columns.compactMap { column, kind in score(column, kind).map { (name: table.header[column], score: $0) } }
    guard let first = found.first else { return nil }
    let what: String
    let (ending, share) = (found.count == 1 ? "s" : "", Self.percent(first.score))
    switch goal {
    case .classes: what = "predict\(ending) \(quoted(label)) in \(share) of held-out rows"
    case .values: what = "account\(ending) for \(share) of the variance of \(quoted(label))"
    }
    let others = found.count - Self.mostNames
    let names = listed(found.prefix(Self.mostNames).map(\.name)) + (others > 0 ? " and \(others) more" : "")
    let remedy =
      table.isArray ? "remove \(found.count == 1 ? "it" : "them")." : "set data.columns[\(quoted(first.name))] to \"ignore\"."
    return Warning(
      .givesLabelAway,
      "\(names)\(found.count == 1 ? " alone" : ", each alone,") \(what). Is that known at prediction time? If not, \(remedy)")
  }

  private static func percent(_ share: Double) -> String { share == 1 ? "100 %" : "\((share * 10000).rounded(.down) / 100) %" }

  /// The accuracy or the fraction of variance explained by a column; nil if it is not worth a warning.
  private func score(_ column: Int, _ kind: ColumnKind) -> Double? {
    var groups: [Int]
    switch kind {
    case .numeric:
      var numbers = [Double](repeating: 0, count: rows.count)
      rows.withUnsafeBufferPointer { rows in
        numbers.withUnsafeMutableBufferPointer { numbers in
          if let base = numbers.baseAddress { missing.numbers(table, rows: rows, column: column, to: base) }
        }
      }
      if case .values(let values) = goal {
        if let share = lineShare(numbers, values), share >= Self.greatVariance { return share }
        groups = self.groups(numbers, least: Self.meanRows)
      } else {
        groups = self.groups(numbers, least: 1)
      }
    case .categorical, .boolean:
      var index = ValueIndex()
      groups = rows.map { row in
        table.withField(row: row, column: column) { missing.contains($0) ? 0 : 1 + index.insert($0) }
      }
    default:
      groups = rows.map { missing.contains(table, row: $0, column: column) ? 0 : 1 }
    }
    guard let most = groups.max(), most > 0 else { return nil }
    switch goal {
    case .classes(let classes, let count): return classShare(groups, most + 1, classes, count)
    case .values(let values): return meanShare(groups, most + 1, values)
    }
  }

  /// The group of each number, by nearest number, made of at least `least` predicting rows with consecutive numbers; 0 if there is none.
  private func groups(_ numbers: [Double], least: Int) -> [Int] {
    let known = zip(numbers, isHeld).filter { !$0.1 && !$0.0.isNaN }.map(\.0).sorted()
    var starts: [Double] = []
    var size = 0
    for (i, number) in known.enumerated() {
      if i == 0 {
        starts.append(number)
      } else if size >= least, number > known[i - 1] {
        starts.append((number + known[i - 1]) / 2)
        size = 0
      }
      size += 1
    }
    return numbers.map { number in
      if number.isNaN { return 0 }
      var (low, high) = (0, starts.count)
      while low < high {
        let middle = (low + high) / 2
        if starts[middle] <= number { low = middle + 1 } else { high = middle }
      }
      return max(1, low)
    }
  }

  private func classShare(_ groups: [Int], _ groupCount: Int, _ classes: [Int], _ classCount: Int) -> Double? {
    var counts = [Int32](repeating: 0, count: groupCount * classCount)
    var all = [Int](repeating: 0, count: classCount)
    for i in rows.indices where !isHeld[i] {
      counts[groups[i] * classCount + classes[i]] += 1
      all[classes[i]] += 1
    }
    func most<Count: Comparable>(_ counts: some Collection<Count>) -> Int {
      counts.enumerated().max { ($0.element, -$0.offset) < ($1.element, -$1.offset) }?.offset ?? 0
    }
    let usual = most(all)
    let guess = (0..<groupCount).map { group in
      let own = counts[group * classCount..<(group + 1) * classCount]
      return own.allSatisfy { $0 == 0 } ? usual : most(own)
    }
    var (held, misses, usualMisses) = (0, 0, 0)
    for i in rows.indices where isHeld[i] {
      held += 1
      if guess[groups[i]] != classes[i] { misses += 1 }
      if usual != classes[i] { usualMisses += 1 }
    }
    // Well above the accuracy of the most frequent class.
    guard held > 0, usualMisses >= 5, misses * 10 <= usualMisses else { return nil }
    let share = 1 - Double(misses) / Double(held)
    return share >= Self.greatShare ? share : nil
  }

  private func meanShare(_ groups: [Int], _ groupCount: Int, _ values: [Double]) -> Double? {
    var sums = [Double](repeating: 0, count: groupCount)
    var counts = [Double](repeating: 0, count: groupCount)
    for i in rows.indices where !isHeld[i] {
      sums[groups[i]] += values[i]
      counts[groups[i]] += 1
    }
    let mean = sums.reduce(0, +) / max(1, counts.reduce(0, +))
    return variance(values) { counts[groups[$0]] == 0 ? mean : sums[groups[$0]] / counts[groups[$0]] }
      .flatMap { $0 >= Self.greatVariance ? $0 : nil }
  }

  /// The fraction of the variance of `values` explained by a linear regression on `numbers`; nil if some are missing.
  private func lineShare(_ numbers: [Double], _ values: [Double]) -> Double? {
    let known = rows.indices.filter { !isHeld[$0] && !numbers[$0].isNaN }
    guard known.count * 10 >= rows.count * 4 else { return nil }
    let count = Double(known.count)
    let x = known.reduce(0) { $0 + numbers[$1] } / count
    let y = known.reduce(0) { $0 + values[$1] } / count
    let xx = known.reduce(0) { $0 + (numbers[$1] - x) * (numbers[$1] - x) }
    let xy = known.reduce(0) { $0 + (numbers[$1] - x) * (values[$1] - y) }
    guard xx > 0 else { return nil }
    return variance(values) { numbers[$0].isNaN ? y : y + xy / xx * (numbers[$0] - x) }
  }

  /// The fraction of the variance of held-out rows explained by `guess`.
  private func variance(_ values: [Double], _ guess: (Int) -> Double) -> Double? {
    let held = rows.indices.filter { isHeld[$0] }
    guard !held.isEmpty else { return nil }
    let mean = held.reduce(0) { $0 + values[$1] } / Double(held.count)
    let whole = held.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
    let rest = held.reduce(0) { $0 + (values[$1] - guess($1)) * (values[$1] - guess($1)) }
    return whole > 0 ? 1 - rest / whole : nil
  }
}
