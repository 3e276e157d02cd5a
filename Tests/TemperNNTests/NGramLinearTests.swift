import TemperCore
import TemperTestSupport
import Testing

@testable import TemperNN

@Suite struct NGramLinearTests {
  @Test func itsFirstLogitsAreZeroAndItsTableSmall() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let model = NGramLinear(store.root, buckets: 1000, width: 8, classes: 3)
    #expect(store.parameters.map(\.name) == ["embeddings.weight", "output.weight", "output.bias"])
    let logits = model(TokenBags(ids: [0, 999, 5], starts: [0, 1]), .evaluation())
    #expect(logits.shape == [2, 3])
    #expect(logits.values == [Float](repeating: 0, count: 6))
    let table = store.parameters[0].value.values
    let (least, most) = (table.min() ?? 0, table.max() ?? 0)
    #expect(least >= -0.125 && least < -0.12)
    #expect(most <= 0.125 && most > 0.12)
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
      gradients.settle()
      for i in 0..<store.trainableCount { store.arena.pointer[i] -= 0.5 * gradients.values[i] }
    }
    #expect(loss < 0.1)
    let rows = first.values
    let now = store.trainable[0].value.values
    let moved = (0..<50).filter { (row: Int) -> Bool in now[4 * row] != rows[4 * row] }
    #expect(moved == [1, 2, 3, 11, 12, 13])
  }
}
