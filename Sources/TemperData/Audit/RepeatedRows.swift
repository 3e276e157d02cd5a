/// Rows that repeat others, within a split and across splits, by the keys of their features and their labels.
public struct RepeatedRows: Sendable {
  /// The keys of the rows of a split, in order.
  public struct Keys: Sendable {
    /// The key of each row's features.
    public let features: [RowKey]
    /// The key of each row's label.
    public let labels: [RowKey]

    /// The keys of rows, one for features and one for the label of each.
    public init(features: [RowKey], labels: [RowKey]) { (self.features, self.labels) = (features, labels) }
  }

  /// A row of a split.
  public struct Row: Sendable, Equatable {
    /// The split.
    public let split: DataSplit
    /// Its index in the split.
    public let index: Int

    /// Row `index` of `split`.
    public init(split: DataSplit, index: Int) { (self.split, self.index) = (split, index) }
  }

  /// Two rows with the same features, the earlier or the training row first.
  public struct Pair: Sendable, Equatable {
    /// The row that is repeated.
    public let first: Row
    /// The row that repeats it.
    public let second: Row
  }

  /// Some of the pairs that were found, and the number of rows that repeat another.
  public struct Pairs: Sendable, Equatable {
    /// The first few, in row order.
    public private(set) var shown: [Pair] = []
    /// The number of rows that repeat another.
    public private(set) var count = 0

    mutating func add(_ first: Row, _ second: Row) {
      count += 1
      if shown.count < RepeatedRows.shownPairs { shown.append(Pair(first: first, second: second)) }
    }
  }

  /// The number of pairs that are kept.
  public static let shownPairs = 10

  /// Rows with the features and the label of an earlier row of their split, by split.
  public private(set) var duplicates: [DataSplit: Pairs] = [:]
  /// Held-out rows with the features of a training row, by split.
  public private(set) var heldOutInTraining: [DataSplit: Pairs] = [:]
  /// Those of them with its label too, by split.
  public private(set) var copiesOfTraining: [DataSplit: Pairs] = [:]
  /// Test rows with the features of a validation row.
  public private(set) var testInValidation = Pairs()
  /// Rows with the features of an earlier row of any split, but another label.
  public private(set) var conflicts = Pairs()
  /// The number of training rows with different features.
  public private(set) var distinctTraining = 0

  /// Compares the rows of `splits`.
  public init(_ splits: [DataSplit: Keys]) {
    // The first row with these features in each split, and the first of all.
    var seen: [DataSplit: [RowKey: Int]] = [:]
    var anywhere: [RowKey: (row: Row, label: RowKey)] = [:]
    var labelledTraining: [RowKey: Int] = [:]
    for split in DataSplit.allCases {
      guard let keys = splits[split] else { continue }
      var own: [RowKey: Int] = [:]
      var labelled: [RowKey: Int] = [:]
      for (index, (key, label)) in zip(keys.features, keys.labels).enumerated() {
        let row = Row(split: split, index: index)
        if let first = labelled.updateIfNew(index, forKey: key.joined(with: label)) {
          duplicates[split, default: Pairs()].add(Row(split: split, index: first), row)
        }
        _ = own.updateIfNew(index, forKey: key)
        if split != .train, let first = seen[.train]?[key] {
          heldOutInTraining[split, default: Pairs()].add(Row(split: .train, index: first), row)
          if let copied = labelledTraining[key.joined(with: label)] {
            copiesOfTraining[split, default: Pairs()].add(Row(split: .train, index: copied), row)
          }
        }
        if split == .test, let first = seen[.validation]?[key] { testInValidation.add(Row(split: .validation, index: first), row) }
        if let first = anywhere.updateIfNew((row, label), forKey: key), first.label != label { conflicts.add(first.row, row) }
      }
      seen[split] = own
      if split == .train { labelledTraining = labelled }
    }
    distinctTraining = seen[.train]?.count ?? 0
  }

  /// The indices of training rows to keep so that none has the features of a held-out row, or the features and the label of an earlier
  /// training row. `repeated` and `heldOut` are the numbers of others, `contradicting` the number of those whose features a held-out row has
  /// with other labels only.
  package static func kept(
    _ train: Keys, heldOut: [Keys]
  ) -> (rows: [Int], repeated: Int, heldOut: Int, contradicting: Int) {
    let held = Set(heldOut.flatMap(\.features))
    let labelled = Set(heldOut.flatMap { zip($0.features, $0.labels).map { $0.joined(with: $1) } })
    var seen: Set<RowKey> = []
    var result = (rows: [Int](), repeated: 0, heldOut: 0, contradicting: 0)
    for (index, (key, label)) in zip(train.features, train.labels).enumerated() {
      if held.contains(key) {
        result.heldOut += 1
        if !labelled.contains(key.joined(with: label)) { result.contradicting += 1 }
      } else if seen.insert(key.joined(with: label)).inserted {
        result.rows.append(index)
      } else {
        result.repeated += 1
      }
    }
    return result
  }
}

extension Dictionary {
  /// Stores `value` unless there is one for `key`, which is then returned.
  fileprivate mutating func updateIfNew(_ value: Value, forKey key: Key) -> Value? {
    if let earlier = self[key] { return earlier }
    self[key] = value
    return nil
  }
}
