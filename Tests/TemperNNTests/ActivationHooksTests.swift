import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

@testable import TemperNN

/// Activations are asked for by the path of the scope that makes them.
@Suite struct ActivationHooksTests {
  private let store = ParameterStore(random: RandomStreams(seed: 3))

  /// The shapes of what a pass reports of `names`, in its order.
  private func seen(_ names: [String], _ pass: (Context) -> Tensor) -> [(name: String, shape: Shape)] {
    var seen: [(String, Shape)] = []
    _ = pass(.evaluation(hooks: ActivationHooks(names) { seen.append(($0, $1.shape)) }))
    return seen
  }

  @Test func mlp() {
    let model = MLP(store.root, inputs: 6, hidden: [5, 7], classes: 3, norm: .layer)
    var random = RandomTensors("hooks")
    let x = random.normal([12, 6])
    let names = ["layers.0.activation", "layers.0", "layers.1.activation", "layers.1", "output"]
    let found = seen(names) { model(x, $0) }
    #expect(found.map(\.name) == names)
    #expect(found.map(\.shape) == [[12, 5], [12, 5], [12, 7], [12, 7], [12, 3]])
    // The values are those of the pass.
    var logits: [Float] = []
    let output = model(x, .evaluation(hooks: ActivationHooks(["output"]) { _, values in logits = values.values }))
    #expect(logits == output.values)
    // Nothing else is reported than what was asked for.
    #expect(seen(["layers.1", "layers.9"]) { model(x, $0) }.map(\.name) == ["layers.1"])
  }

  @Test func ngrams() {
    let model = NGramLinear(store.root, buckets: 20, width: 4, classes: 2)
    let found = seen(["embeddings", "output"]) { model(TokenBags(ids: [0, 9, 5], starts: [0, 1]), $0) }
    #expect(found.map(\.name) == ["embeddings", "output"])
    #expect(found.map(\.shape) == [[2, 4], [2, 2]])
  }

  @Test(arguments: [
    (#"{"type": "gpt2", "n_layer": 2, "n_head": 2, "n_embd": 32, "n_inner": 64}"#, "transformer.h", "attn", "mlp"),
    (
      #"{"type": "llama", "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 32, "intermediate_size": 64}"#,
      "model.layers", "self_attn", "mlp"
    ),
    (
      #"{"type": "bert", "num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32, "intermediate_size": 64}"#,
      "bert.encoder.layer", "attention", "intermediate"
    ),
  ])
  func transformerBlocks(_ text: String, _ path: String, _ attention: String, _ units: String) throws {
    let json = try JSON.parse(text, path: "config.json")
    let config = try FieldReader.read(json) { c in c.variant("type", doc: "", PretrainedArchitectures.variants) }.get().value
    let model = config.languageModel(store.root, vocabulary: 40)
    let names = (0..<2).flatMap { ["\(path).\($0).\(attention)", "\(path).\($0).\(units).activation", "\(path).\($0)"] }
    let tokens = TokenBatch(ids: [5, 6, 7, 1, 2, 3], rows: 2, length: 3)
    let found = seen(names) { model.hidden(tokens, $0) }
    #expect(found.map(\.name) == names)
    #expect(found.map(\.shape) == Array(repeating: [[2, 3, 32], [6, 64], [2, 3, 32]], count: 2).flatMap { $0 })
  }
}
