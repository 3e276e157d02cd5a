import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// What the golden files cannot say: first weights, dropout, padding, loss over some positions.
@Suite struct TransformerTests {
  private func config(_ block: JSON) throws -> any PretrainedArchitecture {
    try FieldReader.read(block) { c in c.variant("type", doc: "", PretrainedArchitectures.variants) }.get().value
  }

  private static let blocks: [JSON] = [
    ["type": "gpt2", "n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": 8],
    ["type": "llama", "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 32],
    ["type": "bert", "num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32],
  ]

  private func deviation(_ values: [Float]) -> Double {
    (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
  }

  @Test(arguments: blocks) func firstWeightsFollowTheOriginals(_ block: JSON) throws {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    _ = try config(block).languageModel(store.root, vocabulary: 40)
    for parameter in store.parameters {
      let values = parameter.value.values
      if parameter.isMatrix {
        let isResidual = parameter.name.hasSuffix("c_proj.weight")
        let expected = isResidual ? 0.02 / 2 : 0.02
        let tolerance = 6 / Double(2 * values.count).squareRoot()
        #expect(abs(deviation(values) / expected - 1) < tolerance, "\(parameter.name)")
      } else {
        let isNorm = parameter.name.hasSuffix("weight")
        #expect(values.allSatisfy { $0 == (isNorm ? 1 : 0) }, "\(parameter.name)")
      }
    }
  }

  @Test(arguments: blocks) func padsChangeNothing(_ block: JSON) throws {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    let model = try config(block).languageModel(store.root, vocabulary: 40)
    let short = TokenBatch(ids: [5, 6, 7], rows: 1, length: 3)
    let padded = TokenBatch(ids: [5, 6, 7, 0, 0, 9, 8, 7, 6, 5], rows: 2, length: 5, lengths: [3, 5])
    let alone = model.logits(short, .evaluation()).reshaped([120])
    let beside = model.logits(padded, .evaluation()).reshaped([2 * 5 * 40]).rows(0..<120)
    #expect(mismatch(beside, alone) == nil)
    #expect(mismatch(model.lastLogits(padded, .evaluation()).rows(0..<1), model.lastLogits(short, .evaluation())) == nil)
  }

  @Test(arguments: blocks) func theLossIsTheMeanOverLabels(_ block: JSON) throws {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    let model = try config(block).languageModel(store.root, vocabulary: 40)
    let tokens = TokenBatch(ids: [5, 6, 7, 1, 2, 3], rows: 2, length: 3)
    for labels: [Int32] in [[6, 7, -100, -100, -100, 4], [1, 2, 3, 4, 5, 6], [-100, -100, -100, -100, -100, -100]] {
      let loss = model.loss(tokens, labels: labels, .evaluation())
      let whole = softmaxCrossEntropy(model.logits(tokens, .evaluation()).reshaped([6, 40]), labels)
      #expect(loss.weight == whole.weight)
      #expect(mismatch([Double(loss.sum.scalar)], [Double(whole.sum.scalar)]) == nil)
    }
  }

  /// A rate of its own for each place where dropout may be.
  private static let rates: [(block: JSON, key: String)] = [
    (blocks[0], "embd_pdrop"), (blocks[0], "attn_pdrop"), (blocks[0], "resid_pdrop"), (blocks[1], "attention_dropout"),
    (blocks[2], "hidden_dropout_prob"), (blocks[2], "attention_probs_dropout_prob"),
  ]

  @Test(arguments: rates.indices) func dropoutDependsOnTheRowAlone(_ index: Int) throws {
    let (block, key) = Self.rates[index]
    func model(_ rate: Double) throws -> any TokenModel {
      let members = try #require(block.members).map { ($0.name, $0.value) }
      let own: [(String, JSON)] = Self.rates.filter { $0.block == block }.map { ($0.key, .number($0.key == key ? rate : 0)) }
      return try config(.object(members + own)).languageModel(ParameterStore(random: RandomStreams(seed: 3)).root, vocabulary: 40)
    }
    let (with, without) = try (model(0.5), model(0))
    let one = TokenBatch(ids: [5, 6, 7], rows: 1, length: 3)
    let two = TokenBatch(ids: [1, 2, 3, 5, 6, 7], rows: 2, length: 3)
    let plain = with.logits(one, .evaluation())
    let dropped = with.logits(one, .training(step: 4, rows: [9]))
    #expect(plain.bits == without.logits(one, .evaluation()).bits)
    #expect(plain.bits == without.logits(one, .training(step: 4, rows: [9])).bits)
    #expect(mismatch(dropped, plain) != nil)
    #expect(mismatch(with.logits(two, .training(step: 4, rows: [8, 9])).rows(1..<2), dropped) == nil)
    #expect(mismatch(with.logits(one, .training(step: 5, rows: [9])), dropped) != nil)
    #expect(mismatch(with.logits(one, .training(step: 4, rows: [8])), dropped) != nil)
  }

  @Test(arguments: blocks) func recomputingGivesTheSameBits(_ block: JSON) throws {
    let tokens = TokenBatch(ids: [5, 6, 7, 8, 1, 2, 3, 4], rows: 2, length: 4, lengths: [4, 3])
    func run(recomputing recomputes: Bool, passes: Int) throws -> (losses: [Tensor], gradients: [Tensor]) {
      let members = try #require(block.members).map { ($0.name, $0.value) }
      let store = ParameterStore(random: RandomStreams(seed: 3))
      let model = try config(.object(members + [("gradient_checkpointing", .bool(recomputes))])).languageModel(store.root, vocabulary: 40)
      let gradients = store.makeGradients()
      let losses = (0..<passes).map { step in
        store.addGradients(to: gradients) {
          model.loss(
            tokens, labels: [6, 7, 8, 9, 2, 3, 4, -100], .training(step: step, rows: [3, 8], skipping: SkippingRates(blocks: 0.5))
          ).sum
        }
      }
      return (losses, try store.trainable.indices.map { try #require(gradients.gradient($0, shape: store.trainable[$0].shape)) })
    }
    let (kept, again) = try (run(recomputing: false, passes: 1), run(recomputing: true, passes: 1))
    #expect(kept.losses.map(\.bits) == again.losses.map(\.bits))
    #expect(kept.gradients.map(\.bits) == again.gradients.map(\.bits))
    // Where gradients of an earlier pass are added to, they are so in another order.
    let (sums, sumsAgain) = try (run(recomputing: false, passes: 2), run(recomputing: true, passes: 2))
    #expect(sums.losses.map(\.bits) == sumsAgain.losses.map(\.bits))
    for (a, b) in zip(sums.gradients, sumsAgain.gradients) {
      #expect(mismatch(b, a, Tolerance(absolute: 1e-6, relative: 1e-4)) == nil)
    }
  }

  @Test func aClassifierPoolsTheFirstTokenOrTheMean() throws {
    let tokens = TokenBatch(ids: [1, 2, 3, 0, 4, 5, 6, 7], rows: 2, length: 4, lengths: [3, 4])
    for pooling in ["cls", "mean"] {
      let members = try #require(Self.blocks[2].members).map { ($0.name, $0.value) }
      let config = try #require(try config(.object(members + [("pooling", .string(pooling))])) as? BertConfig)
      let store = ParameterStore(random: RandomStreams(seed: 3))
      let model = BertClassifier(store.root, config, vocabulary: 40, outputs: 3)
      let hidden = model.hidden(tokens, .evaluation()).reshaped([8, 32])
      let logits = model(tokens, .evaluation())
      #expect(logits.shape == [2, 3])
      let names = store.parameters.map(\.name)
      #expect(names.contains("bert.pooler.dense.weight") == (pooling == "cls"))
      if pooling == "mean" {
        let mean = hidden.rows(0..<3).mean(axis: 0, keepingAxis: true)
        let classifier = try #require(store.parameters.first { $0.name == "classifier.weight" })
        let expected: Tensor = linear(mean, classifier.value)
        #expect(mismatch(logits.rows(0..<1), expected) == nil)
      }
      // What stands at padding is not seen.
      var other = tokens
      other.ids[3] = 9
      #expect(model(other, .evaluation()).bits == logits.bits)
    }
  }

  @Test func theMeanOfTokensHasItsDerivative() {
    var random = RandomTensors("sequence mean")
    let x = random.normal([3, 4, 5])
    for lengths: [Int32]? in [nil, [4, 1, 3]] {
      #expect(DifferentiableFunction { sequenceMean($0[0], lengths: lengths) }.dotProductMismatch(at: [x]) == nil)
    }
    #expect(mismatch(sequenceMean(x), x.mean(axis: 1)) == nil)
  }

  @Test func unitsReportWhatTheyWere() throws {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    let model = try config(Self.blocks[0]).languageModel(store.root, vocabulary: 40)
    var seen: [String: Shape] = [:]
    let hooks = ActivationHooks(model.units.map(\.activation)) { seen[$0] = $1.shape }
    _ = model.logits(TokenBatch(ids: [5, 6, 7], rows: 1, length: 3), .evaluation(hooks: hooks))
    #expect(seen == ["transformer.h.0.mlp.activation": [3, 128], "transformer.h.1.mlp.activation": [3, 128]])
    for units in model.units {
      #expect(units.incoming.shape == [128, 32])
      #expect(units.outgoing.shape == [32, 128])
      #expect(seen[units.activation] == [3, units.count])
    }
  }

  @Test(arguments: [
    #"{"type": "gpt2", "n_embd": 30, "n_head": 4}"#, #"{"type": "llama", "num_attention_heads": 6, "num_key_value_heads": 4}"#,
    #"{"type": "llama", "hidden_size": 12, "num_attention_heads": 4}"#, #"{"type": "llama", "head_dim": 5}"#,
    #"{"type": "bert", "hidden_size": 30, "num_attention_heads": 4}"#, #"{"type": "gpt2", "activation_function": "elu"}"#,
    #"{"type": "gpt2", "attn_pdrop": 1}"#,
  ])
  func shapesThatDoNotFitAreRefused(_ text: String) throws {
    let json = try JSON.parse(text, path: "config.json")
    #expect(throws: Diagnostics.self) { try config(json) }
  }
}
