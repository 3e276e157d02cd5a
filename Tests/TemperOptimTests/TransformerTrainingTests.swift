import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

/// Ten steps of AdamW on a GPT-2 of two layers, from fixed weights, against PyTorch in float64.
@Suite struct TransformerTrainingTests {
  @Test func tenLossesAgree() throws {
    let folder = "transformers/gpt2_tied/"
    let file = try Goldens.json("transformers/cases.json")
    let record = try #require(file["cases"]?["gpt2_tied"])
    let references = try #require(file["training"]?["gpt2_tied"]?["losses"]?.numbers)
    let pretrained = try PretrainedConfig(huggingFace: Goldens.json(folder + "config.json"), path: "config.json")
    let weights = try SafeTensors(parsing: Goldens.bytes(folder + "model.safetensors"), path: "model.safetensors")
    let store = ParameterStore(loading: weights)
    let model = pretrained.config.languageModel(store.root, vocabulary: pretrained.vocabularySize)
    try store.finishLoading()

    func rows(_ key: String) throws -> [Int32] {
      try #require(record[key]?.array).flatMap { try #require($0.integers) }.map { Int32($0) }
    }
    let (ids, labels) = try (rows("ids"), rows("labels"))
    let tokens = TokenBatch(ids: ids, rows: 3, length: ids.count / 3)
    let optimizer = AdamW(store, AdamWConfig(betas: (0.9, 0.95), weightDecay: 0.1))
    let pass = GradientPass(store, l2: 0, penalizing: .all)
    let gradients = store.makeGradients()
    var losses: [Double] = []
    for step in 0..<references.count {
      gradients.reset()
      var weight = 0.0
      let sum = store.addGradients(to: gradients) {
        let loss = model.loss(tokens, labels: labels, .training(step: step, rows: [0, 1, 2]))
        weight = loss.weight
        return loss.sum
      }
      losses.append(Double(sum.scalar) / weight)
      let (norm, pending) = pass.prepare(gradients, scale: Float(1 / weight))
      optimizer.step(gradients, scale: pending * Float(min(1, 1 / (norm + 1e-6))), learningRate: 0.01)
    }
    #expect(references.count == 10 && references[9] < 0.9 * references[0])
    #expect(mismatch(losses, references) == nil)
  }
}
