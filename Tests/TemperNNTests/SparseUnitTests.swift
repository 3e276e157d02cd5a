import TemperCore
import TemperNN
import TemperTestSupport
import Testing

/// Hidden layers of which only the largest units stay active, and the penalty on activations.
@Suite struct SparseUnitTests {
  private func model(active: [Int]) -> (model: MLP, store: ParameterStore) {
    let store = ParameterStore(random: RandomStreams(seed: 2))
    return (MLP(store.root, inputs: 6, hidden: [16, 8], classes: 3, activation: .none, active: active), store)
  }

  private func gradients(_ store: ParameterStore, _ loss: () -> Tensor) -> [UInt32] {
    let buffer = store.makeGradients()
    buffer.reset()
    _ = store.addGradients(to: buffer, loss)
    return (0..<buffer.count).map { buffer.values[$0].bitPattern }
  }

  @Test func allUnitsAreTheIdentity() {
    var random = RandomTensors("active")
    let x = random.normal([12, 6])
    let (whole, store) = model(active: [])
    let (all, otherStore) = model(active: [16, 8])
    #expect(whole(x, .evaluation()).bits == all(x, .evaluation()).bits)
    let (one, other) = (
      gradients(store) { whole(x, .evaluation()).squared().sum() }, gradients(otherStore) { all(x, .evaluation()).squared().sum() }
    )
    #expect(one == other && one.contains { $0 != 0 })
  }

  @Test func theShareOfActiveUnitsIsExact() {
    var random = RandomTensors("active")
    let x = random.normal([12, 6])
    var found: [String: Int] = [:]
    let hooks = ActivationHooks(["layers.0.activation", "layers.1.activation"]) { name, h in
      for row in 0..<12 { found[name, default: 0] += h.rows(row..<row + 1).values.count { $0 != 0 } == (h.shape[1] == 16 ? 2 : 5) ? 1 : 0 }
    }
    _ = model(active: [2, 5]).model(x, .evaluation(hooks: hooks))
    #expect(found == ["layers.0.activation": 12, "layers.1.activation": 12])
  }

  /// λ times the mean over rows of the sum over the units of all hidden layers; nothing outside training.
  @Test func thePenaltyOfActivations() throws {
    var random = RandomTensors("penalty")
    let x = random.normal([12, 6])
    let (model, store) = model(active: [])
    var sum: Float = 0
    let hooks = ActivationHooks(["layers.0.activation", "layers.1.activation"]) { _, h in sum += h.values.reduce(0) { $0 + abs($1) } }
    _ = model(x, .evaluation(hooks: hooks))
    let terms = LossTerms(TrainingFacts(rows: 12))
    _ = model(x, .training(step: 0, rows: Array(0..<12), activationL1: 0.3, terms: terms))
    let value = try #require(terms.batchValues.first)
    #expect(terms.batchValues.count == 1 && value.name == "activation_l1")
    #expect(abs(value.value - Double(0.3 * sum / 12)) < 1e-5 * value.value)
    let none = LossTerms(TrainingFacts(rows: 12))
    _ = model(x, .training(step: 0, rows: Array(0..<12), terms: none))
    #expect(none.batchValues.isEmpty)
    // It is part of the objective that is differentiated.
    func objective(_ strength: Double) -> [UInt32] {
      gradients(store) {
        let terms = LossTerms(TrainingFacts(rows: 12))
        let outputs = model(x, .training(step: 0, rows: Array(0..<12), activationL1: strength, terms: terms))
        return terms.objective(Loss(sum: outputs.sum(), weight: 12))
      }
    }
    #expect(objective(0.3) != objective(0))
  }
}
