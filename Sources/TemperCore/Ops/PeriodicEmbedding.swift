import CTemperKernels

/// The periodic embedding of numeric columns that RealMLP calls PBLD (Holzmüller, Grinsztajn and Steinwart 2024): of a number v in column j, the
/// numbers z = cos(2π v · frequency[j] + phase[j]) · weight[j]ᵀ + bias[j], followed by v itself.
///
/// - Parameters:
///   - x: `[rows, features]`.
///   - columns: the features that are embedded, in the order of the result.
///   - frequency: `[columns, frequencies]`, in turns for each unit of v.
///   - phase: `[columns, frequencies]`, in radians.
///   - weight: `[columns, width - 1, frequencies]`.
///   - bias: `[columns, width - 1]`.
/// - Returns: `[rows, columns · width]`.
public func periodicEmbedding(
  _ x: Tensor, columns: [Int32], frequency: Tensor, phase: Tensor, weight: Tensor, bias: Tensor
) -> Tensor {
  let (count, width, waves) = (weight.shape[0], weight.shape[1] + 1, weight.shape[2])
  require(
    x.shape.rank == 2 && columns.count == count && columns.allSatisfy { $0 >= 0 && Int($0) < x.shape[1] },
    "periodicEmbedding: \(columns.count) columns of \(x.shape) do not fit the weight \(weight.shape)")
  require(
    frequency.shape == [count, waves] && phase.shape == frequency.shape && bias.shape == [count, width - 1],
    "periodicEmbedding: frequency \(frequency.shape), phase \(phase.shape) and bias \(bias.shape) do not fit the weight \(weight.shape)")
  let (rows, features, turn) = (x.shape[0], x.shape[1], 2 * Float.pi)
  let y = Tensor(uninitialized: [rows, count * width])
  /// Cosine and sine, each `[columns, rows, frequencies]`.
  let (cosines, sines) = (Tensor(uninitialized: [count, rows, waves]), Tensor(uninitialized: [count, rows, waves]))
  let (px, py, w, b) = (x.pointer, y.pointer, weight.pointer, bias.pointer)
  // Cut by columns: all rows of a column are one thread's, so that sums over rows do not depend on the cut.
  let partition = Partition(count, cost: rows * waves * (30 + 2 * width), minItems: 1)
  partition.run { _, items in
    for j in items {
      let (f, p) = (frequency.pointer + j * waves, phase.pointer + j * waves)
      let (cosine, sine) = (cosines.pointer + j * rows * waves, sines.pointer + j * rows * waves)
      for i in 0..<rows {
        let (v, to) = (px[i * features + Int(columns[j])], py + (i * count + j) * width)
        temper_waves(v, f, p, cosine + i * waves, sine + i * waves, waves)
        for k in 0..<width - 1 { to[k] = b[j * (width - 1) + k] + dot(cosine + i * waves, w + (j * (width - 1) + k) * waves, waves) }
        to[width - 1] = v
      }
    }
  }
  let sums = Tensor(uninitialized: [count, rows, waves])
  return y.recording([x, frequency, phase, weight, bias]) { dy, into in
    let g = dy.pointer
    // The gradient of the angle, which frequency, phase and x need.
    partition.run { _, items in
      for j in items {
        for i in 0..<rows {
          let (from, place) = (g + (i * count + j) * width, (j * rows + i) * waves)
          let (to, sine) = (sums.pointer + place, sines.pointer + place)
          for q in 0..<waves { to[q] = 0 }
          for k in 0..<width - 1 {
            let (own, factor) = (w + (j * (width - 1) + k) * waves, from[k])
            for q in 0..<waves { to[q] += factor * own[q] }
          }
          for q in 0..<waves { to[q] *= -sine[q] }
        }
      }
    }
    let outer = sums.pointer
    into.accumulate(frequency) { d, beta in
      forEachColumn(d, waves, beta) { j, i, d in
        let (v, from) = (px[i * features + Int(columns[j])], outer + (j * rows + i) * waves)
        for q in 0..<waves { d[q] += turn * v * from[q] }
      }
    }
    into.accumulate(phase) { d, beta in
      forEachColumn(d, waves, beta) { j, i, d in
        let from = outer + (j * rows + i) * waves
        for q in 0..<waves { d[q] += from[q] }
      }
    }
    into.accumulate(weight) { d, beta in
      forEachColumn(d, (width - 1) * waves, beta) { j, i, d in
        let (from, cosine) = (g + (i * count + j) * width, cosines.pointer + (j * rows + i) * waves)
        for k in 0..<width - 1 {
          let (to, factor) = (d + k * waves, from[k])
          for q in 0..<waves { to[q] += factor * cosine[q] }
        }
      }
    }
    into.accumulate(bias) { d, beta in
      forEachColumn(d, width - 1, beta) { j, i, d in
        let from = g + (i * count + j) * width
        for k in 0..<width - 1 { d[k] += from[k] }
      }
    }
    into.accumulate(x) { dx, beta in
      if beta == 0 { dx.update(repeating: 0, count: rows * features) }
      for j in 0..<count {
        for i in 0..<rows {
          let own = turn * dot(outer + (j * rows + i) * waves, frequency.pointer + j * waves, waves)
          dx[i * features + Int(columns[j])] += own + g[(i * count + j) * width + width - 1]
        }
      }
    }
    withExtendedLifetime((cosines, sines)) {}
  }

  /// Adds the terms of all rows to the `size` sums of each column.
  @inline(__always)
  func forEachColumn(
    _ d: UnsafeMutablePointer<Float>, _ size: Int, _ beta: Float, _ body: (_ column: Int, _ row: Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    if beta == 0 { d.update(repeating: 0, count: count * size) }
    partition.run { _, items in
      for j in items {
        for i in 0..<rows { body(j, i, d + j * size) }
      }
    }
  }
}

@inline(__always)
private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
  var lanes = SIMD8<Float>.zero
  var i = 0
  while i + 8 <= count {
    lanes += UnsafeRawPointer(a + i).loadUnaligned(as: SIMD8<Float>.self) * UnsafeRawPointer(b + i).loadUnaligned(as: SIMD8<Float>.self)
    i += 8
  }
  var sum = lanes.sum()
  while i < count {
    sum += a[i] * b[i]
    i += 1
  }
  return sum
}
