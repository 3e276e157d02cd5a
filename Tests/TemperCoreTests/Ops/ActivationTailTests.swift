import TemperCore
import TemperTestSupport
import Testing

/// Activations far from 0, where exponentials overflow or vanish: neither values nor derivatives are NaN or grow beyond their limits.
@Suite struct ActivationTailTests {
  @Test(arguments: [Activation.selu, .mish]) func neitherEndIsNaN(activation: Activation) {
    let far: [Float] = [-.greatestFiniteMagnitude, -1e20, -1000, -88, -20, 0, 19.99, 20, 20.01, 88, 1000, 1e18]
    let inputs = Tensor(far)
    let y = activation(inputs).values
    let slopes = valueWithGradients(at: [inputs], seed: .filled([far.count], 1)) { activation($0[0]) }.gradients[0]?.values ?? []
    #expect(y.allSatisfy { !$0.isNaN } && slopes.count == far.count && slopes.allSatisfy { abs($0) < 2 }, "\(y) \(slopes)")
  }

  @Test func mishAndSELUReachTheirLimits() {
    let far = Tensor([-.greatestFiniteMagnitude, -200, 20, 30, 1e30])
    #expect(far.mish().values == [0, 0, 20, 30, 1e30])
    let selu = far.selu().values
    #expect(abs(selu[0] + 1.7580993) < 1e-6 && selu[1] == selu[0] && abs(selu[3] - 31.52103) < 1e-5 && selu[4].isFinite)
  }
}
