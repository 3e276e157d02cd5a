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
    let average = WeightAverage(store, WeightAverageConfig(decay: decay, startStep: start))
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

  @Test func weightsAtRestAreTheirOwnAverage() {
    let store = makeStore()
    move(store, 1)
    let average = WeightAverage(store, WeightAverageConfig(decay: 0.999))
    for _ in 0..<2000 { average.update() }
    let worst = zip(average.state.average.values, store.arena.values).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-6)
  }

  @Test func swappingInAndOutGivesTheWeightsBack() {
    let store = makeStore()
    let average = WeightAverage(store, WeightAverageConfig(decay: 0.5))
    move(store, 1)
    average.update()
    let (weights, mean) = (store.arena.bits, average.state.average.bits)
    average.swap()
    #expect(average.isSwappedIn && store.arena.bits == mean && weights != mean)
    average.swap()
    #expect(!average.isSwappedIn && store.arena.bits == weights && average.state.average.bits == mean)
  }

  @Test func aRestoredOneGoesOnToTheSameBits() throws {
    let store = makeStore()
    let config = WeightAverageConfig(decay: 0.75, startStep: 3)
    let whole = WeightAverage(store, config)
    for step in 1...2 {
      move(store, step)
      whole.update()
    }
    let (saved, steps) = (whole.state.average.copy(), whole.state.steps)
    let other = WeightAverage(store, config)
    try other.restore(average: saved, steps: steps)
    for step in 3...6 {
      move(store, step)
      whole.update()
      other.update()
    }
    #expect(other.state.average.bits == whole.state.average.bits && other.steps == 6)
    #expect(throws: OptimizerMismatch.self) { try other.restore(average: Tensor([1, 2]), steps: 1) }
  }

  @Test func everyKeyIsUsed() throws {
    func read(_ text: String) throws -> WeightAverageConfig {
      try FieldReader.read(JSON.parse(text, path: "x.json"), WeightAverageConfig.init).get().value
    }
    #expect(try read("{}").decay == 0.999 && read("{}").startStep == 0)
    let config = try read(#"{"decay": 0.5, "start_step": 7}"#)
    #expect(config.decay == 0.5 && config.startStep == 7)
    #expect(throws: Diagnostics.self) { try read(#"{"decay": 1}"#) }
    #expect(throws: Diagnostics.self) { try read(#"{"start_step": -1}"#) }
  }
}
