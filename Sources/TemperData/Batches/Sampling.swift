import TemperCore

/// Which rows make an epoch, and in which order.
public enum Sampling: Sendable, Equatable {
  /// Every row once, in the order of the data set.
  case inOrder
  /// Every row once, in another order in each epoch.
  case shuffled
  /// As many rows as there are, drawn with replacement: a row's probability is proportional to the weight of its class.
  case weighted(classes: [Double])
}

/// The rows of one epoch after the other. The order of epoch e is a function of the seed and e alone.
struct EpochOrder {
  /// The rows of the present epoch, by their places in the data set.
  private(set) var rows: [Int]
  private let random: RandomStreams
  private let sampling: Sampling
  /// For weighted sampling: the rows of each class that can be drawn, and the sum of the weights of these rows and all before.
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

  /// Makes the order that of `epoch`. It always starts anew, so it does not depend on how many epochs came before.
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
