import TemperCore
import TemperNN
import TemperTestSupport
import Testing

/// Terms that layers add to the objective in their forward pass.
@Suite struct LossTermsTests {
  /// A layer of one's own that wants its activations small, and its weight too.
  private struct QuietLinear {
    let linear: Linear

    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
      let h = linear(x)
      context.terms?.add("activity", weight: 0.3, h.squared().mean())
      context.terms?.add("size", weight: 0.5) { linear.weight.value.squared().sum() }
      return h
    }
  }

  private let store = ParameterStore(random: RandomStreams(seed: 5))
  private let layer: QuietLinear
  private let x: Tensor
  private let facts = TrainingFacts(rows: 6)

  init() {
    layer = QuietLinear(linear: Linear(store.root["quiet"], inputs: 4, outputs: 2))
    var random = RandomTensors("loss terms")
    x = random.normal([6, 4])
  }

  /// The mean that is minimised, and its gradient by the way a trainer adds up batches of `sizes` rows.
  private func objective(_ sizes: [Int]) -> (value: Double, gradient: [Float]) {
    let gradients = store.makeGradients()
    var (sum, weight, start) = (0.0, 0.0, 0)
    var last: LossTerms?
    for size in sizes {
      let terms = LossTerms(facts)
      let batch = x.rows(start..<start + size)
      sum += Double(
        store.addGradients(to: gradients) {
          let h = layer(batch, .training(step: 0, rows: Array(0..<Int32(size)), terms: terms))
          let loss = Loss(sum: (h * h * h).sum(), weight: Double(size))
          weight += loss.weight
          return terms.objective(loss)
        }.scalar)
      start += size
      last = terms
    }
    if let last, last.hasParameterTerms {
      sum += Double(store.addGradients(to: gradients) { last.parameterObjective * Float(weight) }.scalar)
    }
    gradients.zeroFillUntouched()
    return (sum / weight, (0..<store.trainableCount).map { gradients.values[$0] / Float(weight) })
  }

  @Test func theObjectiveHasEachTermTimesItsWeight() {
    let h = layer.linear(x).values.map { Double($0) }
    let squares = h.map { $0 * $0 }.reduce(0, +)
    let size = layer.linear.weight.value.values.map { Double($0) * Double($0) }.reduce(0, +)
    let expected = h.map { $0 * $0 * $0 }.reduce(0, +) / 6 + 0.3 * squares / 12 + 0.5 * size
    #expect(mismatch([objective([6]).value], [expected]) == nil)
  }

  /// Central differences of the objective at every weight.
  @Test func theGradientIsThatOfTheWholeObjective() {
    let gradient = objective([6]).gradient
    let arena = store.arena.pointer
    for index in layer.linear.weight.range {
      let before = arena[index]
      arena[index] = before + 1e-2
      let up = objective([6]).value
      arena[index] = before - 1e-2
      let difference = (up - objective([6]).value) / 2e-2
      arena[index] = before
      #expect(abs(difference - Double(gradient[index])) < 2e-3 * max(1, abs(difference)))
    }
  }

  /// Batches of different sizes count by their rows, and parameters once.
  @Test func smallBatchesAddUpToABigOne() {
    let (whole, parts) = (objective([6]), objective([1, 3, 2]))
    #expect(mismatch([parts.value], [whole.value]) == nil)
    #expect(zip(parts.gradient, whole.gradient).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func termsOfOneNameAreOne() {
    let terms = LossTerms(facts)
    let context = Context.training(step: 0, rows: Array(0..<6), terms: terms)
    let h = layer(matmul(layer(x, context), Tensor.filled([2, 4], 1)), context)
    #expect(h.shape == [6, 2])
    #expect(terms.batchValues.map(\.name) == ["activity"] && terms.parameterValues.map(\.name) == ["size"])
    let size = layer.linear.weight.value.values.map { Double($0) * Double($0) }.reduce(0, +)
    #expect(mismatch(terms.parameterValues.map(\.value), [2 * 0.5 * size]) == nil)
  }

  @Test func withoutTrainingNothingIsAdded() {
    #expect(Context.evaluation().terms == nil)
    let terms = LossTerms(facts)
    let loss = Loss(sum: Tensor(3), weight: 2)
    #expect(terms.objective(loss).scalar == 3 && !terms.hasParameterTerms && terms.batchValues.isEmpty)
  }
}
