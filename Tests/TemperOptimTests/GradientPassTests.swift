import TemperCore
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

@Suite struct GradientPassTests {
  private func makeStore() -> ParameterStore {
    let store = ParameterStore(loading: SafeTensors(tensors: [("b", Tensor([10, 20])), ("w", Tensor([1, 2], [3, -4]))]))
    _ = store.root.parameter("b", [2], .zeros)
    _ = store.root.parameter("w", [1, 2], .zeros)
    return store
  }

  private func gradients(_ store: ParameterStore, _ b: [Float], _ w: [Float]) -> GradientBuffer {
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) {
      (store.trainable[0].value * Tensor(b)).sum() + (store.trainable[1].value * Tensor(w)).sum()
    }
    return gradients
  }

  /// The gradients as an optimiser sees them, times what the pass has left to it.
  private func values(_ store: ParameterStore, _ gradients: GradientBuffer, scale: Float = 1) -> [[Double]] {
    store.trainable.enumerated().map {
      gradients.gradient($0.offset, shape: $0.element.shape)?.values.map { Double(scale * $0) } ?? []
    }
  }

  @Test func gradientsAreScaledAndTheirNormReturned() {
    let store = makeStore()
    let gradients = gradients(store, [2, 4], [-6, 8])
    let (norm, scale) = GradientPass(store).prepare(gradients, scale: 0.5)
    #expect(values(store, gradients, scale: scale) == [[1, 2], [-3, 4]])
    #expect(mismatch([norm * norm], [30], Tolerance(absolute: 0, relative: 1e-12)) == nil)
  }

  @Test(arguments: DecayScope.allCases) func thePenaltyIsAddedAfterScaling(scope: DecayScope) {
    let store = makeStore()
    let gradients = gradients(store, [2, 4], [-6, 8])
    let (norm, scale) = GradientPass(store, l2: 0.5, penalizing: scope).prepare(gradients, scale: 0.5)
    let expected: [[Double]] = [scope == .all ? [6, 12] : [1, 2], [-1.5, 2]]
    #expect(values(store, gradients, scale: scale) == expected)
    let squares = expected.flatMap { $0 }.reduce(0) { $0 + $1 * $1 }
    #expect(mismatch([norm * norm], [squares], Tolerance(absolute: 0, relative: 1e-12)) == nil)
  }

  /// A parameter that the loss does not reach has a gradient of zero, and the penalty acts on it all the same.
  @Test func untouchedGradientsAreZero() {
    let store = makeStore()
    let gradients = store.makeGradients()
    gradients.pointer.update(repeating: 7, count: 2)
    _ = store.addGradients(to: gradients) { store.trainable[1].value.sum() }
    _ = GradientPass(store, l2: 0.5, penalizing: .all).prepare(gradients, scale: 1)
    #expect(values(store, gradients) == [[5, 10], [2.5, -1]])
  }

  /// Without a penalty neither the pass nor an update writes to gradients, so that an embedding's stay sparse; a penalty acts on all rows.
  @Test func sparseGradientsStaySparse() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let table = store.root.parameter("table", [6, 2], .ones)
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) { embedding(table.value, [4, 1]).sum() }
    let (norm, scale) = GradientPass(store).prepare(gradients, scale: 0.5)
    #expect(norm == 1 && gradients.touchedRows(0) == [4, 1])
    let rules: [any Optimizer] = [
      SGD(store, SGDConfig(momentum: 0.9)), AdamW(store), RMSProp(store), Adagrad(store), Lion(store),
    ]
    for rule in rules { rule.step(gradients, scale: scale, learningRate: 0.1) }
    #expect(gradients.touchedRows(0) == [4, 1])
    _ = GradientPass(store, l2: 0.1).prepare(gradients, scale: 1)
    #expect(gradients.touchedRows(0) == nil)
  }

  @Test(arguments: [Float.nan, .infinity]) func theNormIsNotFiniteWhenAGradientIsNot(bad: Float) {
    let store = makeStore()
    let gradients = gradients(store, [1, 1], [1, bad])
    #expect(!GradientPass(store).prepare(gradients, scale: 1).norm.isFinite)
  }

  /// Squares are summed in float64: they neither overflow nor vanish.
  @Test(arguments: [Float(1e30), 1e-30]) func extremeNorms(size: Float) {
    let store = makeStore()
    let gradients = gradients(store, [size, size], [size, size])
    let norm = GradientPass(store).prepare(gradients, scale: 1).norm
    #expect(mismatch([norm / Double(size)], [2]) == nil)
  }

  /// Two halves of a batch add up to the whole: sums and weights, divided once.
  @Test func microBatchesEqualTheBatch() {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    let model = MLP(store.root, inputs: 5, hidden: [9], classes: 4)
    var random = RandomTensors("micro-batches")
    let (x, labels) = (random.normal([12, 5]), random.labels(12, classes: 4))
    let loss = SparseCategoricalCrossEntropy(CrossEntropyOptions(ignoreIndex: 2, classWeights: [1, 2, 3, 4]))
    func run(_ pieces: [Range<Int>]) -> (norm: Double, gradients: [Double]) {
      let gradients = store.makeGradients()
      var weight = 0.0
      for piece in pieces {
        _ = store.addGradients(to: gradients) {
          let loss = loss(model(x.rows(piece), .evaluation()), Array(labels[piece]))
          weight += loss.weight
          return loss.sum
        }
      }
      let (norm, scale) = GradientPass(store).prepare(gradients, scale: Float(1 / weight))
      return (norm, values(store, gradients, scale: scale).flatMap { $0 })
    }
    let (whole, parts) = (run([0..<12]), run([0..<5, 5..<6, 6..<12]))
    #expect(mismatch([parts.norm], [whole.norm]) == nil)
    #expect(mismatch(parts.gradients, whole.gradients) == nil)
  }
}
