import Glibc
import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// Dropout of transformers by `regularization.dropout`, in place of their own rates.
@Suite struct TransformerDropoutTests {
  typealias Place = TransformerDropout.Place

  /// Two blocks each, with the own dropout rates of `keys`, which are 0 by default.
  private func config(_ type: String, _ keys: [String: JSON] = [:], recomputes: Bool = false) throws -> any PretrainedArchitecture {
    let shapes: [String: JSON] = [
      "gpt2": ["type": "gpt2", "n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": 8],
      "llama": [
        "type": "llama", "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 32,
        "intermediate_size": 48,
      ],
      "bert": ["type": "bert", "num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32],
    ]
    let own = ["gpt2": Self.gpt2Keys, "llama": ["attention_dropout"], "bert": ["hidden_dropout_prob", "attention_probs_dropout_prob"]]
    let members = (shapes[type]?.members ?? []).map { ($0.name, $0.value) }
    let rates = (own[type] ?? []).map { ($0, keys[$0] ?? 0) }
    let block = JSON.object(members + rates + [("gradient_checkpointing", .bool(recomputes))])
    return try FieldReader.read(block) { c in c.variant("type", doc: "", PretrainedArchitectures.variants) }.get().value
  }

  private static let gpt2Keys = ["embd_pdrop", "attn_pdrop", "resid_pdrop"]
  private static let types = ["gpt2", "llama", "bert"]

  private func make(
    _ config: any PretrainedArchitecture, _ dropout: TransformerDropout?
  ) -> (model: any TokenModel, store: ParameterStore) {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    return (config.languageModel(store.root, vocabulary: 40, dropout: dropout), store)
  }

  private func scheduled(_ noise: DropoutNoise = .bernoulli, at places: [Place]? = nil) -> TransformerDropout {
    TransformerDropout(.scheduled([ScalarSchedule(0.5)], noise: noise), places: places)
  }

  private static let tokens = TokenBatch(ids: [5, 6, 7, 8, 1, 2, 3, 4], rows: 2, length: 4, lengths: [4, 3])
  private static let one = TokenBatch(ids: [1, 2, 3, 4], rows: 1, length: 4, lengths: [3])

  @Test(arguments: types, Place.allCases) func everyPlaceDropsByRowAndStep(type: String, place: Place) throws {
    for noise in [DropoutNoise.bernoulli, .gaussian] {
      let model = make(try config(type), scheduled(noise, at: [place])).model
      func logits(_ rows: [Int32], step: Int = 4, rate: Double = 0.5, _ tokens: TokenBatch = Self.tokens) -> Tensor {
        model.logits(tokens, .training(step: step, rows: rows, dropoutRates: [rate]))
      }
      let (plain, dropped) = (model.logits(Self.tokens, .evaluation()), logits([8, 9]))
      #expect(logits([8, 9], rate: 0).bits == plain.bits)
      #expect(mismatch(dropped, plain) != nil)
      #expect(logits([8, 9], step: 5).bits != dropped.bits && logits([7, 9]).bits != dropped.bits)
      let alone = Array(logits([9], Self.one).values[0..<3 * 40])
      #expect(mismatch(Array(dropped.values[4 * 40..<7 * 40]).map(Double.init), alone.map(Double.init)) == nil)
    }
  }

  /// A constant rate at one place draws the masks of the model's own rate there.
  @Test(arguments: zip(["embd_pdrop", "attn_pdrop", "resid_pdrop"], [Place.embedding, .attention, .residual]))
  func aConstantRateIsThatOfTheModelsOwnKey(key: String, place: Place) throws {
    let own = make(try config("gpt2", [key: 0.5]), nil).model
    let context = Context.training(step: 4, rows: [8, 9], dropoutRates: [0.5])
    let expected = own.logits(Self.tokens, context)
    #expect(make(try config("gpt2"), scheduled(at: [place])).model.logits(Self.tokens, context).bits == expected.bits)
    // It replaces own rates everywhere.
    let all = Dictionary(uniqueKeysWithValues: Self.gpt2Keys.map { ($0, JSON.number(0.3)) })
    #expect(make(try config("gpt2", all), scheduled(at: [place])).model.logits(Self.tokens, context).bits == expected.bits)
  }

  @Test func byDefaultItIsAtEveryPlaceThatTheTypeIsFor() throws {
    let context = Context.training(step: 4, rows: [8, 9], dropoutRates: [0.5])
    let own = make(try config("gpt2", ["embd_pdrop": 0.5, "attn_pdrop": 0.5, "resid_pdrop": 0.5]), nil).model
    #expect(make(try config("gpt2"), scheduled()).model.logits(Self.tokens, context).bits == own.logits(Self.tokens, context).bits)
    #expect(TransformerDropout(.standout(StandoutConfig())).places == [.feedForward])
    #expect(TransformerDropout(.concrete(ConcreteConfig())).places == [.embedding, .residual])
    #expect(DropoutConfig.variational(VariationalConfig()).places.possible.isEmpty)
    #expect(DropoutConfig.concrete(ConcreteConfig()).places.possible == [.embedding, .residual, .feedForward])
  }

  /// Every block has its own rate, and embeddings that of the first.
  @Test(arguments: types) func ratesAreOfBlocks(type: String) throws {
    let tokens = Self.tokens
    func logits(_ rates: [Double], at places: [Place]) throws -> Tensor {
      make(try config(type), scheduled(at: places)).model.logits(tokens, .training(step: 4, rows: [8, 9], dropoutRates: rates))
    }
    let plain = make(try config(type), nil).model.logits(tokens, .evaluation())
    #expect(try logits([0.5, 0.5], at: [.residual]).bits == logits([0.5], at: [.residual]).bits)
    let seen = try [[0, 0], [0.5, 0], [0, 0.5], [0.5, 0.5]].map { try logits($0, at: [.residual]).bits }
    #expect(Set(seen).count == 4 && seen[0] == plain.bits)
    #expect(try logits([0, 0.5], at: [.embedding]).bits == plain.bits)
    #expect(try logits([0.5, 0], at: [.embedding]).bits != plain.bits)
  }

  /// Units of the feed-forward layer are kept by the inputs of their activation, and scaled by that probability in evaluation.
  @Test(arguments: types) func standoutIsOfFeedForwardUnits(type: String) throws {
    let certain = make(try config(type), TransformerDropout(.standout(StandoutConfig(alpha: 0, beta: 30)))).model
    let (plain, _) = make(try config(type), nil)
    let context = Context.training(step: 4, rows: [8, 9])
    #expect(mismatch(certain.logits(Self.tokens, context), plain.logits(Self.tokens, .evaluation())) == nil)
    let (half, store) = make(try config(type), TransformerDropout(.standout(StandoutConfig(alpha: 0, beta: 0))))
    #expect(store.parameters.map(\.name) == make(try config(type), nil).store.parameters.map(\.name))
    // A probability of one half for all, with no activation to depend on, halves the units: as half of the weights that read them.
    let readers = ["down_proj.weight", "mlp.c_proj.weight", "output.dense.weight"]
    for parameter in store.parameters where readers.contains(where: parameter.name.hasSuffix) && !parameter.name.contains("attention") {
      for i in 0..<parameter.value.count { parameter.value.pointer[i] *= 2 }
    }
    #expect(mismatch(half.logits(Self.tokens, .evaluation()), plain.logits(Self.tokens, .evaluation())) == nil)
    #expect(mismatch(half.logits(Self.tokens, context), half.logits(Self.tokens, .evaluation())) != nil)
    let steep = make(try config(type), TransformerDropout(.standout(StandoutConfig(alpha: 50)))).model
    #expect(mismatch(steep.logits(Self.tokens, .evaluation()), plain.logits(Self.tokens, .evaluation())) != nil)
  }

  @Test(arguments: types) func concreteLearnsARateForEachPlaceAndBlock(type: String) throws {
    let learning = TransformerDropout(.concrete(ConcreteConfig(initialRate: 0.25, weightRegularizer: 0.5, dropoutRegularizer: 2)))
    let (model, store) = make(try config(type), learning)
    let rates = model.learnedDropout
    // Embeddings, and two places of two blocks.
    #expect(rates.count == 5 && rates.values(of: .rate).allSatisfy { abs($0.value - 0.25) < 1e-6 })
    let logits = store.parameters.map(\.name).filter { $0.hasSuffix(".dropout.logit") }
    #expect(Set(logits) == Set(rates.map { $0.name + ".dropout.logit" }))
    #expect(model.logits(Self.tokens, .evaluation()).bits == make(try config(type), nil).model.logits(Self.tokens, .evaluation()).bits)
    let terms = LossTerms(TrainingFacts(rows: 50))
    let gradients = store.makeGradients()
    _ = store.addGradients(to: gradients) {
      let loss = model.loss(Self.tokens, labels: [6, 7, 8, 9, 2, 3, 4, -100], .training(step: 2, rows: [3, 8], terms: terms))
      return terms.objective(loss)
    }
    for parameter in store.trainable where parameter.name.hasSuffix("logit") { #expect(gradients.pointer[parameter.range.lowerBound] != 0) }
    // The penalty is on the weights that the dropped units come from.
    let suffixes = [
      "wte.weight", "embed_tokens.weight", "word_embeddings.weight", "attn.c_proj.weight", "mlp.c_proj.weight", "o_proj.weight",
      "down_proj.weight", "output.dense.weight",
    ]
    let penalized = store.parameters.filter { parameter in suffixes.contains(where: parameter.name.hasSuffix) }
    #expect(penalized.count == 5)
    var squares = 0.0
    for parameter in penalized { for value in parameter.value.values { squares += Double(value) * Double(value) } }
    let negativeEntropy = 0.25 * log(0.25) + 0.75 * log(0.75)
    let expected = 0.5 * squares / 0.75 + 2 * 5 * 32 * negativeEntropy
    #expect(mismatch(terms.parameterValues.map(\.value), [expected]) == nil)
  }

  private static let kinds: [DropoutConfig] = [
    .scheduled([ScalarSchedule(0.5)]), .scheduled([ScalarSchedule(0.5)], noise: .gaussian), .standout(StandoutConfig()),
    .concrete(ConcreteConfig(initialRate: 0.4, weightRegularizer: 0.1, dropoutRegularizer: 0.1)),
  ]

  /// Recomputed blocks draw the same masks, and the penalties are added outside of them.
  @Test(arguments: types, kinds.indices) func recomputingGivesTheSameBits(type: String, kind: Int) throws {
    func run(recomputing recomputes: Bool) throws -> [[UInt32]] {
      let dropout = TransformerDropout(Self.kinds[kind], places: Self.kinds[kind].places.possible)
      let (model, store) = make(try config(type, recomputes: recomputes), dropout)
      let (gradients, terms) = (store.makeGradients(), LossTerms(TrainingFacts(rows: 6)))
      let value = store.addGradients(to: gradients) {
        let context = Context.training(step: 1, rows: [3, 8], dropoutRates: [0.5], terms: terms)
        return terms.objective(model.loss(Self.tokens, labels: [6, 7, 8, 9, 2, 3, 4, -100], context))
      }
      if terms.hasParameterTerms { _ = store.addGradients(to: gradients) { terms.parameterObjective } }
      let all = try store.trainable.indices.map { try #require(gradients.gradient($0, shape: store.trainable[$0].shape)).bits }
      return [value.bits] + all + terms.parameterValues.map { [Float($0.value).bitPattern] }
    }
    #expect(try run(recomputing: false) == run(recomputing: true))
  }

  /// A classifier drops its input too.
  @Test func theInputOfAClassifierIsResidual() throws {
    let bert = try #require(try config("bert") as? BertConfig)
    func model(_ dropout: TransformerDropout?) -> BertClassifier {
      BertClassifier(ParameterStore(random: RandomStreams(seed: 3)).root, bert, vocabulary: 40, outputs: 3, dropout: dropout)
    }
    let context = Context.training(step: 4, rows: [8, 9], dropoutRates: [0.5])
    let features = model(scheduled(at: [.residual])).features(Self.tokens, context)
    #expect((20...44).contains(features.values.count { $0 == 0 }))
    #expect(model(scheduled(at: [.attention])).features(Self.tokens, context).values.allSatisfy { $0 != 0 })
    #expect(model(TransformerDropout(.concrete(ConcreteConfig()))).learnedDropout.map(\.name).last == "classifier")
    #expect(model(nil).learnedDropout.isEmpty)
  }
}
