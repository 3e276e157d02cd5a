import CTemperSupport

extension Tensor {
  /// The sum over `axis`, which is removed or, with `keepingAxis`, kept with length 1. A negative axis counts from the end.
  public func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(over: shape.normalized(axis, "sum"), keepingAxis: keepingAxis, factor: 1)
  }

  /// The mean over `axis`; see ``sum(axis:keepingAxis:)``.
  public func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
    let axis = shape.normalized(axis, "mean")
    return reduced(over: axis, keepingAxis: keepingAxis, factor: 1 / Float(shape[axis]))
  }

  /// The sum of all elements, a tensor of rank 0.
  public func sum() -> Tensor {
    reshaped(Shape(count)).sum(axis: 0)
  }

  /// The mean of all elements, a tensor of rank 0.
  public func mean() -> Tensor {
    reshaped(Shape(count)).mean(axis: 0)
  }

  /// The largest element along `axis`; see ``sum(axis:keepingAxis:)``. As in `torch.max(dim)` the first of equal elements counts as the
  /// largest and gets the whole gradient, and a NaN counts as larger than any number.
  public func maximum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    let axis = shape.normalized(axis, "maximum")
    let (outer, length, inner) = (shape.before(axis), shape[axis], shape.after(axis))
    require(length > 0, "maximum: axis \(axis) of \(shape) has no elements")
    let y = Tensor(uninitialized: shape.reducing(axis, keeping: keepingAxis))
    // The index of each result along the axis.
    var winners = [Int32](repeating: 0, count: y.count)
    let (px, py) = (pointer, y.pointer)
    winners.withUnsafeMutableBufferPointer { winners in
      let w = Unchecked(winners)
      Partition(outer, cost: 2 * length * inner, minItems: 1).run { _, items in
        for o in items {
          let (from, to) = (px + o * length * inner, py + o * inner)
          to.update(from: from, count: inner)
          for k in 1..<max(1, length) {
            for i in 0..<inner {
              let x = from[k * inner + i]
              if x > to[i] || (x.isNaN && !to[i].isNaN) {
                to[i] = x
                w.value[o * inner + i] = Int32(k)
              }
            }
          }
        }
      }
    }
    let (target, whole) = (target, count)
    return y.recording(self) { [winners] dy, into in
      into.accumulate(target) { dx, beta in
        if beta == 0 { dx.update(repeating: 0, count: whole) }
        for o in 0..<outer {
          for i in 0..<inner { dx[(o * length + Int(winners[o * inner + i])) * inner + i] += dy.pointer[o * inner + i] }
        }
      }
    }
  }

  /// `factor` times the sum over one axis.
  private func reduced(over axis: Int, keepingAxis: Bool, factor: Float) -> Tensor {
    let (outer, length, inner) = (shape.before(axis), shape[axis], shape.after(axis))
    let y = Tensor(uninitialized: shape.reducing(axis, keeping: keepingAxis))
    let (px, py) = (pointer, y.pointer)
    if inner == 1 {
      Partition(outer, cost: length, minItems: 1).run { _, items in
        for o in items { py[o] = factor * temper_sum(px + o * length, length) }
      }
    } else {
      for o in 0..<outer {
        Kernels.addColumnSums(of: px + o * length * inner, rows: length, columns: inner, into: py + o * inner, beta: 0)
        for i in 0..<inner { py[o * inner + i] *= factor }
      }
    }
    let target = target
    return y.recording(self) { dy, into in
      into.accumulate(target) { dx, beta in
        for o in 0..<outer {
          let g = dy.pointer + o * inner
          for k in 0..<length {
            let to = dx + (o * length + k) * inner
            if beta == 0 { to.update(repeating: 0, count: inner) }
            for i in 0..<inner { to[i] += factor * g[i] }
          }
        }
      }
    }
  }
}
