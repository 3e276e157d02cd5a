import Glibc
import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@Suite struct MLPTests {
  private let x: Tensor

  init() {
    var random = RandomTensors("mlp")
    x = random.normal([12, 6])
  }

  private var rows: [Int32] { Array(0..<12) }

  private func make(
    hidden: [Int], activation: Activation = .relu, norm: NormKind = .none, residual: Bool = false, dropout: DropoutConfig = .none
  ) -> (model: MLP, store: ParameterStore) {
    let store = ParameterStore(random: RandomStreams(seed: 2))
    let model = MLP(
      store.root, inputs: 6, hidden: hidden, classes: 3, activation: activation, norm: norm, residual: residual,
      dropout: dropout)
    return (model, store)
  }

  private func value(_ store: ParameterStore, _ name: String) throws -> Tensor {
    try #require(store.parameters.first { $0.name == name }).value
  }

  @Test func withoutHiddenLayersItIsSoftmaxRegression() throws {
    let (model, store) = make(hidden: [])
    #expect(store.parameters.map(\.name) == ["output.weight", "output.bias"])
    let expected = linear(x, try value(store, "output.weight"), try value(store, "output.bias"))
    #expect(model(x, .evaluation()).bits == expected.bits)
    #expect(model.units.isEmpty && model.minimumBatchSize == 1)
  }

  @Test(arguments: Activation.allCases, NormKind.ofFeatures)
  func blocksAreLinearNormActivation(_ activation: Activation, _ norm: NormKind) throws {
    let (model, store) = make(hidden: [8], activation: activation, norm: norm)
    var h = linear(x, try value(store, "layers.0.linear.weight"), try value(store, "layers.0.linear.bias"))
    if norm == .layer { h = layerNorm(h, try value(store, "layers.0.norm.weight"), try value(store, "layers.0.norm.bias")) }
    if norm == .rms { h = rmsNorm(h, try value(store, "layers.0.norm.weight")) }
    if norm == .batch { h = batchNorm(h, try value(store, "layers.0.norm.weight"), try value(store, "layers.0.norm.bias")).y }
    let expected = linear(activation(h), try value(store, "output.weight"), try value(store, "output.bias"))
    #expect(mismatch(model(x, .training(step: 0, rows: rows)), expected) == nil)
    #expect(model.minimumBatchSize == (norm == .batch ? 2 : 1))
  }

  @Test func residualBlocksAddTheirInputWhereWidthsAgree() throws {
    let (model, store) = make(hidden: [6, 8, 8], residual: true)
    var h = x
    for (index, width) in [6, 8, 8].enumerated() {
      let w = try value(store, "layers.\(index).linear.weight")
      let y = linear(h, w, activation: .relu)
      h = h.shape[1] == width ? y + h : y
    }
    let expected = linear(h, try value(store, "output.weight"))
    #expect(mismatch(model(x, .evaluation()), expected) == nil)
    #expect(mismatch(make(hidden: [6, 8, 8]).model(x, .evaluation()), expected) != nil)
  }

  @Test func dropoutHasARateForEachLayer() throws {
    let (model, store) = make(hidden: [64, 64])
    let training = model(x, .training(step: 4, rows: rows, dropoutRates: [0, 0.5]))
    var h = linear(x, try value(store, "layers.0.linear.weight"), activation: .relu)
    h = linear(h, try value(store, "layers.1.linear.weight"), activation: .relu)
    let stream = RandomStreams(seed: 2).philox("layers.1.dropout")
    h = dropout(h, rate: 0.5, DropoutSource(stream: stream, step: 4, rows: rows))
    #expect(mismatch(training, linear(h, try value(store, "output.weight"))) == nil)
  }

  @Test func oneRateServesAllLayers() {
    let rates: [[Double]] = [[0.5], [0.5, 0.5]]
    let outputs = rates.map { make(hidden: [16, 16]).model(x, .training(step: 1, rows: rows, dropoutRates: $0)).bits }
    #expect(outputs[0] == outputs[1])
    #expect(outputs[0] != make(hidden: [16, 16]).model(x, .training(step: 1, rows: rows, dropoutRates: [0.5, 0])).bits)
  }

  @Test(arguments: NormKind.ofFeatures) func evaluationIsDeterministicAndWithoutDropout(norm: NormKind) {
    let (model, store) = make(hidden: [16, 16], norm: norm)
    let first = model(x, .evaluation())
    let before = store.parameters.map(\.value.values)
    #expect(model(x, .evaluation()).bits == first.bits)
    #expect(make(hidden: [16, 16], norm: norm).model(x, .evaluation()).bits == first.bits)
    #expect(store.parameters.map(\.value.values) == before)
    let training = (0..<2).map { model(x, .training(step: $0, rows: rows, dropoutRates: [0.5])).bits }
    #expect(training[0] != first.bits && training[0] != training[1])
  }

  private static let kinds: [DropoutConfig] = [
    .none, .scheduled([ScalarSchedule(0.5)], noise: .gaussian), .standout(StandoutConfig()), .concrete(ConcreteConfig(initialRate: 0.5)),
    .variational(VariationalConfig()),
  ]

  @Test(arguments: kinds) func aRowIsDroppedTheSameInAnyBatch(dropout: DropoutConfig) {
    let (model, _) = make(hidden: [16], dropout: dropout)
    let all = model(x, .training(step: 3, rows: rows, dropoutRates: [0.5]))
    let last = model(x.rows(8..<12), .training(step: 3, rows: [8, 9, 10, 11], dropoutRates: [0.5]))
    #expect(mismatch(last, all.rows(8..<12)) == nil)
    #expect(model(x, .training(step: 4, rows: rows, dropoutRates: [0.5])).bits != all.bits)
  }

  /// Standout looks at what goes into the activation, after the norm.
  @Test(arguments: NormKind.ofFeatures) func standoutSeesTheInputOfTheActivation(norm: NormKind) throws {
    let config = StandoutConfig(alpha: 2, beta: 0.5)
    let (model, store) = make(hidden: [8], activation: .gelu, norm: norm, dropout: .standout(config))
    #expect(store.parameters.map(\.name) == make(hidden: [8], norm: norm).store.parameters.map(\.name))
    var a = linear(x, try value(store, "layers.0.linear.weight"), try value(store, "layers.0.linear.bias"))
    if norm == .layer { a = layerNorm(a, try value(store, "layers.0.norm.weight"), try value(store, "layers.0.norm.bias")) }
    if norm == .rms { a = rmsNorm(a, try value(store, "layers.0.norm.weight")) }
    let w = try value(store, "output.weight")
    if norm != .batch {
      let mean = linear(a.gelu() * (2 * a + 0.5).sigmoid(), w)
      #expect(mismatch(model(x, .evaluation()), mean) == nil)
    } else {
      a = batchNorm(a, try value(store, "layers.0.norm.weight"), try value(store, "layers.0.norm.bias")).y
    }
    let source = DropoutSource(stream: RandomStreams(seed: 2).philox("layers.0.dropout"), step: 4, rows: rows)
    let training = linear(standout(a.gelu(), a, alpha: 2, beta: 0.5, source), w)
    #expect(mismatch(model(x, .training(step: 4, rows: rows)), training) == nil)
  }

  @Test func concreteDropoutHasARateForEachLayer() throws {
    let config = DropoutConfig.concrete(ConcreteConfig(initialRate: 0.25, temperature: 0.5))
    let (model, store) = make(hidden: [8, 4], dropout: config)
    let names = store.parameters.map(\.name)
    #expect(names.filter { $0.contains("dropout") } == ["layers.0.dropout.logit", "layers.1.dropout.logit"])
    let rates = model.learnedDropout.values(of: .rate)
    #expect(rates.map { ($0.value * 1e6).rounded() } == [250_000, 250_000] && rates.map(\.name) == ["layers.0", "layers.1"])
    #expect(make(hidden: [8, 4]).model.learnedDropout.isEmpty)
    func source(_ index: Int) -> DropoutSource {
      DropoutSource(stream: RandomStreams(seed: 2).philox("layers.\(index).dropout"), step: 4, rows: rows)
    }
    var h = x
    for index in 0...1 {
      h = linear(h, try value(store, "layers.\(index).linear.weight"), activation: .relu)
      h = concreteDropout(h, try value(store, "layers.\(index).dropout.logit"), temperature: 0.5, source(index))
    }
    #expect(mismatch(model(x, .training(step: 4, rows: rows)), linear(h, try value(store, "output.weight"))) == nil)
    #expect(model(x, .evaluation()).bits == make(hidden: [8, 4]).model(x, .evaluation()).bits)
    // Every rate is trained.
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) { model(x, .training(step: 4, rows: rows)).squared().sum() }
    for parameter in store.trainable where parameter.name.hasSuffix("logit") { #expect(gradients.pointer[parameter.range.lowerBound] != 0) }
  }

  /// The penalty of a layer is on its own rate and on the weights that read its units.
  @Test func thePenaltyOfConcreteDropout() throws {
    /// The penalty that a pass of a model adds to the loss, and its weights.
    func penalty(_ config: ConcreteConfig, _ facts: TrainingFacts) -> (value: [Double], store: ParameterStore) {
      let (model, store) = make(hidden: [8, 4], dropout: .concrete(config))
      let terms = LossTerms(facts)
      _ = model(x, .training(step: 0, rows: rows, terms: terms))
      #expect(terms.parameterValues.map(\.name) == [ConcreteDropout.termName] && terms.batchValues.isEmpty)
      return (terms.parameterValues.map(\.value), store)
    }
    let config = ConcreteConfig(initialRate: 0.25, weightRegularizer: 0.5, dropoutRegularizer: 2)
    let (value, store) = penalty(config, TrainingFacts(rows: 50))
    func squares(_ name: String) throws -> Double { try self.value(store, name).values.reduce(0) { $0 + Double($1) * Double($1) } }
    let negativeEntropy = 0.25 * log(0.25) + 0.75 * log(0.75)
    let weights = try squares("layers.1.linear.weight") + squares("output.weight")
    let expected = 0.5 * weights / 0.75 + 2 * 12 * negativeEntropy
    #expect(mismatch(value, [expected]) == nil)
    // By default it counts as one of as many rows.
    let standard = ConcreteConfig(initialRate: 0.25)
    for factor in [1.0, 2.0] {
      let (value, _) = penalty(standard, TrainingFacts(rows: 50, likelihoodFactor: factor))
      #expect(mismatch(value, [1e-8 / 50 * weights / 0.75 + factor / 50 * 12 * negativeEntropy]) == nil)
    }
  }

  @Test func unitsNameWhatHooksReport() throws {
    let (model, store) = make(hidden: [5, 7], norm: .layer)
    var reported: [(String, Tensor)] = []
    _ = model(x, .evaluation(hooks: ActivationHooks(model.units.map(\.activation)) { reported.append(($0, $1)) }))
    #expect(model.units.map(\.name) == ["layers.0", "layers.1"])
    #expect(model.units.map(\.activation) == ["layers.0.activation", "layers.1.activation"])
    #expect(reported.map(\.0) == model.units.map(\.activation))
    #expect(reported.map(\.1.shape) == [[12, 5], [12, 7]])
    #expect(reported.allSatisfy { !$0.1.isTraced })
    for (unit, incoming, outgoing) in zip3(model.units, ["layers.0", "layers.1"], ["layers.1.linear.weight", "output.weight"]) {
      #expect(unit.incoming.name == incoming + ".linear.weight" && unit.bias?.name == incoming + ".linear.bias")
      #expect(unit.outgoing.name == outgoing)
      #expect(unit.incoming.shape[0] == unit.count && unit.outgoing.shape[1] == unit.count)
    }
    let h = linear(x, try value(store, "layers.0.linear.weight"))
    let normal = layerNorm(h, try value(store, "layers.0.norm.weight"), try value(store, "layers.0.norm.bias"))
    #expect(mismatch(reported[0].1, normal.relu()) == nil)
  }

  private func zip3<A, B, C>(_ a: [A], _ b: [B], _ c: [C]) -> [(A, B, C)] {
    zip(zip(a, b), c).map { ($0.0, $0.1, $1) }
  }

  @Test func operationsCountWeights() {
    #expect(make(hidden: [8, 4]).model.operationsPerRow(length: 6) == 6 * (6 * 8 + 8 * 4 + 4 * 3))
  }

  /// What adversarial examples and saliency are made of: the derivative with respect to the inputs, against PyTorch.
  @Test func inputsHaveGradients() throws {
    let file = try Goldens.json("training.json")
    let initial = try #require(file["initial"]?["plain"]?.members).map { ($0.name, try GoldenTensor($0.value).tensor) }
    let store = ParameterStore(loading: SafeTensors(tensors: initial))
    let model = MLP(store.root, inputs: 6, hidden: [8, 8], classes: 3)
    try store.finishLoading()
    let labels = try #require(file["labels"]?.integers).map { Int32($0) }
    let gradients = valueWithGradients(at: [try GoldenTensor(file["rows"]).tensor], seed: Tensor(1 / Float(labels.count))) {
      softmaxCrossEntropy(model($0[0], .evaluation()), labels).sum
    }.gradients
    #expect(mismatch(gradients[0], try GoldenTensor(file["input_gradients"]?["plain"]), .float32) == nil)
  }
}
