/// Minimises a smooth function over a box: L-BFGS (Liu and Nocedal 1989) over the coordinates that are not held at an end by the gradient, with
/// projection and a backtracking line search.
struct BoxLBFGS {
  /// The ends of each coordinate.
  let low: [Double], high: [Double]
  /// The largest number of steps.
  var steps = 50
  /// It ends when a step gains less than this.
  var tolerance = 1e-7
  private let memory = 8

  init(low: [Double], high: [Double], steps: Int = 50, tolerance: Double = 1e-7) {
    (self.low, self.high, self.steps, self.tolerance) = (low, high, steps, tolerance)
  }

  /// The best point found from `start`, and its value. `function` returns value and gradient.
  func minimize(_ start: [Double], _ function: ([Double]) -> (Double, [Double])) -> (point: [Double], value: Double) {
    var point = projected(start)
    var (value, gradient) = function(point)
    guard value.isFinite else { return (point, value) }
    var pairs: [(step: [Double], change: [Double], product: Double)] = []
    for _ in 0..<steps {
      let free = point.indices.map { !(point[$0] <= low[$0] && gradient[$0] > 0) && !(point[$0] >= high[$0] && gradient[$0] < 0) }
      let slope = gradient.indices.map { free[$0] ? gradient[$0] : 0 }
      guard slope.contains(where: { $0 != 0 }) else { break }
      var direction = Self.direction(slope, pairs).enumerated().map { free[$0.offset] ? -$0.element : 0 }
      if dot(direction, slope) >= 0 {
        direction = slope.map { -$0 }
        pairs = []
      }
      // Without curvature known, a step of at most a tenth of the box.
      var length = 1.0
      if pairs.isEmpty {
        let longest = direction.indices.map { abs(direction[$0]) / max(high[$0] - low[$0], 1e-300) }.max() ?? 1
        length = min(1, 0.1 / max(longest, 1e-300))
      }
      var next = point
      var (nextValue, nextGradient) = (Double.infinity, gradient)
      for _ in 0..<20 {
        next = projected(point.indices.map { point[$0] + length * direction[$0] })
        (nextValue, nextGradient) = function(next)
        let gain = point.indices.reduce(0) { $0 + slope[$1] * (next[$1] - point[$1]) }
        if nextValue.isFinite, nextValue <= value + 1e-4 * gain { break }
        nextValue = .infinity
        length *= 0.4
      }
      guard nextValue < value else { break }
      let step = point.indices.map { next[$0] - point[$0] }
      let change = point.indices.map { nextGradient[$0] - gradient[$0] }
      let product = dot(step, change)
      if product > 1e-12 * dot(change, change) {
        pairs.append((step, change, product))
        if pairs.count > memory { pairs.removeFirst() }
      }
      let gained = value - nextValue
      (point, value, gradient) = (next, nextValue, nextGradient)
      if gained < tolerance { break }
    }
    return (point, value)
  }

  private func projected(_ point: [Double]) -> [Double] { point.indices.map { min(max(point[$0], low[$0]), high[$0]) } }

  /// The two loops: the gradient times an approximation of the inverse Hessian.
  private static func direction(_ gradient: [Double], _ pairs: [(step: [Double], change: [Double], product: Double)]) -> [Double] {
    guard let last = pairs.last else { return gradient }
    var direction = gradient
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let weight = dot(pair.step, direction) / pair.product
      for index in direction.indices { direction[index] -= weight * pair.change[index] }
      weights.append(weight)
    }
    let scale = last.product / dot(last.change, last.change)
    for index in direction.indices { direction[index] *= scale }
    for (pair, weight) in zip(pairs, weights.reversed()) {
      let correction = weight - dot(pair.change, direction) / pair.product
      for index in direction.indices { direction[index] += correction * pair.step[index] }
    }
    return direction
  }
}
