/// A Gaussian process conditioned on points: the mean is 0, so values are to be standardized.
struct GaussianProcess {
  let kernel: MaternKernel
  let isChoice: [Bool]
  private(set) var points: [[Double]]
  private(set) var values: [Double]
  private let factor: Cholesky
  /// The inverse of the covariance times the values.
  private let alpha: [Double]

  /// Conditions on `values` at `points`; noise is added until the covariance is positive definite.
  init(_ kernel: MaternKernel, _ points: [[Double]], _ values: [Double], _ isChoice: [Bool]) {
    var kernel = kernel
    let count = points.count
    while true {
      var matrix = Array(repeating: 0.0, count: count * count)
      for i in 0..<count {
        for j in 0..<i { matrix[i * count + j] = kernel.scale * MaternKernel.value(kernel.distance(points[i], points[j], isChoice)).value }
        matrix[i * count + i] = kernel.scale + kernel.noise
      }
      if let factor = Cholesky(matrix, count: count) {
        self.factor = factor
        break
      }
      kernel.noise = max(10 * kernel.noise, 1e-8 * kernel.scale)
    }
    alpha = factor.solveUpper(factor.solveLower(values))
    (self.kernel, self.points, self.values, self.isChoice) = (kernel, points, values, isChoice)
  }

  /// Mean and variance at `point`.
  func posterior(_ point: [Double]) -> (mean: Double, variance: Double) {
    let covariances = points.map { kernel.scale * MaternKernel.value(kernel.distance(point, $0, isChoice)).value }
    let half = factor.solveLower(covariances)
    return (dot(covariances, alpha), max(kernel.scale - dot(half, half), 1e-12))
  }

  /// Mean and variance at `point` with their derivatives by its coordinates; those of choices are 0.
  func posteriorGradient(_ point: [Double]) -> (mean: Double, variance: Double, meanSlope: [Double], varianceSlope: [Double]) {
    var (covariances, slopes) = ([Double](), [Double]())
    for other in points {
      let (value, slope) = MaternKernel.value(kernel.distance(point, other, isChoice))
      covariances.append(kernel.scale * value)
      slopes.append(kernel.scale * slope)
    }
    let half = factor.solveLower(covariances)
    let solved = factor.solveUpper(half)
    var meanSlope = Array(repeating: 0.0, count: point.count)
    var varianceSlope = meanSlope
    for (index, other) in points.enumerated() {
      for axis in point.indices where !isChoice[axis] {
        let derivative = slopes[index] * 2 * kernel.weights[axis] * (point[axis] - other[axis])
        meanSlope[axis] += derivative * alpha[index]
        varianceSlope[axis] -= 2 * derivative * solved[index]
      }
    }
    return (dot(covariances, alpha), max(kernel.scale - dot(half, half), 1e-12), meanSlope, varianceSlope)
  }

  /// Conditioned on further points as if their values were the present means: keeps the search away from running trials (Ginsbourger et al.
  /// 2010, "kriging believer").
  func believing(_ further: [[Double]]) -> GaussianProcess {
    if further.isEmpty { return self }
    return GaussianProcess(kernel, points + further, values + further.map { posterior($0).mean }, isChoice)
  }
}
