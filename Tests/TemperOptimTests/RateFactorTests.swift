import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

/// Factors of the learning rate by parameter.
@Suite struct RateFactorTests {
  private static let names = ["scale", "weight", "bias"]

  /// A store of the three parameters at `first`, a tensor each.
  private func makeStore(_ first: [(String, Tensor)]) -> ParameterStore {
    let store = ParameterStore(loading: SafeTensors(tensors: first))
    for (name, tensor) in first { _ = store.root.parameter(name, tensor.shape, .zeros) }
    return store
  }

  /// One step on the sum of each parameter's squares times its cotangent.
  private func step(_ store: ParameterStore, _ optimizer: any Optimizer, _ cotangents: [Tensor], rate: Double) {
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) {
      let terms = zip(store.trainable, cotangents).map { (($0.value * $0.value) * $1).sum() }
      return terms[0] + terms[1] + terms[2]
    }
    let (_, scale) = GradientPass(store).prepare(gradients, scale: 1)
    optimizer.step(gradients, scale: scale, learningRate: rate)
  }

  @Test func groupsAreThoseOfPyTorch() throws {
    let golden = try Goldens.json("rate_factors.json")
    let rate = try #require(golden["learning_rate"]?.number)
    let factors = try #require(golden["factors"]?.members)
    #expect(factors.map(\.name) == Self.names)
    let steps = try #require(golden["cotangents"]?.array).map { step in
      try Self.names.map { try GoldenTensor(step[$0]).tensor }
    }
    let rules = try #require(golden["rules"]?.members)
    #expect(rules.count == 5 && steps.count == 5)
    for rule in rules {
      let store = makeStore(try Self.names.map { ($0, try GoldenTensor(golden["first"]?[$0]).tensor) })
      let settings = try #require(rule.value["settings"]?.members)
      // The first pattern matches all, and loses to those after it.
      let named = JSON.object([("*", 1)] + factors.map { ($0.name, $0.value) })
      let block = JSON.object(
        [("type", .string(rule.name)), ("learning_rate_factors", named)] + (rule.name == "adamw" ? [("decay_on", "all")] : [])
          + settings.map { ($0.name, $0.value) })
      let optimizer = try FieldReader.read(block) { OptimizerConfig($0, metrics: []) }.get().value.optimizer(for: store)
      for cotangents in steps { step(store, optimizer, cotangents, rate: rate) }
      for parameter in store.trainable {
        #expect(mismatch(parameter.value, try GoldenTensor(rule.value["last"]?[parameter.name])) == nil, "\(rule.name) \(parameter.name)")
      }
    }
  }

  /// Under every rule a factor does what another learning rate does, bit for bit, and only to its parameters.
  @Test(arguments: EveryRule.all) func aFactorIsAnotherLearningRate(rule: EveryRule) throws {
    var random = RandomTensors("factors")
    let first = [("scale", random.normal([40])), ("weight", random.normal([30, 40])), ("bias", random.normal([30]))]
    let cotangents = first.map { random.normal($0.1.shape) }
    func train(_ factors: String, rate: Double) throws -> [[UInt32]] {
      let store = makeStore(first)
      let block = String(rule.config.dropLast()) + ", \"learning_rate_factors\": \(factors)}"
      let optimizer = try EveryRule(name: rule.name, config: block).optimizer(for: store)
      let factors = try FieldReader.read(JSON.parse(block, path: "c")) { OptimizerConfig($0, metrics: []) }.get().value.rateFactors
      let shrinkage = ProximalL1(store, penalizing: .all, factors: factors)
      for _ in 0..<3 {
        step(store, optimizer, cotangents, rate: rate)
        shrinkage.shrink(by: 0.01 * rate)
      }
      return store.trainable.map(\.value.bits)
    }
    let (whole, quarter) = (try train("{}", rate: 0.1), try train("{}", rate: 0.025))
    #expect(try train(#"{"*": 0.25}"#, rate: 0.1) == quarter)
    #expect(try train(#"{"*": 0.25, "weight": 1}"#, rate: 0.1) == [quarter[0], whole[1], quarter[2]])
    #expect(whole != quarter)
  }

  @Test func theLastPatternCountsAndOthersAreOne() {
    let own = RateFactors([.init(NamePattern("*.bias"), 0.1), .init(NamePattern("layers.0.*"), 2)])
    #expect(["layers.0.bias", "layers.1.bias", "layers.1.weight"].map(own.factor) == [2, 0.1, 1])
    let both = RateFactors([.init(NamePattern("layers.0.bias"), 3)]).over(own)
    #expect(["layers.0.bias", "layers.0.weight", "layers.1.bias"].map(both.factor) == [3, 2, 0.1])
  }

  @Test func groupsAreAsFewAsFactorsAllow() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = MLP(store.root, inputs: 20, hidden: [5], classes: 3)
    #expect(store.groups(decaying: .all, factors: RateFactors([.init(NamePattern("*"), 2)])).map(\.rateFactor) == [2])
    let biases = store.groups(decaying: .matrices, factors: RateFactors([.init(NamePattern("*.bias"), 0.1)]))
    #expect(biases.map(\.rateFactor) == [1, 0.1, 1, 0.1] && biases.map(\.decays) == [true, false, true, false])
  }

  @Test(arguments: [#"{"*": 0}"#, #"{"*": -1}"#, #"{"*": "a"}"#, "[1]", "null"]) func whatIsNoFactorIsRefused(text: String) throws {
    let json = try JSON.parse("{\"learning_rate_factors\": \(text)}", path: "optimizer.json")
    #expect(throws: Diagnostics.self) { try FieldReader.read(json) { OptimizerConfig($0, metrics: []) }.get() }
  }
}
