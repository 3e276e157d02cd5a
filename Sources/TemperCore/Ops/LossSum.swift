/// A loss that is a sum over the rows of `x`, `[rows, columns]` or `[rows]`, with its derivative computed in the same pass: the one buffer of
/// the size of `x` becomes the gradient that the tape passes on.
///
/// `row` gets the number of the row, its elements, and memory for the derivative, which it fills; it returns the row's loss and weight.
@inline(__always)
func lossSum(
  _ x: Tensor, rows: Int, columns: Int, cost: Int,
  _ row: (_ i: Int, _ x: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>) -> (loss: Double, weight: Double)
) -> (sum: Tensor, weight: Double) {
  let gradient = Tensor(uninitialized: x.shape)
  let (px, pd) = (x.pointer, gradient.pointer)
  let partition = Partition(rows, cost: cost * columns, minItems: 1)
  let (loss, weight) = withUnsafeTemporaryAllocation(of: (Double, Double).self, capacity: partition.chunks) { partial in
    let sums = partial.baseAddress!
    partition.run { chunk, items in
      var (loss, weight) = (0.0, 0.0)
      for i in items {
        let one = row(i, px + i * columns, pd + i * columns)
        (loss, weight) = (loss + one.loss, weight + one.weight)
      }
      sums[chunk] = (loss, weight)
    }
    // In chunk order: the same bits on any number of threads.
    return partial.reduce((0.0, 0.0)) { ($0.0 + $1.0, $0.1 + $1.1) }
  }
  let target = x.target
  let total = Tensor(Float(loss)).recording(x) { dy, into in
    let (g, d) = (dy.pointer[0], gradient.pointer)
    if g != 1 {
      Partition(gradient.count, cost: 1).run { _, items in for i in items { d[i] *= g } }
    }
    into.accumulate(target, consuming: gradient)
  }
  return (total, weight)
}

/// Ends the program unless `x` is `[rows]` or `[rows, columns]` and has a number in `targets` for each element; returns the lengths.
func checkLossShapes(_ x: Tensor, _ targets: [Float], _ rowWeights: [Float]?, _ op: StaticString) -> (rows: Int, columns: Int) {
  require(
    (x.shape.rank == 1 || x.shape.rank == 2) && x.count == targets.count,
    "\(op): \(x.shape) must be [rows] or [rows, columns] and needs a target for each element, not \(targets.count)")
  let rows = x.shape[0]
  require(rowWeights == nil || rowWeights!.count == rows, "\(op): \(x.shape) needs a weight for each row, not \(rowWeights?.count ?? 0)")
  return (rows, x.shape.after(0))
}
