/// Looks for the point with the largest acquisition: many candidates, and from the best of them by turns L-BFGS over the floats and steps along
/// each of the other parameters.
struct AcquisitionSearch {
  let distributions: [Distribution]
  let acquisition: Acquisition
  /// The number of candidates from which it climbs.
  private let starts = 6
  private let rounds = 4

  /// The coordinate of a stored value for a process: its place in the unit interval, of a choice its index.
  static func coordinate(_ value: Double, _ distribution: Distribution) -> Double {
    if case .categorical = distribution { value } else { distribution.unit(of: value) }
  }

  /// The stored values of the best point found from `candidates` and `further` starts, both stored values.
  func best(_ candidates: [[Double]], from further: [[Double]]) -> [Double] {
    let points = candidates.map(coordinates)
    let ranked = points.map(acquisition.value).enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
    let chosen = ranked.prefix(starts).map { candidates[$0.offset] } + further
    var (best, largest) = (chosen[0], -Double.infinity)
    for start in chosen {
      let (values, value) = climb(start)
      if value > largest { (best, largest) = (values, value) }
    }
    return best
  }

  private func coordinates(_ values: [Double]) -> [Double] { zip(values, distributions).map { Self.coordinate($0, $1) } }

  private func climb(_ start: [Double]) -> ([Double], Double) {
    let floats = distributions.indices.filter { distributions[$0].count == nil }
    let others = distributions.indices.filter { (distributions[$0].count ?? 1) > 1 }
    var values = start
    var value = acquisition.value(coordinates(values))
    for _ in 0..<rounds {
      let before = value
      if !floats.isEmpty { (values, value) = climb(floats, values) }
      for axis in others { (values, value) = step(axis, values, value) }
      if others.isEmpty || value - before < 1e-6 { break }
    }
    return (values, value)
  }

  private func climb(_ floats: [Int], _ values: [Double]) -> ([Double], Double) {
    var point = coordinates(values)
    let search = BoxLBFGS(
      low: Array(repeating: 0, count: floats.count), high: Array(repeating: 1, count: floats.count), steps: 40, tolerance: 1e-5)
    let found = search.minimize(floats.map { point[$0] }) { place in
      for (axis, coordinate) in zip(floats, place) { point[axis] = coordinate }
      let (value, slope) = acquisition.gradient(point)
      return (-value, floats.map { -slope[$0] })
    }
    var values = values
    for (axis, coordinate) in zip(floats, found.point) { values[axis] = distributions[axis].value(atUnit: coordinate) }
    return (values, -found.value)
  }

  /// The best value along a parameter with a list of values: all of a short list or of choices, else of neighbours at doubling distances.
  private func step(_ axis: Int, _ values: [Double], _ value: Double) -> ([Double], Double) {
    let distribution = distributions[axis]
    let count = distribution.count ?? 1
    var isAll = count <= 16
    if case .categorical = distribution { isAll = true }
    let own = distribution.nearestIndex(values[axis])
    var indices = isAll ? Array(0..<count) : []
    if !isAll {
      var distance = 1
      while distance < count {
        indices += [own - distance, own + distance]
        distance *= 2
      }
    }
    var (best, largest) = (values, value)
    for index in indices where index != own && index >= 0 && index < count {
      var other = values
      other[axis] = distribution.stepped(index)
      let value = acquisition.value(coordinates(other))
      if value > largest { (best, largest) = (other, value) }
    }
    return (best, largest)
  }
}
