import Glibc
import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

@Suite struct VariationalDropoutTests {
  /// Of a weight of 1: ln α is 2 ln σ.
  private func divergence(logAlpha: Double) -> Double {
    Double(variationalDivergence(Tensor([1], [1]), Tensor([1], [Float(logAlpha / 2)])).scalar)
  }

  /// The published approximation at four values of ln α.
  @Test func thePublishedApproximation() {
    for (logAlpha, expected) in [(-5.0, 3.136684), (0, 0.431239), (3, 0.02542), (8, 0.000168)] {
      #expect(abs(divergence(logAlpha: logAlpha) - expected) < 1e-6, "\(logAlpha)")
    }
    // It is nothing for pure noise, and stops growing where ln α is clamped.
    #expect(divergence(logAlpha: 10) < 3e-5 && divergence(logAlpha: 50) == divergence(logAlpha: 10))
    #expect(divergence(logAlpha: -50) == divergence(logAlpha: -10))
  }

  @Test func valueAndGradients() throws {
    let golden = try #require(try Goldens.json("dropout.json")["variational"])
    let inputs = [try GoldenTensor(golden["w"]).tensor, try GoldenTensor(golden["log_sigma"]).tensor]
    let (value, gradients) = valueWithGradients(at: inputs) { variationalDivergence($0[0], $0[1]) }
    #expect(mismatch([Double(value.scalar)], [try #require(golden["value"]?.number)]) == nil)
    #expect(mismatch(gradients[0], try GoldenTensor(golden["dw"]), Tolerance(absolute: 1e-5, relative: 1e-5)) == nil)
    #expect(mismatch(gradients[1], try GoldenTensor(golden["dlog_sigma"]), Tolerance(absolute: 1e-6, relative: 1e-5)) == nil)
    // Beyond the clamp on either side there is no gradient.
    #expect(gradients[1]?.values.first == 0 && gradients[1]?.values.last == 0)
  }

  /// A weight of 0 is noise alone, whatever σ.
  @Test func aWeightOfZeroHasNoGradient() {
    let (value, gradients) = valueWithGradients(at: [Tensor([2], [0, 0.5]), Tensor([2], [-5, -5])]) { variationalDivergence($0[0], $0[1]) }
    #expect(value.scalar.isFinite && gradients.allSatisfy { $0?.values[0] == 0 && $0?.values[1] != 0 })
  }

  @Test func noisyWeightsArePruned() {
    let (w, sigma) = ([1, -1, 0, 0.01, 1] as [Float], [-5, -5, -5, -5, 1.51] as [Float])
    // ln α is -10, -10, infinite, -0.8 and 3.02.
    #expect(keptWeights(Tensor([5], w), Tensor([5], sigma), threshold: 3).values == [1, -1, 0, 0.01, 0])
    #expect(keptWeights(Tensor([5], w), Tensor([5], sigma), threshold: -1).values == [1, -1, 0, 0, 0])
  }
}
