import Glibc

/// Fits a ``MaternKernel`` by the maximum of its posterior probability: the marginal likelihood (Rasmussen and Williams 2006, 5.4) times a prior.
///
/// The prior is that of Optuna 5.0's `GPSampler`: exp(-0.1 / w - 0.1 w) for each weight, Gamma(2, 1) for the scale, Gamma(1.1, 30) for the noise,
/// which is at least 1e-6.
struct KernelFit {
  /// The largest number of points on which both starts are tried: an evaluation takes the cube of their number.
  private static let few = 64

  private let count: Int
  private let points: [[Double]]
  private let values: [Double]
  private let isChoice: [Bool]
  /// For each parameter the squared distance of each pair i > j.
  private let distances: [[Double]]

  init(_ points: [[Double]], _ values: [Double], _ isChoice: [Bool]) {
    (count, self.points, self.values, self.isChoice) = (points.count, points, values, isChoice)
    distances = isChoice.indices.map { axis in
      var column: [Double] = []
      for i in points.indices {
        for j in 0..<i {
          let difference = points[i][axis] - points[j][axis]
          column.append(isChoice[axis] ? (difference == 0 ? 0 : 1) : difference * difference)
        }
      }
      return column
    }
  }

  /// The best kernel found from two starts, wide and narrow.
  func kernel() -> MaternKernel {
    let (point, parameters) = (best(), distances.count)
    return MaternKernel(weights: point[..<parameters].map { exp($0) }, scale: exp(point[parameters]), noise: exp(point[parameters + 1]))
  }

  /// The logarithms of weights, scale and noise. Of many points a part shows which start leads to the best, and all of them the place.
  private func best() -> [Double] {
    let parameters = distances.count
    // A thousandth of a logarithm of a probability tells no kernel from another.
    let search = BoxLBFGS(
      low: Array(repeating: log(1e-4), count: parameters) + [log(1e-3), log(1e-6)],
      high: Array(repeating: log(1e4), count: parameters) + [log(1e3), log(10)], steps: 40, tolerance: 1e-3)
    if count > Self.few {
      let part = Array(stride(from: 0, to: count, by: (count + Self.few - 1) / Self.few))
      return search.minimize(KernelFit(part.map { points[$0] }, part.map { values[$0] }, isChoice).best(), loss).point
    }
    var best: (point: [Double], value: Double)?
    for weight in [1.0, 10] {
      let found = search.minimize(Array(repeating: log(weight), count: parameters) + [0, log(1e-3)], loss)
      if best == nil || found.value < best?.value ?? .infinity { best = found }
    }
    return best?.point ?? []
  }

  /// The negative logarithm of the posterior probability, up to a constant, and its gradient by the logarithms of weights, scale and noise.
  func loss(_ logs: [Double]) -> (Double, [Double]) {
    let parameters = distances.count
    let numbers = logs.map { exp($0) }
    let (scale, noise) = (numbers[parameters], numbers[parameters + 1])
    var squares = Array(repeating: 0.0, count: count * (count - 1) / 2)
    for (axis, column) in distances.enumerated() {
      let weight = numbers[axis]
      for pair in squares.indices { squares[pair] += weight * column[pair] }
    }
    var matrix = Array(repeating: 0.0, count: count * count)
    var slopes = squares
    var pair = 0
    for i in 0..<count {
      for j in 0..<i {
        let (value, slope) = MaternKernel.value(squares[pair])
        matrix[i * count + j] = scale * value
        slopes[pair] = scale * slope
        pair += 1
      }
      matrix[i * count + i] = scale + noise
    }
    guard let factor = Cholesky(matrix, count: count) else { return (.infinity, logs) }
    let alpha = factor.solveUpper(factor.solveLower(values))
    var value = 0.5 * dot(alpha, values) + factor.logDeterminant
    // What a change of the covariance of a pair changes, twice for its two places; then that of the diagonal.
    let inverse = factor.inverse()
    var (diagonal, scaled) = (0.0, 0.0)
    pair = 0
    for i in 0..<count {
      for j in 0..<i {
        let weight = inverse[i * count + j] - alpha[i] * alpha[j]
        scaled += weight * matrix[i * count + j]
        slopes[pair] *= weight
        pair += 1
      }
      diagonal += 0.5 * (inverse[i * count + i] - alpha[i] * alpha[i])
    }
    var gradient = distances.indices.map { numbers[$0] * dot(slopes, distances[$0]) }
    gradient += [scaled + scale * diagonal, noise * diagonal]
    for axis in distances.indices {
      let weight = numbers[axis]
      value += 0.1 / weight + 0.1 * weight
      gradient[axis] += -0.1 / weight + 0.1 * weight
    }
    value += scale - log(scale) + 30 * noise - 0.1 * log(noise)
    gradient[parameters] += scale - 1
    gradient[parameters + 1] += 30 * noise - 0.1
    return (value, gradient)
  }
}
