import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

/// Rules with averages that update only the rows of a table that the batches of a step named.
@Suite struct TouchedRowsTests {
  /// A store with a table, and one number beside it.
  private func makeStore(_ table: Tensor) -> ParameterStore {
    let store = ParameterStore(loading: SafeTensors(tensors: [("table", table), ("other", Tensor([1]))]))
    _ = store.root.parameter("table", table.shape, .zeros)
    _ = store.root.parameter("other", [1], .zeros)
    _ = store.arena
    return store
  }

  /// Takes a step whose gradient is `cotangent` for each time that `ids` name a row; where `isDense`, the rows are forgotten.
  private func step(
    _ store: ParameterStore, _ optimizer: any Optimizer, ids: [Int32], _ cotangent: Tensor, rate: Double, isDense: Bool = false
  ) {
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) {
      (embeddingBag(store.trainable[0].value, TokenBags(ids: ids, starts: [0]), mode: .sum) * cotangent).sum()
        + store.trainable[1].value.sum()
    }
    if isDense { _ = gradients.pointer }
    let (_, scale) = GradientPass(store).prepare(gradients, scale: 1)
    optimizer.step(gradients, scale: scale, learningRate: rate)
  }

  /// Rows with steps between that did not name them, one that is named by a step alone, and some by none.
  @Test func adamIsTorchsSparseAdam() throws {
    let records = try #require(try Goldens.json("sparse_adam.json").array)
    #expect(records.count == 2)
    for record in records {
      let (betas, rate) = (try #require(record["betas"]?.numbers), try #require(record["learning_rate"]?.number))
      let first = try GoldenTensor(record["table"]).tensor
      let store = makeStore(first)
      let optimizer = AdamW(store, AdamWConfig(betas: (betas[0], betas[1]), weightDecay: 0, rows: .touched))
      let (ids, tables) = (try #require(record["ids"]?.array), try #require(record["tables"]?.array))
      let cotangents = try #require(record["cotangents"]?.array)
      #expect(ids.count == 6 && tables.count == 6)
      for (index, table) in tables.enumerated() {
        let rows = try #require(ids[index].integers).map { Int32($0) }
        step(store, optimizer, ids: rows, try GoldenTensor(cotangents[index]).tensor, rate: rate)
        #expect(mismatch(store.parameters[0].value, try GoldenTensor(table)) == nil, "step \(index)")
      }
      #expect(store.parameters[0].value.rows(4..<6).bits == first.rows(4..<6).bits)
    }
  }

  /// The rule written out for one row at a time, which waits while it is not named.
  @Test(arguments: [false, true]) func momentumAndDecayStandStill(nesterov: Bool) {
    let table = Tensor([5, 2], (0..<10).map { Float($0) / 4 - 1 })
    let store = makeStore(table)
    let optimizer = SGD(store, SGDConfig(momentum: 0.9, nesterov: nesterov, weightDecay: 0.1, rows: .touched))
    var (weights, velocity) = (table.values.map(Double.init), [Double](repeating: 0, count: 10))
    for ids in [[0, 1, 2, 3], [1], [0, 3], [1, 3]] as [[Int32]] {
      step(store, optimizer, ids: ids, Tensor([0.5, -2]), rate: 0.05)
      for row in ids {
        for (column, gradient) in [0.5, -2].enumerated() {
          let i = 2 * Int(row) + column
          velocity[i] = 0.9 * velocity[i] + gradient
          weights[i] = (1 - 0.05 * 0.1) * weights[i] - 0.05 * (nesterov ? gradient + 0.9 * velocity[i] : velocity[i])
        }
      }
    }
    #expect(mismatch(store.parameters[0].value.values.map(Double.init), weights) == nil)
    #expect(store.parameters[0].value.rows(4..<5).bits == table.rows(4..<5).bits)
  }

  /// Where a gradient has no rows every row has one; and the first step, in which no row has averages yet, is that of all rows.
  @Test func gradientsWithoutRowsAreOfAll() {
    let table = Tensor([40, 3], (0..<120).map { Float($0) / 40 - 1 })
    func weights(_ rows: VisitedRows, steps: Int, isDense: Bool) -> [UInt32] {
      let store = makeStore(table)
      let optimizer = AdamW(store, AdamWConfig(weightDecay: 0, rows: rows))
      for id in 0..<Int32(steps) { step(store, optimizer, ids: [id], Tensor([1, 2, -3]), rate: 0.1, isDense: isDense) }
      return store.arena.bits
    }
    #expect(weights(.touched, steps: 3, isDense: true) == weights(.all, steps: 3, isDense: false))
    #expect(weights(.touched, steps: 1, isDense: false) == weights(.all, steps: 1, isDense: false))
    #expect(weights(.touched, steps: 3, isDense: false) != weights(.all, steps: 3, isDense: false))
  }

  @Test func threadsChangeNothing() {
    let runs = (1...3).map { threads in
      Engine.withThreads(threads) {
        let store = makeStore(.filled([20_000, 16], 0.5))
        let optimizer = AdamW(store, AdamWConfig(weightDecay: 0.1, rows: .touched))
        var random = RandomTensors("rows")
        for _ in 0..<3 {
          let ids = (0..<15_000).map { _ in Int32(random.below(20_000)) }
          step(store, optimizer, ids: ids, random.normal([16]), rate: 0.1)
        }
        return store.arena.bits
      }
    }
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
  }
}
