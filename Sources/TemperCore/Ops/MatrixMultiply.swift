/// The matrix product over the last two axes: `a` is `[..., m, k]` and `b` is `[..., k, n]` with the same leading axes, or `[k, n]`, one
/// right factor for all. The result is `[..., m, n]`.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (m, k, n, batch) = checkedLengths(a.shape, b.shape)
  var shape = a.shape
  shape[-1] = n
  if b.shape.rank == 2 { return product(a, b, rows: batch * m, k, n, shape) }
  let y = Tensor(uninitialized: shape)
  Kernels.multiply(batch: batch, m, n, k, Factor(a.pointer), Factor(b.pointer), beta: 0, into: y.pointer)
  return y.recording(a, b) { dy, into in
    into.accumulate(a) { d, beta in
      Kernels.multiply(batch: batch, m, k, n, Factor(dy.pointer), Factor(b.pointer, transposed: true), beta: beta, into: d)
    }
    into.accumulate(b) { d, beta in
      Kernels.multiply(batch: batch, k, n, m, Factor(a.pointer, transposed: true), Factor(dy.pointer), beta: beta, into: d)
    }
  }
}

/// One right factor for all: all rows of `a` form a single product.
private func product(_ a: Tensor, _ b: Tensor, rows: Int, _ k: Int, _ n: Int, _ shape: Shape) -> Tensor {
  let y = Tensor(uninitialized: shape)
  Kernels.multiply(rows, n, k, Factor(a.pointer), Factor(b.pointer), beta: 0, into: y.pointer)
  return y.recording(a, b) { dy, into in
    into.accumulate(a) { d, beta in
      Kernels.multiply(rows, k, n, Factor(dy.pointer), Factor(b.pointer, transposed: true), beta: beta, into: d)
    }
    into.accumulate(b) { d, beta in
      Kernels.multiply(k, n, rows, Factor(a.pointer, transposed: true), Factor(dy.pointer), beta: beta, into: d)
    }
  }
}

private func checkedLengths(_ a: Shape, _ b: Shape) -> (m: Int, k: Int, n: Int, batch: Int) {
  require(
    a.rank >= 2 && b.rank >= 2 && a[-1] == b[-2] && (b.rank == 2 || (b.rank == a.rank && (0..<a.rank - 2).allSatisfy { a[$0] == b[$0] })),
    "matmul: needs [..., m, k] and [..., k, n] or [k, n], not \(a) and \(b)")
  return (a[-2], a[-1], b[-1], a.before(a.rank - 2))
}
