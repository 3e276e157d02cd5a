import Glibc

/// The lower triangular L of a symmetric positive definite matrix L L^T, row-major, in loops along rows.
struct Cholesky {
  /// The number of rows.
  let count: Int
  private let rows: [Double]

  /// Factors a row-major matrix, of which the lower triangle is read; nil if it is not positive definite to rounding.
  init?(_ matrix: [Double], count: Int) {
    self.count = count
    var rows = matrix
    let isPositive = rows.withUnsafeMutableBufferPointer { rows in
      for i in 0..<count {
        for j in 0...i {
          var sum = rows[i * count + j]
          for k in 0..<j { sum -= rows[i * count + k] * rows[j * count + k] }
          if i == j {
            guard sum > 0, sum.isFinite else { return false }
            rows[i * count + i] = sum.squareRoot()
          } else {
            rows[i * count + j] = sum / rows[j * count + j]
          }
        }
      }
      return true
    }
    guard isPositive else { return nil }
    self.rows = rows
  }

  /// The logarithm of the determinant of L.
  var logDeterminant: Double { (0..<count).reduce(0) { $0 + log(rows[$1 * count + $1]) } }

  /// The x with L x = b.
  func solveLower(_ b: [Double]) -> [Double] {
    var x = b
    rows.withUnsafeBufferPointer { rows in
      x.withUnsafeMutableBufferPointer { x in
        for i in 0..<count {
          var sum = x[i]
          for k in 0..<i { sum -= rows[i * count + k] * x[k] }
          x[i] = sum / rows[i * count + i]
        }
      }
    }
    return x
  }

  /// The x with L^T x = b.
  func solveUpper(_ b: [Double]) -> [Double] {
    var x = b
    rows.withUnsafeBufferPointer { rows in
      x.withUnsafeMutableBufferPointer { x in
        for i in (0..<count).reversed() {
          let value = x[i] / rows[i * count + i]
          x[i] = value
          for k in 0..<i { x[k] -= rows[i * count + k] * value }
        }
      }
    }
    return x
  }

  /// The lower triangle of the inverse of L L^T, row-major; what is above it is 0.
  func inverse() -> [Double] {
    var inverse = Array(repeating: 0.0, count: count * count)
    // Row i of the inverse of L.
    var lower = inverse
    rows.withUnsafeBufferPointer { rows in
      lower.withUnsafeMutableBufferPointer { lower in
        inverse.withUnsafeMutableBufferPointer { inverse in
          for i in 0..<count {
            let scale = 1 / rows[i * count + i]
            for k in 0..<i {
              let factor = -rows[i * count + k] * scale
              for j in 0...k { lower[i * count + j] += factor * lower[k * count + j] }
            }
            lower[i * count + i] = scale
            for k in 0...i {
              let factor = lower[i * count + k]
              for j in 0...k { inverse[k * count + j] += factor * lower[i * count + j] }
            }
          }
        }
      }
    }
    return inverse
  }
}
