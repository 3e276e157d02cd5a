import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

@Suite struct PenaltyTests {
  /// A store of one vector, `b`, and one matrix, `w`, all of whose elements are `values`.
  private func makeStore(_ values: [Float]) -> ParameterStore {
    let store = ParameterStore(loading: SafeTensors(tensors: [("b", Tensor(values)), ("w", Tensor([1, values.count], values))]))
    _ = store.root.parameter("b", [values.count], .zeros)
    _ = store.root.parameter("w", [1, values.count], .zeros)
    return store
  }

  /// The weights after each step of SGD with the penalty.
  private func curve(_ golden: JSON, _ method: L1Method) throws -> [[Double]] {
    let store = makeStore(try #require(golden["start"]?.numbers).map { Float($0) })
    let (rate, l1) = (try #require(golden["learning_rate"]?.number), try #require(golden["l1"]?.number))
    let (optimizer, shrinkage) = (SGD(store, SGDConfig()), ProximalL1(store))
    let pass = GradientPass(store, l1: method == .subgradient ? l1 : 0)
    return try #require(golden["gradients"]?.array).compactMap(\.numbers).map { gradient in
      let gradients = store.makeGradients()
      _ = store.addGradients(to: gradients) { (store.trainable[1].value * Tensor(gradient.map { Float($0) })).sum() }
      let (_, scale) = pass.prepare(gradients, scale: 1)
      optimizer.step(gradients, scale: scale, learningRate: rate)
      if method == .proximal { shrinkage.shrink(by: rate * l1) }
      return store.trainable[1].value.values.map(Double.init)
    }
  }

  @Test(arguments: ["fixed_gradients", "dyadic", "dyadic_off_grid"], L1Method.allCases) func l1(name: String, method: L1Method) throws {
    let golden = try #require(try Goldens.json("reference.json")["l1"]?[name])
    let expected = try #require(golden[method.rawValue]?.array).compactMap(\.numbers)
    let actual = try curve(golden, method)
    #expect(expected.count == 4)
    #expect(mismatch(actual.flatMap { $0 }, expected.flatMap { $0 }) == nil)
    // Powers of two are exact in any precision.
    if name != "fixed_gradients" { #expect(actual == expected) }
  }

  /// The proximal step ends at 0 and stays there; the subgradient swings around it for ever.
  @Test func onlyTheProximalStepSettlesAtZero() throws {
    let golden = try #require(try Goldens.json("reference.json")["l1"]?["dyadic_off_grid"])
    #expect(try curve(golden, .proximal).allSatisfy { $0[0] == 0 })
    #expect(try curve(golden, .subgradient).allSatisfy { $0[0] != 0 })
  }

  @Test(arguments: DecayScope.allCases) func penaltiesActOnTheirScope(scope: DecayScope) {
    let store = makeStore([1, -0.25])
    ProximalL1(store, penalizing: scope).shrink(by: 0.5)
    #expect(store.trainable[1].value.values == [0.5, 0])
    #expect(store.trainable[0].value.values == (scope == .all ? [0.5, 0] : [1, -0.25]))

    let other = makeStore([1, -2])
    let gradients = other.makeGradients()
    _ = GradientPass(other, l2: 0.5, l1: 0.25, penalizing: scope).prepare(gradients, scale: 1)
    #expect(gradients.gradient(1, shape: [2])?.values == [0.75, -1.25])
    #expect((gradients.gradient(0, shape: [2])?.values ?? [0, 0]) == (scope == .all ? [0.75, -1.25] : [0, 0]))
    let share = scope == .all ? 2.0 : 1
    #expect(mismatch([other.penalty(l1: 0.25, l2: 0.5, on: scope)], [share * (0.25 * 3 + 0.25 * 5)]) == nil)
    #expect(other.penalty(l1: 0, l2: 0, on: scope) == 0)
  }

  @Test func shrinkingHidesNoNaN() {
    let store = makeStore([.nan, .infinity, -.infinity, 0, -0.1])
    ProximalL1(store).shrink(by: 0.5)
    let values = store.trainable[1].value.values
    #expect(values[0].isNaN)
    #expect(Array(values.dropFirst()) == [.infinity, -.infinity, 0, 0])
  }

  @Test func configOfPenalties() throws {
    func read(_ text: String) throws -> PenaltyConfig {
      try FieldReader.read(JSON.parse(text, path: "x.json")) { PenaltyConfig($0, metrics: ["validation.loss"]) }.get().value
    }
    let standard = try read("{}")
    #expect(standard.l1.constant == 0 && standard.l2.constant == 0 && standard.l1Method == .proximal)
    let config = try read(#"{"l1": 0.1, "l2": {"type": "linear", "from": 0, "to": 1}, "l1_method": "subgradient"}"#)
    #expect(config.l1.constant == 0.1 && config.l1Method == .subgradient)
    #expect(config.l2.value(step: 1, totalSteps: 2, stepsPerEpoch: 1) == 0.5)
    for text in [#"{"l1": -1}"#, #"{"l2": "x"}"#, #"{"l1_method": "lasso"}"#, #"{"l1": {"type": "linear", "from": 0, "to": -1}}"#] {
      #expect(throws: Diagnostics.self) { try read(text) }
    }
  }
}
