import CTemperSupport

/// Loops over pointers: no tensors, no shapes, no tape. What a second backend would replace.
///
/// Kernels that take a closure are inlined into the op that passes it, which is what lets the compiler vectorise them.
enum Kernels {
  /// y[i] = f(x[i]).
  @inline(__always)
  static func map(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int, cost: Int, _ f: (Float) -> Float) {
    Partition(count, cost: cost).run { _, items in
      for i in items { y[i] = f(x[i]) }
    }
  }

  /// d[i] = beta d[i] + f(i), where beta is 0 or 1.
  @inline(__always)
  static func accumulate(into d: UnsafeMutablePointer<Float>, beta: Float, count: Int, cost: Int, _ f: (Int) -> Float) {
    Partition(count, cost: cost).run { _, items in
      if beta == 0 {
        for i in items { d[i] = f(i) }
      } else {
        for i in items { d[i] += f(i) }
      }
    }
  }

  /// d = beta d + x, where beta is 0 or 1.
  static func add(_ x: UnsafePointer<Float>, into d: UnsafeMutablePointer<Float>, beta: Float, count: Int) {
    if beta == 0 {
      d.update(from: x, count: count)
    } else {
      accumulate(into: d, beta: 1, count: count, cost: 2) { x[$0] }
    }
  }

  /// d[j] = beta d[j] + the sum of column j of a [rows, columns] matrix, whose rows lie `stride` apart (nil if one follows another). Rows
  /// are added in order.
  static func addColumnSums(
    of x: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil, into d: UnsafeMutablePointer<Float>, beta: Float
  ) {
    let stride = stride ?? columns
    // Cut by columns: every column is summed by one thread, row after row.
    Partition(columns, cost: rows).run { _, items in
      if beta == 0 { for j in items { d[j] = 0 } }
      for i in 0..<rows {
        let row = x + i * stride
        for j in items { d[j] += row[j] }
      }
    }
  }

  /// y = xᵀ for a [rows, columns] matrix whose rows lie `stride` apart (nil if one follows another).
  static func transpose(_ x: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil, into y: UnsafeMutablePointer<Float>) {
    let distance = stride ?? columns
    // Blocks of 8 x 8 keep both sides in the first-level cache.
    for i0 in Swift.stride(from: 0, to: rows, by: 8) {
      let i1 = min(i0 + 8, rows)
      for j0 in Swift.stride(from: 0, to: columns, by: 8) {
        let j1 = min(j0 + 8, columns)
        if i1 - i0 == 8 && j1 - j0 == 8 {
          for j in 0..<8 {
            let out = y + (j0 + j) * rows + i0
            let from = x + i0 * distance + j0 + j
            for i in 0..<8 { out[i] = from[i * distance] }
          }
        } else {
          for j in j0..<j1 { for i in i0..<i1 { y[j * rows + i] = x[i * distance + j] } }
        }
      }
    }
  }
}
