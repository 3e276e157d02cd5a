import TemperCore
import TemperNN
import TemperTestSupport
import Testing

/// DropConnect and stochastic depth.
@Suite struct DropConnectTests {
  private let store = ParameterStore(random: RandomStreams(seed: 3))

  private func training(_ step: Int, rows: [Int32], weights: Double = 0, blocks: Double = 0) -> Context {
    .training(step: step, rows: rows, skipping: SkippingRates(weights: weights, blocks: blocks))
  }

  @Test func weightsAreDroppedForAStep() {
    var random = RandomTensors("dropconnect")
    let layer = Linear(store.root["a"], inputs: 40, outputs: 30, activation: .none)
    let drop = DropConnect(store.root["a"])
    let (x, rows): (Tensor, [Int32]) = (random.normal([4, 40]), [7, 1, 3, 9])
    let whole = layer(x)
    #expect(drop(layer, x, .evaluation()).bits == whole.bits)
    #expect(drop(layer, x, training(3, rows: rows)).bits == whole.bits)
    let context = training(3, rows: rows, weights: 0.25)
    let once = drop(layer, x, context)
    #expect(once.bits != whole.bits && drop(layer, x, context).bits == once.bits)
    #expect(Engine.withThreads(1) { drop(layer, x, context).bits } == Engine.withThreads(3) { drop(layer, x, context).bits })
    #expect(drop(layer, x, training(4, rows: rows, weights: 0.25)).bits != once.bits)
    // One mask for all rows: those of another batch see the same weights.
    let unit = Tensor([40, 40], (0..<1600).map { $0 % 41 == 0 ? 1 : 0 })
    let masked = drop(layer, unit, training(3, rows: Array(0..<40), weights: 0.25)).transposed()
    #expect(mismatch(once, linear(x, masked, layer.bias?.value)) == nil)
    let weights = layer.weight.value.values
    let kept = zip(masked.values, weights).filter { $0.0 != 0 }
    #expect(abs(Double(kept.count) / 1200 - 0.75) < 0.05)
    for (a, w) in kept { #expect(abs(a - w / 0.75) < 1e-6) }
    // The mean over steps is what evaluation uses.
    var mean = [Double](repeating: 0, count: whole.count)
    for step in 0..<2000 {
      for (i, y) in drop(layer, x, training(step, rows: rows, weights: 0.25)).values.enumerated() { mean[i] += Double(y) / 2000 }
    }
    for (a, b) in zip(mean, whole.values) { #expect(abs(a - Double(b)) < 0.1) }
  }

  @Test func gradientsGoToTheWeightsThatWereKept() {
    var random = RandomTensors("dropconnect gradients")
    let layer = Linear(store.root["a"], inputs: 12, outputs: 9)
    let drop = DropConnect(store.root["a"])
    let x = random.normal([3, 12])
    let context = training(5, rows: [0, 1, 2], weights: 0.5)
    #expect(DifferentiableFunction { drop(layer, $0[0], context) }.dotProductMismatch(at: [x]) == nil)
    let ofWeights = DifferentiableFunction(
      { values in
        layer.weight.value.pointer.update(from: values[0].pointer, count: values[0].count)
        return drop(layer, x, context)
      },
      gradients: { values, upstream in
        layer.weight.value.pointer.update(from: values[0].pointer, count: values[0].count)
        let gradients = store.makeGradients()
        gradients.reset()
        _ = store.addGradients(to: gradients) { (drop(layer, x, context) * upstream).sum() }
        return [Tensor(layer.weight.shape, layer.weight.range.map { gradients.values[$0] })]
      })
    #expect(ofWeights.dotProductMismatch(at: [layer.weight.value.copy()]) == nil)
  }

  @Test func rowsSkipABranchAsAWhole() {
    let branches = (0..<4).map { StochasticDepth(store.root["b"][$0], block: $0, of: 4) }
    let rows = Array(Int32(0)..<4000)
    let x = Tensor.filled([4000, 3, 2], 1)
    let context = training(2, rows: rows, blocks: 0.4)
    var skipped: [[Bool]] = []
    for (index, branch) in branches.enumerated() {
      #expect(branch(x, .evaluation()).bits == x.bits && branch(x, training(2, rows: rows)).bits == x.bits)
      let y = branch(x, context).values
      let rate = 0.4 * Double(index + 1) / 4
      skipped.append((0..<4000).map { y[6 * $0] == 0 })
      for row in 0..<4000 {
        let factor = y[6 * row]
        #expect(y[6 * row..<6 * row + 6].allSatisfy { $0 == factor } && (factor == 0 || abs(Double(factor) - 1 / (1 - rate)) < 1e-4))
      }
      #expect(abs(Double(skipped[index].count { $0 }) / 4000 - rate) < 0.025, "block \(index)")
    }
    // Independently of each other, and the same for a row in any batch and on any thread.
    let both = zip(skipped[2], skipped[3]).count { $0 && $1 }
    #expect(abs(Double(both) / 4000 - 0.3 * 0.4) < 0.02)
    let some = branches[3](Tensor.filled([2, 1], 1), training(2, rows: [17, 5], blocks: 0.4)).values
    #expect(some.map { $0 == 0 } == [skipped[3][17], skipped[3][5]])
    #expect(Engine.withThreads(1) { branches[3](x, context).bits } == Engine.withThreads(3) { branches[3](x, context).bits })
  }

  @Test func gradientsOfRowsThatSkip() {
    var random = RandomTensors("stochastic depth")
    let branch = StochasticDepth(store.root["b"], block: 0, of: 1)
    let context = training(1, rows: Array(0..<6), blocks: 0.5)
    #expect(DifferentiableFunction { branch($0[0], context) }.dotProductMismatch(at: [random.normal([6, 2, 3])]) == nil)
  }

  /// A perceptron whose last block is skipped always is the one without its branch.
  @Test func residualBlocksOfAPerceptron() {
    var random = RandomTensors("mlp")
    let x = random.normal([200, 8])
    let model = MLP(store.root, inputs: 8, hidden: [8, 5, 5], classes: 3, residual: true)
    let rows = Array(Int32(0)..<200)
    let plain = model.features(x, .evaluation())
    #expect(model.features(x, training(0, rows: rows)).bits == plain.bits)
    let skipping = model.features(x, training(0, rows: rows, blocks: 0.5))
    #expect(skipping.bits != plain.bits)
    #expect(model.features(x, training(0, rows: rows, weights: 0.5)).bits != plain.bits)
    // Without a skip connection no row skips anything.
    let other = MLP(ParameterStore(random: RandomStreams(seed: 1)).root, inputs: 8, hidden: [8, 8], classes: 3)
    #expect(other.features(x, training(0, rows: rows, blocks: 0.5)).bits == other.features(x, .evaluation()).bits)
  }
}
