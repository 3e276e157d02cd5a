import CTemperSupport

/// silu(gate) · up, element by element: the gated unit of Llama's feed-forward layers (Shazeer 2020).
public func swiGLU(gate: Tensor, up: Tensor) -> Tensor {
  require(gate.shape == up.shape, "swiGLU: gate \(gate.shape) and up \(up.shape) must have one shape")
  let y = Tensor(uninitialized: gate.shape)
  let (pg, pu, py) = (gate.pointer, up.pointer, y.pointer)
  Kernels.accumulate(into: py, beta: 0, count: y.count, cost: 30) { pg[$0] * temper_sigmoid(pg[$0]) * pu[$0] }
  return y.recording(gate, up) { dy, into in
    let (pg, pu, g) = (gate.pointer, up.pointer, dy.pointer)
    into.accumulate(gate) { d, beta in
      Kernels.accumulate(into: d, beta: beta, count: dy.count, cost: 30) {
        let s = temper_sigmoid(pg[$0])
        return g[$0] * pu[$0] * s * (1 + pg[$0] * (1 - s))
      }
    }
    into.accumulate(up) { d, beta in
      Kernels.accumulate(into: d, beta: beta, count: dy.count, cost: 30) { g[$0] * pg[$0] * temper_sigmoid(pg[$0]) }
    }
  }
}
