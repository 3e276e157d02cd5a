import TemperCore
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

/// Updates that visit only the rows of a table that a batch named.
@Suite struct SparseUpdateTests {
  private func makeStore(entries: Int, width: Int) -> ParameterStore {
    let store = ParameterStore(random: RandomStreams(seed: 4))
    // A leaf on either side, and gaps of alignment.
    _ = store.root.parameter("first", [3, 5], .normal(deviation: 1))
    _ = store.root.parameter("table", [entries, width], .normal(deviation: 1))
    _ = store.root.parameter("last", [width], .normal(deviation: 1))
    _ = store.arena
    return store
  }

  /// Takes `steps` steps and returns the norms; where `isDense`, the gradients are made to forget their rows.
  private func train(
    _ store: ParameterStore, _ optimizer: any Optimizer, steps: Int, bags: Int = 8, isDense: Bool
  ) -> (norms: [Double], timing: Duration) {
    let gradients = store.makeGradients()
    let pass = GradientPass(store)
    let entries = store.trainable[1].shape[0]
    var random = RandomTensors("bags")
    var norms: [Double] = []
    var timing = Duration.zero
    for _ in 0..<steps {
      gradients.reset()
      let batch = TokenBags(ids: (0..<bags * 5).map { _ in Int32(random.below(entries)) }, starts: (0..<bags).map { Int32($0 * 5) })
      _ = store.addGradients(to: gradients) {
        (embeddingBag(store.trainable[1].value, batch) * store.trainable[2].value).squared().sum()
          + store.trainable[0].value.squared().sum()
      }
      if isDense { _ = gradients.pointer }
      timing += ContinuousClock().measure {
        let (norm, scale) = pass.prepare(gradients, scale: 0.5)
        norms.append(norm)
        optimizer.step(gradients, scale: scale, learningRate: 0.01)
      }
    }
    return (norms, timing)
  }

  private func rules(_ store: ParameterStore) -> [any Optimizer] {
    [SGD(store, SGDConfig()), Adagrad(store), SGD(store, SGDConfig(momentum: 0.9)), SGD(store, SGDConfig(weightDecay: 0.1)), AdamW(store)]
  }

  /// Widths below and beyond a vector register's; every rule, so that none that moves weights without a gradient is among those that skip.
  @Test(arguments: [3, 16, 40]) func theBitsAreThoseOfAPassOverAll(width: Int) {
    for index in 0..<5 {
      let (sparse, dense) = (makeStore(entries: 700, width: width), makeStore(entries: 700, width: width))
      let (first, second) = (rules(sparse)[index], rules(dense)[index])
      let norms = train(sparse, first, steps: 6, isDense: false).norms
      let others = train(dense, second, steps: 6, isDense: true).norms
      #expect(sparse.arena.bits == dense.arena.bits, "rule \(index)")
      #expect(first.state.map(\.tensor.bits) == second.state.map(\.tensor.bits), "rule \(index)")
      #expect(mismatch(norms, others, Tolerance(absolute: 0, relative: 1e-12)) == nil)
    }
  }

  /// More rows than half of the table, as in its first leaves' one pass.
  @Test func aTableSeenAlmostWholeIsPassedOverWhole() {
    let (sparse, dense) = (makeStore(entries: 12, width: 5), makeStore(entries: 12, width: 5))
    let norms = train(sparse, Adagrad(sparse), steps: 6, isDense: false).norms
    #expect(train(dense, Adagrad(dense), steps: 6, isDense: true).norms == norms)
    #expect(sparse.arena.bits == dense.arena.bits)
  }

  @Test func threadsChangeNothing() {
    let runs = (1...3).map { threads in
      Engine.withThreads(threads) {
        let store = makeStore(entries: 20_000, width: 64)
        let norms = train(store, Adagrad(store), steps: 3, bags: 900, isDense: false).norms
        return (norms, store.arena.bits)
      }
    }
    for run in runs { #expect(run.0 == runs[0].0 && run.1 == runs[0].1) }
  }

  /// 200,000 rows of 16, of which a step sees 160: some hundred times less to do, of which a twentieth is asked for.
  @Test func stepsCostTheRowsTheySaw() {
    let (sparse, dense) = (makeStore(entries: 200_000, width: 16), makeStore(entries: 200_000, width: 16))
    let fast = train(sparse, Adagrad(sparse), steps: 10, bags: 32, isDense: false).timing
    let slow = train(dense, Adagrad(dense), steps: 10, bags: 32, isDense: true).timing
    print("10 steps of Adagrad on 200,000 x 16: \(fast) by rows, \(slow) over all")
    #expect(fast * 5 < slow)
  }
}
