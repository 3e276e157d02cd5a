import TemperCore

/// A regression tree as the boxes of its leaves, grown until every leaf is pure or has one row (Breiman et al. 1984). Numbers are split by a
/// threshold, halfway between two rows, choices into one and the others.
struct RegressionTree {
  /// What is left of an axis in a leaf.
  enum Side {
    case range(Double, Double)
    case choices([Bool])
  }

  struct Leaf {
    var sides: [Side]
    var value: Double
  }

  private struct Split {
    var axis: Int
    var place: Double
    var gain: Double
  }

  private static let maxDepth = 64
  private let axes: [ForestAxis]
  private(set) var leaves: [Leaf] = []

  /// Grows a tree on `rows`. Of splits that are equally good the first one in a random order of the axes is taken.
  init(_ rows: [[Double]], _ values: [Double], _ axes: [ForestAxis], _ random: inout RandomSequence) {
    self.axes = axes
    let sides = axes.map { axis in axis.choices.map { Side.choices(Array(repeating: true, count: $0)) } ?? .range(axis.low, axis.high) }
    var open = [(sides: sides, indices: Array(rows.indices), depth: 0)]
    while let node = open.popLast() {
      var order = Array(axes.indices)
      random.shuffle(&order)
      guard node.depth < Self.maxDepth, let split = best(node.indices, rows, values, order) else {
        let sum = node.indices.reduce(0) { $0 + values[$1] }
        leaves.append(Leaf(sides: node.sides, value: sum / Double(node.indices.count)))
        continue
      }
      var (left, right) = (node.sides, node.sides)
      switch node.sides[split.axis] {
      case .range(let low, let high):
        left[split.axis] = .range(low, split.place)
        right[split.axis] = .range(split.place, high)
      case .choices(let choices):
        left[split.axis] = .choices(choices.indices.map { choices[$0] && Double($0) == split.place })
        right[split.axis] = .choices(choices.indices.map { choices[$0] && Double($0) != split.place })
      }
      let isChoice = axes[split.axis].choices != nil
      func isLeft(_ index: Int) -> Bool { isChoice ? rows[index][split.axis] == split.place : rows[index][split.axis] <= split.place }
      open.append((left, node.indices.filter(isLeft), node.depth + 1))
      open.append((right, node.indices.filter { !isLeft($0) }, node.depth + 1))
    }
  }

  /// The split with the smallest sum of squares; nil for a pure node or rows that are all the same.
  private func best(_ indices: [Int], _ rows: [[Double]], _ values: [Double], _ order: [Int]) -> Split? {
    guard indices.contains(where: { values[$0] != values[indices[0]] }) else { return nil }
    let count = Double(indices.count)
    let mean = indices.reduce(0) { $0 + values[$1] } / count
    var best: Split?
    /// A split is better the further the sums of the deviations are apart.
    func consider(_ axis: Int, _ place: Double, _ sum: Double, _ leftCount: Double) {
      let gain = sum * sum / leftCount + sum * sum / (count - leftCount)
      if gain > (best?.gain ?? -1) * (1 + 1e-12) { best = Split(axis: axis, place: place, gain: gain) }
    }
    for axis in order {
      if let choices = axes[axis].choices {
        var (sums, counts) = (Array(repeating: 0.0, count: choices), Array(repeating: 0.0, count: choices))
        for index in indices {
          sums[Int(rows[index][axis])] += values[index] - mean
          counts[Int(rows[index][axis])] += 1
        }
        for choice in 0..<choices where counts[choice] > 0 && counts[choice] < count {
          consider(axis, Double(choice), sums[choice], counts[choice])
        }
        continue
      }
      let sorted = indices.map { (rows[$0][axis], values[$0] - mean) }.sorted { $0.0 < $1.0 }
      var sum = 0.0
      for place in 1..<sorted.count {
        sum += sorted[place - 1].1
        if sorted[place].0 > sorted[place - 1].0 { consider(axis, (sorted[place].0 + sorted[place - 1].0) / 2, sum, Double(place)) }
      }
    }
    return best
  }

  /// The share of the axis that a side has.
  private func share(_ side: Side, _ axis: Int) -> Double {
    switch side {
    case .range(let low, let high): (high - low) / (axes[axis].high - axes[axis].low)
    case .choices(let choices): Double(choices.count { $0 }) / Double(choices.count)
    }
  }

  /// The variance of the tree over the space, and of its mean over all other axes along each one; nil if it is constant.
  func variances() -> (total: Double, marginal: [Double])? {
    let shares = leaves.map { leaf in leaf.sides.enumerated().map { share($0.element, $0.offset) } }
    let volumes = shares.map { $0.reduce(1, *) }
    let mean = zip(leaves, volumes).reduce(0) { $0 + $1.0.value * $1.1 }
    let total = zip(leaves, volumes).reduce(0) { $0 + ($1.0.value - mean) * ($1.0.value - mean) * $1.1 }
    guard total > 0 else { return nil }
    let marginal = axes.indices.map { axis in
      // What a leaf adds to the mean wherever it is along this axis.
      let heights = leaves.indices.map { leaf in
        (leaves[leaf].value - mean) * shares[leaf].indices.reduce(1) { $1 == axis ? $0 : $0 * shares[leaf][$1] }
      }
      return axes[axis].choices == nil ? alongRange(axis, heights) : alongChoices(axis, heights)
    }
    return (total, marginal)
  }

  private func alongChoices(_ axis: Int, _ heights: [Double]) -> Double {
    var sums = Array(repeating: 0.0, count: axes[axis].choices ?? 0)
    for (leaf, height) in zip(leaves, heights) {
      guard case .choices(let choices) = leaf.sides[axis] else { continue }
      for choice in choices.indices where choices[choice] { sums[choice] += height }
    }
    return dot(sums, sums) / Double(sums.count)
  }

  private func alongRange(_ axis: Int, _ heights: [Double]) -> Double {
    // The mean changes at the ends of leaves.
    var changes: [(place: Double, height: Double)] = []
    for (leaf, height) in zip(leaves, heights) {
      guard case .range(let low, let high) = leaf.sides[axis] else { continue }
      changes += [(low, height), (high, -height)]
    }
    changes.sort { $0.place < $1.place }
    var (height, sum) = (0.0, 0.0)
    for (change, next) in zip(changes, changes.dropFirst()) {
      height += change.height
      sum += height * height * (next.place - change.place)
    }
    return sum / (axes[axis].high - axes[axis].low)
  }
}
