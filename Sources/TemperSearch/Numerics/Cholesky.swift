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
      guard let first = rows.baseAddress else { return true }
      for i in 0..<count {
        for j in 0...i {
          let sum = rows[i * count + j] - dot(first + i * count, first + j * count, j)
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
        guard let row = rows.baseAddress, let start = x.baseAddress else { return }
        for i in 0..<count { x[i] = (x[i] - dot(row + i * count, start, i)) / rows[i * count + i] }
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
    // Row k is column k of the inverse of L, so that all sums run along rows.
    var columns = inverse
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeMutableBufferPointer { columns in
        inverse.withUnsafeMutableBufferPointer { inverse in
          guard let row = rows.baseAddress, let column = columns.baseAddress else { return }
          for k in 0..<count {
            let own = column + k * count
            own[k] = 1 / rows[k * count + k]
            for i in k + 1..<max(count, k + 1) { own[i] = -dot(row + i * count + k, own + k, i - k) / rows[i * count + i] }
            for j in 0...k { inverse[k * count + j] = dot(own + k, column + j * count + k, count - k) }
          }
        }
      }
    }
    return inverse
  }
}
