/// Orders points of several losses, all to be made small.
public enum ParetoOrder {
  /// The nondomination rank of each point (Deb et al. 2002): 0 on the Pareto front, 1 on the front of what is left without it, and so on. A point
  /// dominates another if it is as good in every loss and better in one.
  ///
  /// - Parameters:
  ///   - points: The losses of each point.
  ///   - enough: Stops after the rank with which this many points have one; those left have -1. Nil for all.
  /// - Returns: A rank for each point.
  public static func ranks(_ points: [[Double]], enough: Int? = nil) -> [Int] {
    var ranks = Array(repeating: -1, count: points.count)
    var left = Array(points.indices)
    var rank = 0
    while !left.isEmpty, points.count - left.count < enough ?? .max {
      let front = left.filter { point in !left.contains { dominates(points[$0], points[point]) } }
      for point in front { ranks[point] = rank }
      left.removeAll { ranks[$0] == rank }
      rank += 1
    }
    return ranks
  }

  /// The indices of the best `count` points: whole ranks, and of the rank that does not fit whole those that a greedy choice by hypervolume
  /// takes (Guerreiro et al. 2016), with 1.1 times the worst losses as the reference point (0.9 times negative ones), as in Optuna 5.0.
  static func best(_ count: Int, of points: [[Double]]) -> [Int] {
    guard count > 0, !points.isEmpty else { return [] }
    let ranks = ranks(points, enough: count)
    var chosen: [Int] = []
    for rank in 0...(ranks.max() ?? 0) {
      let front = points.indices.filter { ranks[$0] == rank }
      if chosen.count + front.count > count { return chosen + greedy(count - chosen.count, front, points) }
      chosen += front
    }
    return chosen
  }

  static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    var isBetter = false
    for (x, y) in zip(a, b) {
      if x > y { return false }
      if x < y { isBetter = true }
    }
    return isBetter
  }

  private static func greedy(_ count: Int, _ front: [Int], _ points: [[Double]]) -> [Int] {
    guard count > 0 else { return [] }
    let reference = points[front[0]].indices.map { axis in
      let worst = front.map { points[$0][axis] }.max() ?? 0
      let edge = max(1.1 * worst, 0.9 * worst)
      return edge == 0 ? 1e-12 : edge
    }
    guard reference.allSatisfy(\.isFinite) else { return Array(front.prefix(count)) }
    var (chosen, left) = ([Int](), front)
    while chosen.count < count {
      let taken = chosen.map { points[$0] }
      // What a point adds: its own box less what the chosen ones cover of it.
      let gains = left.map { candidate in
        let point = points[candidate]
        let box = zip(reference, point).reduce(1) { $0 * ($1.0 - $1.1) }
        return box - hypervolume(taken.map { zip($0, point).map { max($0, $1) } }, reference)
      }
      let best = gains.indices.max { (gains[$0], $1) < (gains[$1], $0) } ?? 0
      chosen.append(left.remove(at: best))
    }
    return chosen
  }

  /// The volume that is dominated by `points` and not beyond `reference`, by slicing along the last loss.
  public static func hypervolume(_ points: [[Double]], _ reference: [Double]) -> Double {
    let inside = points.filter { zip($0, reference).allSatisfy { $0 < $1 } }
    guard !inside.isEmpty else { return 0 }
    let last = reference.count - 1
    if last == 0 { return reference[0] - (inside.map { $0[0] }.min() ?? reference[0]) }
    let sorted = inside.sorted { $0[last] < $1[last] }
    var volume = 0.0
    for (index, point) in sorted.enumerated() {
      let depth = (index + 1 < sorted.count ? sorted[index + 1][last] : reference[last]) - point[last]
      if depth > 0 { volume += depth * hypervolume(sorted[...index].map { Array($0[..<last]) }, Array(reference[..<last])) }
    }
    return volume
  }
}
