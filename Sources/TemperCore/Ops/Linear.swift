/// act(x·wᵀ + b): the fused layer, with bias and activation applied in one pass after the product.
///
/// - Parameters:
///   - x: `[rows, inputs]`, or any shape whose last axis is `inputs`.
///   - w: `[outputs, inputs]`, as PyTorch and safetensors lay it out.
///   - b: `[outputs]`, or nil.
///   - activation: what is applied to the sum.
/// - Returns: the shape of `x` with `outputs` as its last axis.
public func linear(_ x: Tensor, _ w: Tensor, _ b: Tensor? = nil, activation: Activation = .none) -> Tensor {
  switch activation {
  case .none: linear(Identity(), x, w, b)
  case .relu: linear(ReLU(), x, w, b)
  case .relu6: linear(ReLU6(), x, w, b)
  case .leakyReLU: linear(LeakyReLU(), x, w, b)
  case .elu: linear(ELU(), x, w, b)
  case .selu: linear(SELU(), x, w, b)
  case .softplus: linear(KernelFunction.softplus, x, w, b)
  case .gelu: linear(KernelFunction.gelu, x, w, b)
  case .geluTanh: linear(KernelFunction.geluTanh, x, w, b)
  case .tanh: linear(Tanh(), x, w, b)
  case .sigmoid: linear(Sigmoid(), x, w, b)
  case .silu: linear(KernelFunction.silu, x, w, b)
  case .mish: linear(KernelFunction.mish, x, w, b)
  }
}

/// Several linear layers of one input, side by side: x·wᵀ + b for each of `parts`, written directly into one result, such as the queries,
/// keys and values that ``attention(_:heads:keyValueHeads:mask:dropout:)`` takes.
///
/// - Parameters:
///   - x: any shape whose last axis is `inputs`.
///   - parts: weights `[outputs, inputs]`, and biases `[outputs]` or nil.
/// - Returns: the shape of `x` with the sum of all `outputs` as its last axis.
public func fusedLinear(_ x: Tensor, _ parts: [(weight: Tensor, bias: Tensor?)]) -> Tensor {
  for (w, b) in parts { checkLinear(x, w, b, "fusedLinear") }
  let (rows, inputs) = (x.shape.before(x.shape.rank - 1), x.shape[-1])
  var shape = x.shape
  shape[-1] = parts.reduce(0) { $0 + $1.weight.shape[0] }
  let columns = shape[-1]
  let y = Tensor(uninitialized: shape)
  var first = 0
  for (w, b) in parts {
    let (outputs, to) = (w.shape[0], y.pointer + first)
    Kernels.multiply(rows, outputs, inputs, Factor(x.pointer), Factor(w.pointer, transposed: true), beta: 0, into: to, stride: columns)
    if let b { addBiasAndActivate(Identity(), to, to, b.pointer, rows: rows, columns: outputs, stride: columns) }
    first += outputs
  }
  let (input, target) = (x.saved, x.target)
  return y.recording([x] + parts.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }) { dy, into in
    input.withPointer { x in
      var first = 0
      for (w, b) in parts {
        let (outputs, g) = (w.shape[0], dy.pointer + first)
        if let b {
          into.accumulate(b) { db, beta in
            Kernels.addColumnSums(of: g, rows: rows, columns: outputs, stride: columns, into: db, beta: beta)
          }
        }
        into.accumulate(w) { dw, beta in
          Kernels.multiply(outputs, inputs, rows, Factor(g, transposed: true, stride: columns), Factor(x), beta: beta, into: dw)
        }
        first += outputs
      }
    }
    var first = 0
    for (w, _) in parts {
      let (outputs, g) = (w.shape[0], dy.pointer + first)
      into.accumulate(target) { dx, beta in
        Kernels.multiply(rows, inputs, outputs, Factor(g, stride: columns), Factor(w.pointer), beta: beta, into: dx)
      }
      first += outputs
    }
  }
}

