import TemperCore

/// A function of tensors, and its derivatives times an upstream gradient.
public struct DifferentiableFunction {
  let value: ([Tensor]) -> Tensor
  let gradients: ([Tensor], Tensor) -> [Tensor?]

  /// `value` with the derivatives that the tape gives.
  public init(_ value: @escaping ([Tensor]) -> Tensor) {
    self.init(value) { inputs, upstream in valueWithGradients(at: inputs, seed: upstream, value).gradients }
  }

  /// `value` with derivatives from elsewhere.
  public init(_ value: @escaping ([Tensor]) -> Tensor, gradients: @escaping ([Tensor], Tensor) -> [Tensor?]) {
    (self.value, self.gradients) = (value, gradients)
  }

  /// Checks ⟨J v, u⟩ = ⟨v, Jᵀ u⟩ at `inputs`, for each input alone, with random v and u; returns what is wrong, or nil.
  ///
  /// J v comes from central differences over h and 2h combined (Richardson), whose own error is of order h⁴: with h = 1/32 that leaves
  /// the rounding of 32-bit values, about 1e-6 / h. v has entries from ±0.5 to ±1: every element counts, and none moves by more than
  /// 1/16. The products are summed in float64. The tolerance is relative to √Σ(vᵢ gᵢ)², the size that the sum typically has, so
  /// cancellation excuses nothing.
  public func dotProductMismatch(at inputs: [Tensor], tolerance: Double = 1e-3) -> String? {
    var random = RandomTensors("dot product")
    let output = value(inputs)
    let u = random.normal(output.shape)
    let gradients = gradients(inputs, u)
    for (index, input) in inputs.enumerated() {
      let v = random.signed(input.shape, magnitude: 0.5...1)
      guard let gradient = gradients[index] else { return "input \(index) has no gradient" }
      guard gradient.shape == input.shape else { return "the gradient of input \(index) has shape \(gradient.shape), not \(input.shape)" }

      func moved(_ h: Float) -> [Float] {
        var inputs = inputs
        inputs[index] = Tensor(input.shape, zip(input.values, v.values).map { $0 + h * $1 })
        return value(inputs).values
      }
      let h: Float = 1 / 32
      let (far, near) = (zip(moved(2 * h), moved(-2 * h)), zip(moved(h), moved(-h)))
      var jvu = 0.0
      for ((far, near), u) in zip(zip(far, near), u.values) {
        jvu += (8 * (Double(near.0) - Double(near.1)) - (Double(far.0) - Double(far.1))) / (12 * Double(h)) * Double(u)
      }
      let terms = zip(v.values, gradient.values).map { Double($0) * Double($1) }
      let vju = terms.reduce(0, +)
      let size = terms.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if !(abs(jvu - vju) <= tolerance * size + 1e-6) {
        return "input \(index): <Jv, u> is \(jvu), but <v, Jᵀu> is \(vju), with a size of \(size)"
      }
    }
    return nil
  }
}
