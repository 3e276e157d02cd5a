import TemperCore
import TemperTestSupport
import Testing

@Suite struct GradientBufferTests {
  @Test func leavesAreUntouchedUntilSomethingIsAdded() {
    let buffer = GradientBuffer(layout: [0..<2, 16..<19], count: 19)
    #expect(buffer.leafCount == 2)
    let x = Tensor([3, 4])
    let value = buffer.addGradients { tape in (tape.leaf(0, x) * 2).sum() }
    #expect(value.scalar == 14)
    #expect(!value.isTraced)
    #expect(buffer.isTouched(0) && !buffer.isTouched(1))
    #expect(buffer.gradient(0, shape: [2])?.values == [2, 2])
    #expect(buffer.gradient(1, shape: [3]) == nil)
  }

  @Test func gradientsAddUpUntilReset() {
    let buffer = GradientBuffer(layout: [0..<2], count: 2)
    let x = Tensor([3, 4])
    for scale: Float in [1, 0.5] { buffer.addGradients(scale: scale) { tape in tape.leaf(0, x).squared().sum() } }
    #expect(buffer.gradient(0, shape: [2])?.values == [9, 12])
    buffer.reset()
    #expect(!buffer.isTouched(0))
    buffer.addGradients { tape in tape.leaf(0, x).squared().sum() }
    #expect(buffer.gradient(0, shape: [2])?.values == [6, 8])
  }

  @Test func settlingWritesZerosWhereNothingWasAdded() {
    let buffer = GradientBuffer(layout: [0..<2, 2..<4], count: 4)
    let x = Tensor([3, 4])
    buffer.addGradients { tape in (tape.leaf(0, x) + tape.leaf(1, x)).sum() }
    buffer.reset()
    buffer.addGradients { tape in tape.leaf(1, x).sum() }
    buffer.zeroFillUntouched()
    #expect(buffer.isTouched(0))
    #expect((0..<4).map { buffer.pointer[$0] } == [0, 0, 1, 1])
  }

  @Test func gapsBetweenLeavesAreZero() {
    let buffer = GradientBuffer(layout: [0..<1, 16..<17], count: 17)
    buffer.addGradients { tape in tape.leaf(0, Tensor([1])) + tape.leaf(1, Tensor([1])) }
    #expect((1..<16).allSatisfy { buffer.pointer[$0] == 0 })
  }

  @Test func aLeafMayBeTheResultItself() {
    let (value, gradients) = valueWithGradients(at: [Tensor([1, 2])], seed: Tensor([5, 6])) { $0[0] }
    #expect(value.values == [1, 2])
    #expect(gradients[0]?.values == [5, 6])
  }

  @Test func theSeedIsNotChanged() {
    let seed = Tensor([5, 6])
    _ = valueWithGradients(at: [Tensor([1, 2])], seed: seed) { $0[0].reshaped([1, 2]).reshaped([2]) + $0[0] }
    #expect(seed.values == [5, 6])
  }

  @Test func detachedValuesAreConstants() {
    let gradients = valueWithGradients(at: [Tensor([3])]) { $0[0] * $0[0].detached }.gradients
    #expect(gradients[0]?.values == [3])
  }

  /// A value kept from a pass that is over has a place on a tape that is gone.
  @Test(arguments: [true, false]) func valuesOfAFinishedPassAreConstants(isFirst: Bool) {
    var kept: Tensor?
    _ = valueWithGradients(at: [Tensor([7, 7]), Tensor([2, 3])]) { leaves in
      kept = leaves[1] * 10
      return leaves[0] + leaves[1]
    }
    let old = kept!
    #expect(!old.isTraced)
    let x = Tensor([1, 2])
    let (value, gradients) = valueWithGradients(at: [x]) { leaves in isFirst ? old * leaves[0] : leaves[0] * old }
    #expect(value.values == [20, 60])
    #expect(gradients[0]?.values == [20, 30])
  }

  @Test func twoPassesAtOnceDoNotMix() async {
    await #expect(processExitsWith: .exitCode(1)) {
      _ = valueWithGradients(at: [Tensor([1])]) { outer in
        valueWithGradients(at: [Tensor([2])]) { inner in outer[0] * inner[0] }.value
      }
    }
  }

  @Test func passesNestWhereTheyAreIndependent() {
    let (_, gradients) = valueWithGradients(at: [Tensor([1, 2])]) { outer in
      let inner = valueWithGradients(at: [Tensor([2, 5])]) { $0[0].squared() }.gradients[0]!
      return outer[0] * inner
    }
    #expect(gradients[0]?.values == [4, 10])
  }
}