/// Ends the program unless `w` and `b` make a layer for `x`.
private func checkLinear(_ x: Tensor, _ w: Tensor, _ b: Tensor?, _ op: StaticString) {
  require(
    x.shape.rank >= 1 && w.shape.rank == 2 && x.shape[-1] == w.shape[1],
    "\(op): x \(x.shape) must have as many columns as w \(w.shape)")
  require(b == nil || b!.shape == Shape(w.shape[0]), "\(op): b \(b!.shape) needs one element for each row of w \(w.shape)")
}

private struct Identity: Formula {
  let cost = 1
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 1 }
}

private func linear<F: UnaryFunction>(_ f: F, _ x: Tensor, _ w: Tensor, _ b: Tensor?) -> Tensor {
  checkLinear(x, w, b, "linear")
  let (outputs, inputs) = (w.shape[0], w.shape[1])
  let rows = x.shape.before(x.shape.rank - 1)
  var shape = x.shape
  shape[-1] = outputs

  let y = Tensor(uninitialized: shape)
  Kernels.multiply(rows, outputs, inputs, Factor(x.pointer), Factor(w.pointer, transposed: true), beta: 0, into: y.pointer)
  // The input of the activation is kept only if its derivative needs it.
  let isTraced = x.isTraced || w.isTraced || (b?.isTraced ?? false)
  let z = F.usesResultOnly || !isTraced ? y : Tensor(uninitialized: shape)
  if b != nil || F.self != Identity.self {
    addBiasAndActivate(f, y.pointer, z.pointer, b?.pointer, rows: rows, columns: outputs)
  }

  let (input, target) = (x.saved, x.target)
  // Without an activation the gradient does not need the result.
  let known: (before: Tensor, after: Tensor)? = F.self == Identity.self ? nil : (z, F.usesResultOnly ? y.detached : z)
  let traced = y.recording(x, w, b) { dy, into in
    let g = dy.pointer
    if let (before, after) = known {
      let (pz, py) = (before.pointer, after.pointer)
      Partition(dy.count, cost: f.cost).run { _, items in
        let i = items.lowerBound
        f.gradients(g + i, pz + i, py + i, g + i, beta: 0, items.count)
      }
    }
    if let b {
      into.accumulate(b) { db, beta in Kernels.addColumnSums(of: g, rows: rows, columns: outputs, into: db, beta: beta) }
    }
    into.accumulate(w) { dw, beta in
      input.withPointer { x in
        Kernels.multiply(outputs, inputs, rows, Factor(g, transposed: true), Factor(x), beta: beta, into: dw)
      }
    }
    into.accumulate(target) { dx, beta in
      Kernels.multiply(rows, inputs, outputs, Factor(g), Factor(w.pointer), beta: beta, into: dx)
    }
  }
  if !F.usesResultOnly {
    traced.rematerialize {
      let y = Tensor(uninitialized: z.shape)
      let (from, to) = (z.pointer, y.pointer)
      Partition(z.count, cost: f.cost).run { _, items in f.values(from + items.lowerBound, to + items.lowerBound, items.count) }
      return y
    }
  }
  return traced
}

/// y = act(y + b) row by row, with row stride `stride`; z, which may be y itself, receives y + b.
@inline(__always)
private func addBiasAndActivate<F: UnaryFunction>(
  _ f: F, _ y: UnsafeMutablePointer<Float>, _ z: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>?,
  rows: Int, columns: Int, stride: Int? = nil
) {
  let stride = stride ?? columns
  Partition(rows, cost: columns * f.cost, minItems: 1).run { _, items in
    for i in items {
      let (to, before) = (y + i * stride, z + i * stride)
      if let b {
        for j in 0..<columns { to[j] += b[j] }
      }
      if z != y { before.update(from: to, count: columns) }
      if F.self != Identity.self {
        f.values(to, to, columns)
      }
    }
  }
}
