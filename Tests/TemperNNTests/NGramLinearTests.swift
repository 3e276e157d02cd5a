import TemperCore
import TemperTestSupport
import Testing

import TemperNN

@Suite struct NGramLinearTests {
  /// The table begins at zero, so that what training has not met says nothing, and the output layer apart, so that the two can learn.
  @Test func itsFirstLogitsAreZero() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let model = NGramLinear(store.root, buckets: 1000, width: 8, classes: 3)
    #expect(store.parameters.map(\.name) == ["embeddings.weight", "output.weight", "output.bias"])
    let logits = model(TokenBags(ids: [0, 999, 5], starts: [0, 1]), .evaluation())
    #expect(logits.shape == [2, 3])
    #expect(logits.values == [Float](repeating: 0, count: 6))
    #expect(store.parameters[0].value.values.allSatisfy { $0.bitPattern == 0 })
    let output = store.parameters[1].value.values.map(abs)
    #expect((output.max() ?? 0) <= 0.3536 && (output.max() ?? 0) > 0.2)
  }

  /// Two classes that each have n-grams of their own are told apart within a few steps, and only their rows move.
  @Test func itLearns() {
    let store = ParameterStore(random: RandomStreams(seed: 2))
    let model = NGramLinear(store.root, buckets: 50, width: 4, classes: 2)
    let bags = TokenBags(ids: [1, 2, 3, 11, 12, 1, 3, 13, 11], starts: [0, 3, 5, 7])
    let first = store.trainable[0].value.copy()
    let gradients = store.makeGradients()
    var loss: Float = 0
    for step in 0..<200 {
      gradients.reset()
      loss =
        store.addGradients(to: gradients) {
          softmaxCrossEntropy(model(bags, .training(step: step, rows: [0, 1, 2, 3])), [0, 1, 0, 1]).sum
        }.values[0]
      #expect(Set(gradients.touchedRows(0) ?? []) == [1, 2, 3, 11, 12, 13])
      gradients.zeroFillUntouched()
      for i in 0..<store.trainableCount { store.arena.pointer[i] -= 0.5 * gradients.values[i] }
    }
    #expect(loss < 0.1)
    let rows = first.values
    let now = store.trainable[0].value.values
    let moved = (0..<50).filter { (row: Int) -> Bool in now[4 * row] != rows[4 * row] }
    #expect(moved == [1, 2, 3, 11, 12, 13])
    // An n-gram that was never met changes nothing but what the others are divided by.
    let mean = model(TokenBags(ids: [1, 2], starts: [0]), .evaluation()).values
    let diluted = model(TokenBags(ids: [1, 2, 40, 41], starts: [0]), .evaluation()).values
    let bias = store.parameters[2].value.values
    for i in 0..<2 { #expect(abs((diluted[i] - bias[i]) * 2 - (mean[i] - bias[i])) < 1e-5) }
  }
}
