import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

@Suite struct OptimizerTests {
  /// A store of one vector, `w`, and one matrix, `m`, all of whose elements are `values`.
  private func makeStore(_ values: [Float]) -> ParameterStore {
    let store = ParameterStore(
      loading: SafeTensors(tensors: [("w", Tensor(values)), ("m", Tensor([1, values.count], values))]))
    _ = store.root.parameter("w", [values.count], .zeros)
    _ = store.root.parameter("m", [1, values.count], .zeros)
    return store
  }

  /// One step with `gradient` for both parameters.
  private func step(
    _ store: ParameterStore, _ optimizer: any Optimizer, _ gradient: [Float], learningRate: Double, l2: Double = 0, scale: Float = 1
  ) {
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) {
      (store.trainable[0].value * Tensor(gradient)).sum() + (store.trainable[1].value * Tensor(gradient)).sum()
    }
    _ = GradientPass(store, l2: l2, penalizing: .all).prepare(gradients, scale: 1)
    optimizer.step(gradients, scale: scale, learningRate: learningRate)
  }

  private func values(_ store: ParameterStore) -> (vector: [Double], matrix: [Double]) {
    (store.trainable[0].value.values.map(Double.init), store.trainable[1].value.values.map(Double.init))
  }

  @Test(arguments: ["sgd", "sgd_momentum_l2", "sgd_nesterov", "adam", "adam_l2", "rmsprop", "adagrad", "adamw"])
  func fixedGradients(name: String) throws {
    let golden = try #require(try Goldens.json("reference.json")["optimizers"])
    let settings = try #require(golden[name])
    let rate = try #require(settings["learning_rate"]?.number)
    let store = makeStore(try #require(golden["given"]?["start"]?.numbers).map { Float($0) })
    let optimizer: any Optimizer =
      switch name {
      case "adam", "adam_l2": AdamW(store, AdamWConfig(weightDecay: 0))
      case "adamw": AdamW(store, AdamWConfig(weightDecay: try #require(settings["weight_decay"]?.number)), decaying: .all)
      case "rmsprop": RMSProp(store)
      case "adagrad": Adagrad(store)
      default: SGD(store, SGDConfig(momentum: settings["momentum"]?.number ?? 0, nesterov: settings["nesterov"]?.bool ?? false))
      }
    for gradient in try #require(golden["given"]?["gradients"]?.array) {
      let gradient = try #require(gradient.numbers).map { Float($0) }
      step(store, optimizer, gradient, learningRate: rate, l2: settings["l2"]?.number ?? 0)
    }
    let expected = try #require(settings["result"]?.numbers)
    #expect(mismatch(values(store).vector, expected) == nil)
    #expect(mismatch(values(store).matrix, expected) == nil)
  }

  @Test(arguments: DecayScope.allCases, ["adamw", "sgd", "momentum", "nesterov", "lion"]) func decayActsOnItsScope(
    scope: DecayScope, rule: String
  ) {
    let store = makeStore([1, -2])
    let optimizer: any DecayingOptimizer =
      switch rule {
      case "adamw": AdamW(store, AdamWConfig(weightDecay: 0.5), decaying: scope)
      case "lion": Lion(store, LionConfig(weightDecay: 0.5), decaying: scope)
      default:
        SGD(store, SGDConfig(momentum: rule == "sgd" ? 0 : 0.9, nesterov: rule == "nesterov", weightDecay: 0.5), decaying: scope)
      }
    step(store, optimizer, [0, 0], learningRate: 0.1)
    #expect(mismatch(values(store).matrix, [0.95, -1.9]) == nil)
    #expect(mismatch(values(store).vector, scope == .all ? [0.95, -1.9] : [1, -2]) == nil)
    // A decay that changes counts from the next step on.
    optimizer.weightDecay = 0
    step(store, optimizer, [0, 0], learningRate: 0.1)
    #expect(mismatch(values(store).matrix, [0.95, -1.9]) == nil)
  }

  @Test(arguments: [0, 0.9]) func sgdTakesTheScaleOfClipping(momentum: Double) {
    let store = makeStore([1, 1])
    let optimizer = SGD(store, SGDConfig(momentum: momentum))
    step(store, optimizer, [2, 4], learningRate: 0.1, scale: 0.5)
    #expect(mismatch(values(store).vector, [0.9, 0.8]) == nil)
    step(store, optimizer, [0, 0], learningRate: 0.1, scale: 0.5)
    #expect(mismatch(values(store).vector, [0.9 - 0.1 * momentum, 0.8 - 0.2 * momentum]) == nil)
  }

  /// Half a gradient's double is the gradient, under every rule, bit for bit.
  @Test(arguments: EveryRule.all) func everyRuleTakesTheScaleOfClipping(rule: EveryRule) throws {
    let (plain, scaled) = (makeStore([1, -2, 3]), makeStore([1, -2, 3]))
    let (first, second) = (try rule.optimizer(for: plain), try rule.optimizer(for: scaled))
    for gradient: [Float] in [[1, -2, 0.5], [-0.25, 0, 4]] {
      step(plain, first, gradient, learningRate: 0.1)
      step(scaled, second, gradient.map { 2 * $0 }, learningRate: 0.1, scale: 0.5)
    }
    #expect(plain.arena.bits == scaled.arena.bits)
    #expect(plain.arena.bits != makeStore([1, -2, 3]).arena.bits)
  }

  @Test func adamWTakesTheScaleOfClipping() {
    // With a huge eps the step is rate · m̂ / eps, in proportion to the gradient.
    let results = [(Float(1), Float(3)), (0.5, 6)].map { scale, gradient in
      let store = makeStore([1])
      step(store, AdamW(store, AdamWConfig(eps: 1000, weightDecay: 0)), [gradient], learningRate: 10, scale: scale)
      return values(store).vector
    }
    #expect(mismatch(results[0], [1 - 10 * 3 / 1003]) == nil)
    #expect(mismatch(results[1], results[0]) == nil)
  }

  @Test func groupsAreStretchesTreatedAlike() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = MLP(store.root, inputs: 20, hidden: [5], classes: 3, norm: .batch)
    let ranges = store.trainable.map(\.range)
    let groups = store.groups(decaying: .matrices)
    #expect(groups.map(\.decays) == [true, false, true, false])
    #expect(groups.map(\.range) == [ranges[0], ranges[1].lowerBound..<ranges[3].upperBound, ranges[4], ranges[5]])
    #expect(store.groups(decaying: .all).map(\.range) == [0..<store.trainableCount])
  }

  @Test(arguments: EveryRule.all) func theSameBitsOnAnyNumberOfThreads(rule: EveryRule) throws {
    let results = try (1...4).map { threads in
      try Engine.withThreads(threads) {
        let store = ParameterStore(random: RandomStreams(seed: 1))
        _ = MLP(store.root, inputs: 501, hidden: [603, 107], classes: 11)
        let optimizer = try rule.optimizer(for: store)
        let (shrinkage, average) = (ProximalL1(store), WeightAverage(store, .exponential(decay: 0.9, startStep: 0)))
        let gradients = store.makeGradients()
        var random = RandomTensors("gradients")
        let noise = random.normal([store.trainableCount])
        var norms: [Double] = []
        for _ in 0..<3 {
          gradients.reset()
          gradients.zeroFillUntouched()
          gradients.pointer.update(from: noise.pointer, count: noise.count)
          norms.append(GradientPass(store, l2: 0.01, l1: 0.01).prepare(gradients, scale: 0.25).norm)
          optimizer.step(gradients, scale: 0.5, learningRate: 0.01)
          shrinkage.shrink(by: 1e-3)
          average.update()
        }
        return (store.arena.bits, average.state.average.bits, norms.map(\.bitPattern))
      }
    }
    for other in results.dropFirst() {
      #expect(other.0 == results[0].0)
      #expect(other.1 == results[0].1)
      #expect(other.2 == results[0].2)
    }
  }

  /// Gaps of alignment stay zero, or they would be saved, averaged and counted.
  @Test(arguments: EveryRule.all) func gapsStayZero(rule: EveryRule) throws {
    let store = makeStore([1, 2, 3])
    let optimizer = try rule.optimizer(for: store)
    for _ in 0..<3 {
      step(store, optimizer, [1, 2, 3], learningRate: 0.1, l2: 0.1)
      ProximalL1(store, penalizing: .all).shrink(by: 0.01)
    }
    #expect((3..<16).allSatisfy { store.arena.pointer[$0] == 0 })
  }
}
