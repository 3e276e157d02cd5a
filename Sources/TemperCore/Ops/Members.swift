// The members of an ensemble that share weights, as in TabM (Gorishniy, Kotelnikov and Babenko 2025): the activations of all members lie in one
// matrix, of which row i · members + m is member m's for row i of the batch, so that a shared layer is one product.

/// Every row of `x`, `[rows, width]`, as each member sees it: times the member's `scale`, `[members, width]`. The result is
/// `[rows · members, width]`.
public func memberRows(_ x: Tensor, scale: Tensor) -> Tensor {
  require(x.shape.rank == 2 && scale.shape.rank == 2, "memberRows: needs two matrices, not \(x.shape) and \(scale.shape)")
  let (rows, width, members) = (x.shape[0], x.shape[1], scale.shape[0])
  return (x.reshaped([rows, 1, width]) * scale).reshaped([rows * members, width])
}

/// Every row of `x`, `[rows · members, width]`, times the `scale` of its member, `[members, width]`.
public func memberScaled(_ x: Tensor, scale: Tensor) -> Tensor {
  require(x.shape.rank == 2 && scale.shape.rank == 2, "memberScaled: needs two matrices, not \(x.shape) and \(scale.shape)")
  return (x.reshaped([x.shape[0] / scale.shape[0], scale.shape[0], scale.shape[1]]) * scale).reshaped(x.shape)
}

/// A linear layer of each member: x·wᵀ + b with the weight, `[members, outputs, inputs]`, and the bias, `[members, outputs]`, of a row's
/// member. `x` is `[rows · members, inputs]`, the result `[rows · members, outputs]`.
public func memberLinear(_ x: Tensor, _ w: Tensor, _ b: Tensor) -> Tensor {
  let (members, outputs, inputs) = (w.shape[0], w.shape[1], w.shape[2])
  require(
    x.shape.rank == 2 && x.shape[1] == inputs && x.shape[0] % members == 0 && b.shape == [members, outputs],
    "memberLinear: x \(x.shape) and b \(b.shape) do not fit w \(w.shape)")
  let rows = x.shape[0] / members
  let y = Tensor(uninitialized: [rows * members, outputs])
  let (px, py, pw, pb) = (x.pointer, y.pointer, w.pointer, b.pointer)
  let (near, far) = (members * inputs, members * outputs)
  let partition = Partition(members, cost: 2 * rows * inputs * outputs, minItems: 1)
  partition.run { _, items in
    for m in items {
      for i in 0..<rows { (py + i * far + m * outputs).update(from: pb + m * outputs, count: outputs) }
      guard rows > 0 else { continue }
      Kernels.multiplySerially(
        rows, outputs, inputs, Factor(px + m * inputs, stride: near), Factor(pw + m * outputs * inputs, transposed: true), alpha: 1,
        beta: 1, into: py + m * outputs, stride: far)
    }
  }
  return y.recording(x, w, b) { dy, into in
    let g = dy.pointer
    into.accumulate(b) { db, beta in Kernels.addColumnSums(of: g, rows: rows, columns: far, into: db, beta: beta) }
    into.accumulate(w) { dw, beta in
      partition.run { _, items in
        for m in items where rows > 0 {
          Kernels.multiplySerially(
            outputs, inputs, rows, Factor(g + m * outputs, transposed: true, stride: far), Factor(px + m * inputs, stride: near), alpha: 1,
            beta: beta, into: dw + m * outputs * inputs, stride: inputs)
        }
      }
    }
    into.accumulate(x) { dx, beta in
      partition.run { _, items in
        for m in items where rows > 0 {
          Kernels.multiplySerially(
            rows, inputs, outputs, Factor(g + m * outputs, stride: far), Factor(pw + m * outputs * inputs), alpha: 1, beta: beta,
            into: dx + m * inputs, stride: near)
        }
      }
    }
  }
}
