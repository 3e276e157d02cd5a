extension Tensor {
  /// The same elements under another shape: a view.
  public func reshaped(_ shape: Shape) -> Tensor {
    require(shape.count == count, "reshaped: \(self.shape) has \(count) elements, \(shape) has \(shape.count)")
    let target = target
    return Tensor(shape, storage, offset: offset).recording(self) { dy, into in into.accumulate(target, consuming: dy) }
  }

  /// Rows `range` of the first axis: a view.
  public func rows(_ range: Range<Int>) -> Tensor {
    require(
      shape.rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows: \(range) does not lie in the first axis of \(shape)")
    let width = shape.after(0)
    var part = shape
    part[0] = range.count
    let target = target
    let whole = count
    return Tensor(part, storage, offset: offset + range.lowerBound * width).recording(self) { dy, into in
      into.accumulate(target) { dx, beta in
        if beta == 0 { dx.update(repeating: 0, count: whole) }
        Kernels.add(dy.pointer, into: dx + range.lowerBound * width, beta: 1, count: dy.count)
      }
    }
  }

  /// The tensor with two axes exchanged, copied; the last two by default. Products transpose for free: see ``matmul(_:_:)`` and
  /// ``linear(_:_:_:activation:)``.
  public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor {
    let (i, j) = (shape.normalized(a, "transposed"), shape.normalized(b, "transposed"))
    if i == j { return self }
    let (first, second) = (min(i, j), max(i, j))
    var shape = shape
    shape[first] = self.shape[second]
    shape[second] = self.shape[first]
    let y = Tensor(uninitialized: shape)
    exchange(pointer, self.shape, first, second, into: y.pointer, beta: 0)
    let target = target
    return y.recording(self) { dy, into in
      into.accumulate(target) { dx, beta in exchange(dy.pointer, dy.shape, first, second, into: dx, beta: beta) }
    }
  }
}

/// y = beta y + x with axes `first` < `second` exchanged.
private func exchange(
  _ x: UnsafePointer<Float>, _ shape: Shape, _ first: Int, _ second: Int, into y: UnsafeMutablePointer<Float>, beta: Float
) {
  let (outer, p, middle, q, inner) = (
    shape.before(first), shape[first], shape.before(second) / max(1, shape.before(first) * shape[first]), shape[second], shape.after(second)
  )
  if beta == 0, middle == 1, inner == 1 {
    for o in 0..<outer { Kernels.transpose(x + o * p * q, rows: p, columns: q, into: y + o * p * q) }
    return
  }
  for o in 0..<outer {
    for a in 0..<p {
      for m in 0..<middle {
        for b in 0..<q {
          let from = x + (((o * p + a) * middle + m) * q + b) * inner
          let to = y + (((o * q + b) * middle + m) * p + a) * inner
          if beta == 0 {
            for i in 0..<inner { to[i] = from[i] }
          } else {
            for i in 0..<inner { to[i] += from[i] }
          }
        }
      }
    }
  }
}
