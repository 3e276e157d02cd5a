import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// Models that `transformers` wrote against what it computed with them in float64.
@Suite struct TransformerGoldenTests {
  @Test(arguments: TransformerGolden.all) func logitsAgree(_ golden: TransformerGolden) throws {
    let tokens = try golden.tokens()
    let reference = try GoldenTensor(golden.record["logits"])
    let logits = try LoadedTransformer(golden).logits(tokens, .evaluation())
    #expect(logits.shape.array == reference.shape)
    let largest = reference.data.map(abs).max() ?? 0
    #expect(largest > 1)
    let columns = try #require(reference.shape.last)
    for (index, (value, expected)) in zip(logits.values, reference.data).enumerated() {
      // What stands at padding means nothing.
      if logits.shape.rank == 3, let lengths = tokens.lengths {
        let position = index / columns
        if position % tokens.length >= lengths[position / tokens.length] { continue }
      }
      #expect(abs(Double(value) - expected) <= 1e-5 * largest, "\(index)")
    }
  }

  @Test(arguments: TransformerGolden.all) func lossAndGradientsAgree(_ golden: TransformerGolden) throws {
    let model = try LoadedTransformer(golden)
    let (tokens, labels) = try (golden.tokens(), golden.labels())
    let gradients = model.store.makeGradients()
    var weight = 0.0
    let sum = model.store.addGradients(to: gradients) {
      let loss = model.loss(tokens, labels)
      weight = loss.weight
      return loss.sum
    }
    #expect(weight == Double(labels.filter { $0 != -100 }.count))
    #expect(mismatch([Double(sum.scalar) / weight], [try #require(golden.record["loss"]?.number)]) == nil)
    let references = try #require(golden.record["gradients"]?.members)
    #expect(references.count >= 5)
    for reference in references {
      let index = try #require(model.store.trainable.firstIndex { $0.name == reference.name })
      let parameter = model.store.trainable[index]
      var gradient = try #require(gradients.gradient(index, shape: parameter.shape))
      if case .transposed = parameter.stored { gradient = gradient.transposed() }
      let scaled = gradient * Float(1 / weight)
      let problem = mismatch(scaled, try GoldenTensor(reference.value), Tolerance(absolute: 2e-6, relative: 2e-5))
      #expect(problem == nil, "\(reference.name): \(problem ?? "")")
    }
  }

  @Test(arguments: TransformerGolden.all) func savingGivesTheFileBack(_ golden: TransformerGolden) throws {
    let (weights, store) = try (golden.weights(), LoadedTransformer(golden).store)
    let saved = try SafeTensors(parsing: store.saved(metadata: [("format", "pt")]).bytes, path: "saved")
    #expect(saved.names.sorted() == weights.names.sorted())
    for name in weights.names {
      #expect(saved.shape(of: name) == weights.shape(of: name), "\(name)")
      #expect(saved.tensor(name)?.bits == weights.tensor(name)?.bits, "\(name)")
    }
  }

  @Test(arguments: TransformerGolden.all) func countsOperationsAsPeersDo(_ golden: TransformerGolden) throws {
    let model = try LoadedTransformer(golden)
    let parameters = try golden.weights().names.reduce(0) { try $0 + (golden.weights().shape(of: $1)?.count ?? 0) }
    let columns = golden.name == "llama_untied" ? 16 : 8
    #expect(model.transformer.parameterCount == parameters)
    #expect(model.transformer.operationsPerToken(length: 7) == 6 * parameters + 12 * 2 * columns * 7)
  }

  @Test(arguments: TransformerGolden.causal) func aCacheChangesNothing(_ golden: TransformerGolden) throws {
    let tokens = try golden.tokens()
    let pretrained = try golden.pretrained()
    let store = ParameterStore(loading: try golden.weights())
    let model = pretrained.config.languageModel(store.root, vocabulary: pretrained.vocabularySize)
    try store.finishLoading()
    let whole = model.logits(tokens, .evaluation())
    let largest = whole.values.map(abs).max() ?? 0
    for steps in [[7], [1, 1, 1, 1, 1, 1, 1], [3, 1, 2, 1]] {
      let cache = try #require(model.makeCache(capacity: 7))
      var start = 0
      for count in steps {
        let part = TokenBatch(ids: Array(tokens.ids[7 + start..<7 + start + count]), rows: 1, length: count)
        let logits = model.logits(part, .generation(cache))
        for t in 0..<count {
          let position = 7 + start + t
          let (new, old) = (logits.reshaped([count, 19]).rows(t..<t + 1), whole.reshaped([21, 19]).rows(position..<position + 1))
          #expect(mismatch(new, old, Tolerance(absolute: Double(largest) * 1e-5, relative: 0)) == nil)
        }
        start += count
        #expect(cache.count == start)
      }
    }
  }

  @Test(arguments: TransformerGolden.causal) func theLastLogitsAreThoseOfTheLastToken(_ golden: TransformerGolden) throws {
    var tokens = try golden.tokens()
    let pretrained = try golden.pretrained()
    let store = ParameterStore(loading: try golden.weights())
    let model = pretrained.config.languageModel(store.root, vocabulary: pretrained.vocabularySize)
    let all = model.logits(tokens, .evaluation())
    tokens.lengths = [7, 2, 5]
    let last = model.lastLogits(tokens, .evaluation())
    #expect(last.shape == [3, 19])
    for (row, t) in [6, 1, 4].enumerated() {
      let expected = all.rows(row..<row + 1).reshaped([7, 19]).rows(t..<t + 1)
      #expect(mismatch(last.rows(row..<row + 1), expected) == nil)
    }
  }
}
