import CTemperKernels

/// silu(gate) · up, element by element: the gated unit of Llama's feed-forward layers (Shazeer 2020).
public func swiGLU(gate: Tensor, up: Tensor) -> Tensor {
  require(gate.shape == up.shape, "swiGLU: gate \(gate.shape) and up \(up.shape) must have one shape")
  func value() -> Tensor {
    let y = Tensor(uninitialized: gate.shape)
    let (pg, pu, py) = (gate.pointer, up.pointer, y.pointer)
    Partition(y.count, cost: 30).run { _, items in
      let i = items.lowerBound
      temper_swiglu_values(pg + i, pu + i, py + i, items.count)
    }
    return y
  }
  let y = value().recording(gate, up) { dy, into in
    let (pg, pu, g) = (gate.pointer, up.pointer, dy.pointer)
    into.accumulate(gate) { d, beta in
      Partition(dy.count, cost: 30).run { _, items in
        let i = items.lowerBound
        temper_swiglu_gate_gradients(g + i, pg + i, pu + i, d + i, beta, items.count)
      }
    }
    into.accumulate(up) { d, beta in
      Partition(dy.count, cost: 30).run { _, items in
        let i = items.lowerBound
        temper_swiglu_up_gradients(g + i, pg + i, d + i, beta, items.count)
      }
    }
  }
  y.rematerialize(value)
  return y
}
