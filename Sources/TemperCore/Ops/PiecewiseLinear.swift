/// The piecewise-linear embedding of numeric columns (Gorishniy, Rubachev and Babenko 2022), version "B" of `rtdl_num_embeddings`: of a number
/// v in column j, v · slope[j] + bias[j] + Σ e(b) · weight[j, b] over the column's bins, where e(b) is 1 for bins below v, 0 for bins above, and
/// the share of the way from the left edge to the right in the bin of v. The first and the last bin go on beyond their ends.
///
/// - Parameters:
///   - x: `[rows, features]`.
///   - columns: the features that are embedded, in the order of the result.
///   - edges: `[columns, bins + 1]`, ascending; a column with fewer bins repeats its last edge.
///   - weight: `[columns, bins, width]`.
///   - slope: `[columns, width]`.
///   - bias: `[columns, width]`.
/// - Returns: `[rows, columns · width]`.
public func piecewiseLinearEmbedding(
  _ x: Tensor, columns: [Int32], edges: Tensor, weight: Tensor, slope: Tensor, bias: Tensor
) -> Tensor {
  let (count, bins, width) = (weight.shape[0], weight.shape[1], weight.shape[2])
  require(
    x.shape.rank == 2 && columns.count == count && columns.allSatisfy { $0 >= 0 && Int($0) < x.shape[1] },
    "piecewiseLinearEmbedding: \(columns.count) columns of \(x.shape) do not fit the weight \(weight.shape)")
  require(
    edges.shape == [count, bins + 1] && slope.shape == [count, width] && bias.shape == slope.shape,
    "piecewiseLinearEmbedding: edges \(edges.shape), slope \(slope.shape) and bias \(bias.shape) do not fit the weight \(weight.shape)")
  let (rows, features) = (x.shape[0], x.shape[1])
  let y = Tensor(uninitialized: [rows, count * width])
  let (px, py, w, s, c, e) = (x.pointer, y.pointer, weight.pointer, slope.pointer, bias.pointer, edges.pointer)
  // Cut by columns: all rows of a column are one thread's, so that sums over rows do not depend on the cut.
  let partition = Partition(count, cost: rows * (4 * width + 16) + 2 * bins * width, minItems: 1)
  partition.run { _, items in
    /// Σ weight over all bins below each bin, with the bias.
    let sums = Storage(uninitialized: bins * width)
    for j in items {
      let (cell, start, bins) = (w + j * bins * width, sums.pointer, PiecewiseBins(e + j * (bins + 1), bins))
      start.update(from: c + j * width, count: width)
      for k in 0..<(bins.count - 1) * width { start[width + k] = start[k] + cell[k] }
      for i in 0..<rows {
        let v = px[i * features + Int(columns[j])]
        let (bin, share) = bins.place(of: v)
        let (to, base, step, line) = (py + (i * count + j) * width, start + bin * width, cell + bin * width, s + j * width)
        for k in 0..<width { to[k] = base[k] + share * step[k] + v * line[k] }
      }
    }
  }
  return y.recording([x, weight, slope, bias]) { dy, into in
    let g = dy.pointer
    into.accumulate(weight) { dw, beta in
      if beta == 0 { dw.update(repeating: 0, count: count * bins * width) }
      partition.run { _, items in
        /// Σ g over the rows of each bin.
        let sums = Storage(uninitialized: bins * width)
        for j in items {
          let (d, bins) = (dw + j * bins * width, PiecewiseBins(e + j * (bins + 1), bins))
          let whole = sums.pointer
          whole.update(repeating: 0, count: bins.count * width)
          for i in 0..<rows {
            let (bin, share) = bins.place(of: px[i * features + Int(columns[j])])
            let (from, own, part) = (g + (i * count + j) * width, whole + bin * width, d + bin * width)
            for k in 0..<width {
              own[k] += from[k]
              part[k] += share * from[k]
            }
          }
          // A bin is whole in all rows of the bins above it.
          for k in stride(from: bins.count * width - 1, through: width, by: -1) {
            if k < (bins.count - 1) * width { whole[k] += whole[k + width] }
            d[k - width] += whole[k]
          }
        }
      }
    }
    into.accumulate(slope) { ds, beta in
      if beta == 0 { ds.update(repeating: 0, count: count * width) }
      partition.run { _, items in
        for j in items {
          for i in 0..<rows {
            let (v, from, to) = (px[i * features + Int(columns[j])], g + (i * count + j) * width, ds + j * width)
            for k in 0..<width { to[k] += v * from[k] }
          }
        }
      }
    }
    into.accumulate(bias) { db, beta in Kernels.addColumnSums(of: g, rows: rows, columns: count * width, into: db, beta: beta) }
    into.accumulate(x) { dx, beta in
      if beta == 0 { dx.update(repeating: 0, count: rows * features) }
      for j in 0..<count {
        let edges = PiecewiseBins(e + j * (bins + 1), bins)
        for i in 0..<rows {
          let place = i * features + Int(columns[j])
          let (bin, _) = edges.place(of: px[place])
          let (from, cell, line) = (g + (i * count + j) * width, w + (j * bins + bin) * width, s + j * width)
          var sum: Float = 0
          for k in 0..<width { sum += from[k] * (line[k] + cell[k] * edges.inverse(bin)) }
          dx[place] += sum
        }
      }
    }
  }
}

/// The bins of one column.
private struct PiecewiseBins {
  private let edges: UnsafePointer<Float>
  /// Bins that have a width; at least 1.
  let count: Int

  init(_ edges: UnsafePointer<Float>, _ most: Int) {
    var count = most
    while count > 1, edges[count - 1] >= edges[count] { count -= 1 }
    (self.edges, self.count) = (edges, count)
  }

  /// One over the width of a bin; 0 if it has none.
  @inline(__always)
  func inverse(_ bin: Int) -> Float {
    let width = edges[bin + 1] - edges[bin]
    return width > 0 ? 1 / width : 0
  }

  /// The bin of `v`, and how far through it `v` is.
  @inline(__always)
  func place(of v: Float) -> (bin: Int, share: Float) {
    // The last bin whose left edge is not above v.
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if edges[middle] <= v { low = middle } else { high = middle - 1 }
    }
    return (low, (v - edges[low]) * inverse(low))
  }
}
