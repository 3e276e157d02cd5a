import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

/// Adagrad with one sum for each row of a table.
@Suite struct RowwiseAdagradTests {
  /// A store with a table of which a file keeps only used rows, and a vector beside it.
  private func makeStore(_ table: Tensor, _ vector: Tensor) -> ParameterStore {
    let store = ParameterStore(loading: SafeTensors(tensors: [("table", table), ("vector", vector)]))
    _ = store.root.parameter("table", table.shape, .zeros, stored: .usedRows)
    _ = store.root.parameter("vector", vector.shape, .zeros)
    _ = store.arena
    return store
  }

  /// Takes a step on the gradients that the golden's script describes; where `isDense`, the rows are forgotten.
  private func step(
    _ store: ParameterStore, _ optimizer: any Optimizer, ids: [Int32], _ cotangent: Tensor, _ slope: Tensor, rate: Double,
    isDense: Bool = false
  ) {
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) {
      (embeddingBag(store.trainable[0].value, TokenBags(ids: ids, starts: [0]), mode: .sum) * cotangent).sum()
        + (store.trainable[1].value * slope).sum()
    }
    if isDense { _ = gradients.pointer }
    let (_, scale) = GradientPass(store).prepare(gradients, scale: 1)
    optimizer.step(gradients, scale: scale, learningRate: rate)
  }

  @Test(arguments: [false, true]) func goldens(isDense: Bool) throws {
    let records = try #require(try Goldens.json("rowwise_adagrad.json").array)
    #expect(records.count == 2)
    for record in records {
      func number(_ key: String) throws -> Double { try #require(record[key]?.number) }
      func tensors(_ key: String) throws -> [GoldenTensor] { try #require(record[key]?.array).map { try GoldenTensor($0) } }
      let table = try GoldenTensor(record["table"]).tensor
      let store = makeStore(table, try GoldenTensor(record["vector"]).tensor)
      let optimizer = RowwiseAdagrad(
        store,
        AdagradConfig(
          learningRateDecay: try number("lr_decay"), eps: try number("eps"), initialAccumulator: try number("initial_accumulator")))
      let (cotangents, slopes) = (try tensors("cotangents"), try tensors("slopes"))
      let (tables, vectors) = (try tensors("tables"), try tensors("vectors"))
      for (index, ids) in try #require(record["ids"]?.array).enumerated() {
        step(
          store, optimizer, ids: try #require(ids.integers).map { Int32($0) }, cotangents[index].tensor, slopes[index].tensor,
          rate: try number("learning_rate"), isDense: isDense)
        #expect(mismatch(store.parameters[0].value, tables[index]) == nil, "step \(index)")
        #expect(mismatch(store.parameters[1].value, vectors[index]) == nil, "step \(index)")
      }
      #expect(store.parameters[0].value.rows(4..<6).bits == table.rows(4..<6).bits)
    }
  }

  /// One sum a row of the table, and one a number beside it, each block filled up to a multiple of sixteen.
  @Test func aRowHasOneSum() throws {
    let store = makeStore(.filled([20, 4], 0), Tensor([1, 2, 3]))
    let optimizer = RowwiseAdagrad(store)
    #expect(optimizer.state.map(\.name) == ["sum"])
    #expect(optimizer.state[0].tensor.count == 48)
    step(store, optimizer, ids: [2, 7, 7], Tensor([1, 2, 0, 1]), Tensor([3, 0, 1]), rate: 0.1)
    let sums = optimizer.state[0].tensor.values
    #expect(sums[2] == 1.5 && sums[7] == 6 && sums[32] == 9 && sums[33] == 0 && sums[34] == 1)
    #expect(sums.reduce(0, +) == 17.5)
  }

  @Test func threadsChangeNothing() {
    let runs = (1...3).map { threads in
      Engine.withThreads(threads) {
        let store = makeStore(.filled([20_000, 16], 0.5), Tensor([1, 2, 3]))
        let optimizer = RowwiseAdagrad(store)
        var random = RandomTensors("rows")
        for step in 0..<4 {
          let ids = (0..<15_000).map { _ in Int32(random.below(20_000)) }
          self.step(store, optimizer, ids: ids, random.normal([16]), random.normal([3]), rate: 0.1, isDense: step == 3)
        }
        return store.arena.bits + optimizer.state[0].tensor.bits
      }
    }
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
  }
}
