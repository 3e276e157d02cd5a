import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

@Suite struct WeightAverageTests {
  private func makeStore() -> ParameterStore {
    let store = ParameterStore(random: RandomStreams(seed: 4))
    _ = MLP(store.root, inputs: 7, hidden: [9], classes: 3, norm: .batch)
    return store
  }

  /// Other values everywhere, buffers included.
  private func move(_ store: ParameterStore, _ step: Int) {
    var random = RandomTensors("move \(step)")
    for parameter in store.parameters {
      parameter.value.pointer.update(from: random.normal(parameter.shape).pointer, count: parameter.shape.count)
    }
  }

  @Test(arguments: [(0, 0.75), (2, 0.75), (9, 0.75), (0, 0)]) func theFormulaInFloat64(start: Int, decay: Double) {
    let store = makeStore()
    var expected = store.arena.values.map(Double.init)
    let average = WeightAverage(store, .exponential(decay: decay, startStep: start))
    for step in 1...5 {
      move(store, step)
      average.update()
      for (i, w) in store.arena.values.enumerated() {
        let d = i < store.trainableCount && step > start ? decay : 0
        expected[i] = d * expected[i] + (1 - d) * Double(w)
      }
      #expect(mismatch(average.state.average.values.map(Double.init), expected) == nil)
      if decay == 0 || step <= start { #expect(average.state.average.values == store.arena.values) }
    }
  }

  @Test(arguments: [WeightAverageRule.exponential(decay: 0.999, startStep: 0), .equal(startStep: 3, every: 2)])
  func weightsAtRestAreTheirOwnAverage(_ rule: WeightAverageRule) {
    let store = makeStore()
    move(store, 1)
    let average = WeightAverage(store, rule)
    for _ in 0..<2000 { average.update() }
    let worst = zip(average.state.average.values, store.arena.values).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-6)
  }

  @Test func swappingInAndOutGivesTheWeightsBack() {
    let store = makeStore()
    let average = WeightAverage(store, .exponential(decay: 0.5, startStep: 0))
    move(store, 1)
    average.update()
    let (weights, mean) = (store.arena.bits, average.state.average.bits)
    average.swap()
    #expect(average.isSwappedIn && store.arena.bits == mean && weights != mean)
    average.swap()
    #expect(!average.isSwappedIn && store.arena.bits == weights && average.state.average.bits == mean)
  }

  @Test(arguments: [WeightAverageRule.exponential(decay: 0.75, startStep: 3), .equal(startStep: 1, every: 2)])
  func aRestoredOneGoesOnToTheSameBits(_ rule: WeightAverageRule) throws {
    let store = makeStore()
    let whole = WeightAverage(store, rule)
    for step in 1...2 {
      move(store, step)
      whole.update()
    }
    let (saved, steps) = (whole.state.average.copy(), whole.state.steps)
    let other = WeightAverage(store, rule)
    try other.restore(average: saved, steps: steps)
    for step in 3...6 {
      move(store, step)
      whole.update()
      other.update()
    }
    #expect(other.state.average.bits == whole.state.average.bits && other.steps == 6)
    #expect(throws: OptimizerMismatch.self) { try other.restore(average: Tensor([1, 2]), steps: 1) }
  }

  /// The mean of the weights at the start and at every so many steps from there; before that, the weights.
  @Test(arguments: [(0, 1, [1, 2, 3, 4, 5, 6, 7]), (0, 3, [3, 6]), (1, 3, [1, 4, 7]), (5, 1, [5, 6, 7]), (4, 9, [4]), (8, 1, [])])
  func equalSharesOfRegularSteps(start: Int, every: Int, members: [Int]) {
    let store = makeStore()
    let average = WeightAverage(store, .equal(startStep: start, every: every))
    var taken: [[Double]] = []
    for step in 1...7 {
      move(store, step)
      average.update()
      let weights = store.arena.values.map(Double.init)
      if members.contains(step) { taken.append(weights) }
      let mean = weights.indices.map { i in
        i >= store.trainableCount || taken.isEmpty ? weights[i] : taken.reduce(0) { $0 + $1[i] } / Double(taken.count)
      }
      #expect(mismatch(average.state.average.values.map(Double.init), mean) == nil, "step \(step)")
      #expect(average.hasBegun == !taken.isEmpty)
      #expect(average.source == .raw)
      average.swap()
      #expect(average.source == (taken.isEmpty ? .raw : .swa))
      average.swap()
    }
  }

  @Test func everyKeyIsUsed() throws {
    func read(_ text: String) throws -> WeightAverageConfig {
      try FieldReader.read(JSON.parse(text, path: "x.json"), WeightAverageConfig.init).get().value
    }
    func rule(_ text: String) throws -> WeightAverageRule { try read(text).rule(total: 202, stepsPerEpoch: 10) }
    #expect(try rule("{}") == .exponential(decay: 0.999, startStep: 0))
    #expect(try rule(#"{"decay": 0.5, "start_step": 7}"#) == .exponential(decay: 0.5, startStep: 7))
    #expect(try rule(#"{"type": "swa"}"#) == .equal(startStep: 152, every: 10))
    #expect(try rule(#"{"type": "swa", "start_step": 3, "every_steps": 2}"#) == .equal(startStep: 3, every: 2))
    #expect(try rule(#"{"type": "swa", "start_epoch": 4, "every_epochs": 2}"#) == .equal(startStep: 40, every: 20))
    #expect(try !read("{}").comparesRaw && read(#"{"compare_raw": true}"#).comparesRaw)
    for wrong in [
      #"{"decay": 1}"#, #"{"start_step": -1}"#, #"{"type": "swa", "decay": 0.5}"#, #"{"type": "swa", "start_step": 1, "start_epoch": 1}"#,
      #"{"type": "swa", "every_steps": 1, "every_epochs": 1}"#, #"{"every_steps": 2}"#,
    ] {
      #expect(throws: Diagnostics.self) { try read(wrong) }
    }
  }
}
