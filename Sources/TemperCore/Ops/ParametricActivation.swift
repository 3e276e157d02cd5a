/// An activation of which each unit learns how much it is used, as in RealMLP (Holzmüller, Grinsztajn and Steinwart 2024):
/// x + a (f(x) - x), with the share `a`, `[width]`, of each column of the last axis of `x`.
public func parametricActivation(_ x: Tensor, _ a: Tensor, _ f: Activation) -> Tensor {
  require(
    x.shape.rank >= 1 && a.shape == Shape(x.shape[-1]), "parametricActivation: a \(a.shape) needs one element for each column of \(x.shape)"
  )
  return x + (f(x) - x) * a
}
