import TemperCore

/// Which rows make up an epoch, and in which order.
public enum Sampling: Sendable, Equatable {
  /// Every row once, in the order of the data set.
  case inOrder
  /// Every row once, in a different order in each epoch.
  case shuffled
  /// As many draws with replacement as there are rows: a row's probability is proportional to the weight of its class.
  case weighted(classes: [Double])
}

/// The row order of each epoch. That of epoch e depends only on the seed and e.
struct EpochOrder {
  /// The rows of the current epoch, as positions in the data set.
  private(set) var rows: [Int]
  private let random: RandomStreams
  private let sampling: Sampling
  /// For weighted sampling: the rows of each class that can be drawn, and the cumulative sum of the weights of these rows and all before.
  private var members: [(rows: [Int], upTo: Double)] = []

  init(_ targets: RowTargets, _ sampling: Sampling, _ random: RandomStreams) {
    rows = Array(0..<targets.count)
    (self.sampling, self.random) = (sampling, random)
    guard case .weighted(let weights) = sampling else { return }
    var rowsOfClass = Array(repeating: [Int](), count: weights.count)
    for (row, label) in targets.labels.enumerated() { rowsOfClass[Int(label)].append(row) }
    var sum = 0.0
    for (rows, weight) in zip(rowsOfClass, weights) where weight > 0 && !rows.isEmpty {
      sum += weight * Double(rows.count)
      members.append((rows, sum))
    }
    require(!members.isEmpty, "EpochOrder: no class has any weight")
  }

  /// Switches to the order of `epoch`. It is computed from scratch, so it does not depend on earlier epochs.
  mutating func begin(_ epoch: Int) {
    switch sampling {
    case .inOrder: break
    case .shuffled:
      for index in rows.indices { rows[index] = index }
      var sequence = random.sequence("shuffle", epoch)
      sequence.shuffle(&rows)
    case .weighted:
      var sequence = random.sequence("sampling", epoch)
      let total = members[members.count - 1].upTo
      for index in rows.indices {
        let place = sequence.uniform() * total
        let drawn = members.firstIndex { place < $0.upTo } ?? members.count - 1
        rows[index] = members[drawn].rows[sequence.below(members[drawn].rows.count)]
      }
    }
  }
}
