import TemperCore
import TemperNN
import TemperTestSupport
import Testing

@Suite struct VariationalDropoutLayerTests {
  private let x: Tensor
  private let rows: [Int32] = Array(0..<12)

  init() {
    var random = RandomTensors("mlp")
    x = random.normal([12, 6])
  }

  private func make(_ config: DropoutConfig = .variational(VariationalConfig()), norm: NormKind = .none) -> (
    model: MLP, store: ParameterStore
  ) {
    let store = ParameterStore(random: RandomStreams(seed: 2))
    return (MLP(store.root, inputs: 6, hidden: [8], classes: 3, activation: .gelu, norm: norm, dropout: config), store)
  }

  private func value(_ store: ParameterStore, _ name: String) throws -> Tensor {
    try #require(store.parameters.first { $0.name == name }).value
  }

  /// The local reparametrisation: the noise is at the outputs, with the deviation that noise of the weights would give them.
  @Test(arguments: NormKind.ofFeatures) func noiseIsAtTheOutputsOfEveryLinearLayer(norm: NormKind) throws {
    let (model, store) = make(norm: norm)
    func layer(_ x: Tensor, _ name: String) throws -> Tensor {
      let (w, sigma) = (try value(store, name + ".weight"), try value(store, name + ".log_sigma"))
      #expect(sigma.values.allSatisfy { $0 == -5 } && sigma.shape == w.shape)
      let source = DropoutSource(stream: RandomStreams(seed: 2).philox(name + ".dropout"), step: 4, rows: rows)
      let variance = linear(x.squared(), .filled(w.shape, 4.539_992_976e-5))
      return linear(x, w, try value(store, name + ".bias")) + (variance + 1e-8).sqrt() * normalNoise([12, w.shape[0]], source)
    }
    var h = try layer(x, "layers.0.linear")
    if norm == .layer { h = layerNorm(h, try value(store, "layers.0.norm.weight"), try value(store, "layers.0.norm.bias")) }
    if norm == .rms { h = rmsNorm(h, try value(store, "layers.0.norm.weight")) }
    if norm == .batch { h = batchNorm(h, try value(store, "layers.0.norm.weight"), try value(store, "layers.0.norm.bias")).y }
    #expect(mismatch(model(x, .training(step: 4, rows: rows)), try layer(h.gelu(), "output")) == nil)
  }

  @Test func evaluationHasNoNoiseAndPrunesWeights() throws {
    let (model, store) = make()
    let plain = make(.none)
    #expect(model.learnedDropout.values(of: .prunedShare).map(\.name) == ["layers.0", "output"])
    let shares = model.learnedDropout.values(of: .prunedShare).map(\.value)
    // The few weights that are that small at the start.
    #expect(shares.allSatisfy { $0 < 0.1 })
    #expect(mismatch(model(x, .evaluation()), plain.model(x, .evaluation()), Tolerance(absolute: 1e-2, relative: 0)) == nil)
    // Half of the first layer becomes noise.
    let sigma = try value(store, "layers.0.linear.log_sigma")
    for i in 0..<24 { sigma.pointer[i] = 9 }
    #expect(model.learnedDropout.values(of: .prunedShare)[0].value >= 0.5)
    let (w, output) = (try value(store, "layers.0.linear.weight"), try value(store, "output.weight"))
    let kept = keptWeights(w, sigma, threshold: 3)
    #expect((0..<24).allSatisfy { kept.pointer[$0] == 0 && w.pointer[$0] != 0 })
    let h = linear(x, kept, try value(store, "layers.0.linear.bias")).gelu()
    let last = keptWeights(output, try value(store, "output.log_sigma"), threshold: 3)
    #expect(mismatch(model(x, .evaluation()), linear(h, last, try value(store, "output.bias"))) == nil)
    #expect(model(x, .evaluation()).bits == model(x, .evaluation()).bits)
  }

  /// The divergence of all layers, divided by the training rows, times the weight of the step.
  @Test func theDivergenceIsAPenaltyOnParameters() throws {
    let (model, store) = make()
    let sum = try ["layers.0.linear", "output"].reduce(0.0) {
      try $0 + Double(variationalDivergence(value(store, $1 + ".weight"), value(store, $1 + ".log_sigma")).scalar)
    }
    for (weight, factor) in [(0, 1), (0.25, 1), (1, 2)] as [(Double, Double)] {
      let terms = LossTerms(TrainingFacts(rows: 50, likelihoodFactor: factor))
      _ = model(x, .training(step: 0, rows: rows, klWeight: weight, terms: terms))
      #expect(terms.parameterValues.map(\.name) == [VariationalDropout.termName] && terms.batchValues.isEmpty)
      #expect(mismatch(terms.parameterValues.map(\.value), [weight * factor / 50 * sum]) == nil)
    }
  }

  @Test func theDeviationIsTrainedAndDoesNotDecay() throws {
    let (model, store) = make()
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) { model(x, .training(step: 4, rows: rows)).squared().sum() }
    for parameter in store.trainable where parameter.name.hasSuffix("log_sigma") {
      #expect(parameter.range.contains { gradients.pointer[$0] != 0 } && !parameter.isMatrix && !parameter.mayDecay)
    }
    #expect(store.parameters.filter(\.isMatrix).map(\.name) == ["layers.0.linear.weight", "output.weight"])
  }
}
