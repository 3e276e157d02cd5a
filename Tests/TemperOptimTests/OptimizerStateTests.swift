import TemperCore
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

@Suite struct OptimizerStateTests {
  private func makeStore() -> ParameterStore {
    let store = ParameterStore(random: RandomStreams(seed: 4))
    _ = MLP(store.root, inputs: 7, hidden: [9, 5], classes: 3, norm: .layer)
    _ = store.arena
    return store
  }

  private func take(_ steps: Range<Int>, _ optimizer: any Optimizer, _ store: ParameterStore) {
    let gradients = store.makeGradients()
    for step in steps {
      gradients.reset()
      gradients.zeroFillUntouched()
      var random = RandomTensors("gradients of step \(step)")
      gradients.pointer.update(from: random.normal([store.trainableCount]).pointer, count: store.trainableCount)
      optimizer.step(gradients, scale: 0.5, learningRate: 0.01 / Double(step + 1))
    }
  }

  /// What a checkpoint holds: copies, and nothing but.
  private func saved(_ optimizer: any Optimizer) -> (state: [(name: String, tensor: Tensor)], scalars: [(name: String, value: Int)]) {
    (optimizer.state.map { ($0.name, $0.tensor.copy()) }, optimizer.scalars)
  }

  @Test(arguments: EveryRule.all) func aRestoredOneGoesOnToTheSameBits(rule: EveryRule) throws {
    let whole = makeStore()
    let first = try rule.optimizer(for: whole)
    take(0..<3, first, whole)
    let (weights, checkpoint) = (whole.arena.copy(), saved(first))
    take(3..<7, first, whole)

    let parts = makeStore()
    parts.arena.pointer.update(from: weights.pointer, count: weights.count)
    let second = try rule.optimizer(for: parts)
    try second.restore(state: checkpoint.state.reversed(), scalars: checkpoint.scalars)
    take(3..<7, second, parts)
    #expect(parts.arena.bits == whole.arena.bits)
    #expect(second.steps == 7)
    #expect(saved(second).state.map(\.tensor.bits) == saved(first).state.map(\.tensor.bits))

    // Without the state it is another run, or the test would show nothing.
    if !checkpoint.state.isEmpty {
      let other = makeStore()
      other.arena.pointer.update(from: weights.pointer, count: weights.count)
      take(3..<7, try rule.optimizer(for: other), other)
      #expect(other.arena.bits != whole.arena.bits)
    }
  }

  @Test func whatDoesNotFitIsRefusedAndChangesNothing() {
    let store = makeStore()
    let optimizer = AdamW(store)
    take(0..<2, optimizer, store)
    let before = saved(optimizer)
    let short = Tensor.filled([3], 0)
    let bad: [(state: [(name: String, tensor: Tensor)], scalars: [(name: String, value: Int)])] = [
      ([], before.scalars), (Array(before.state.dropLast()), before.scalars), (before.state + [("velocity", short)], before.scalars),
      ([("first_moment", short), ("second_moment", before.state[1].tensor)], before.scalars), (before.state, []),
      (before.state, [("steps", -1)]), (before.state, [("epochs", 1)]),
    ]
    for (state, scalars) in bad {
      #expect(throws: OptimizerMismatch.self) { try optimizer.restore(state: state, scalars: scalars) }
    }
    #expect(saved(optimizer).state.map(\.tensor.bits) == before.state.map(\.tensor.bits))
    #expect(optimizer.steps == 2)
  }
}
