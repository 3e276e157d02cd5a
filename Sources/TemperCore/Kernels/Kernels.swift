import CTemperSupport

/// Loops over pointers: no tensors, no shapes, no tape. A second backend would replace this layer.
///
/// Kernels that take a closure are inlined into the op that passes it, which is what lets the compiler vectorize them.
enum Kernels {
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

  /// d[j] = beta d[j] + the sum of column j of a [rows, columns] matrix, whose rows have the given `stride` (nil if they are contiguous).
  /// Rows are added in order.
  static func addColumnSums(
    of x: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil, into d: UnsafeMutablePointer<Float>, beta: Float
  ) {
    let stride = stride ?? columns
    // Cut by columns: every column is summed by one thread, row after row. Reading dominates, hence the low worth.
    Partition(columns, cost: rows, grain: 100_000).run { _, items in
      if beta == 0 { for j in items { d[j] = 0 } }
      let fours = rows / 4 * 4
      for i in Swift.stride(from: 0, to: fours, by: 4) {
        let a = x + i * stride
        let (b, c, e) = (a + stride, a + 2 * stride, a + 3 * stride)
        for j in items { d[j] = (((d[j] + a[j]) + b[j]) + c[j]) + e[j] }
      }
      for i in fours..<rows {
        let row = x + i * stride
        for j in items { d[j] += row[j] }
      }
    }
  }

  /// d = beta d + what `row` adds to its sums for each row of `rows`: one buffer of sums for each chunk, added in chunk order.
  @inline(__always)
  static func addRowTerms(
    _ rows: Partition, columns: Int, into d: UnsafeMutablePointer<Float>, beta: Float,
    _ row: (_ i: Int, _ sums: UnsafeMutablePointer<Float>) -> Void
  ) {
    addParts(rows, columns: columns, into: d, beta: beta) { items, sums in
      sums.update(repeating: 0, count: columns)
      for i in items { row(i, sums) }
    }
  }

  /// d = beta d + the sums that `part` writes for each chunk of `rows`, added in chunk order.
  @inline(__always)
  static func addParts(
    _ rows: Partition, columns: Int, into d: UnsafeMutablePointer<Float>, beta: Float = 0,
    _ part: (_ items: Range<Int>, _ sums: UnsafeMutablePointer<Float>) -> Void
  ) {
    let partial = Storage(uninitialized: rows.chunks * columns)
    rows.run { chunk, items in part(items, partial.pointer + chunk * columns) }
    addColumnSums(of: partial.pointer, rows: rows.chunks, columns: columns, into: d, beta: beta)
  }

  /// y = xᵀ for a [rows, columns] matrix whose rows have the given `stride` (nil if they are contiguous).
  static func transpose(_ x: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil, into y: UnsafeMutablePointer<Float>) {
    let distance = stride ?? columns
    // Blocks of 8 x 8 are transposed in registers.
    let (wholeRows, wholeColumns) = (rows / 8 * 8, columns / 8 * 8)
    for i in Swift.stride(from: 0, to: wholeRows, by: 8) {
      for j in Swift.stride(from: 0, to: wholeColumns, by: 8) {
        temper_transpose8(x + i * distance + j, distance, y + j * rows + i, rows)
      }
    }
    for i in 0..<rows {
      for j in (i < wholeRows ? wholeColumns : 0)..<columns { y[j * rows + i] = x[i * distance + j] }
    }
  }
}
