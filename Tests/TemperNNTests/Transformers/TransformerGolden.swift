import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// One model of Tests/Goldens/transformers with what it computes.
struct TransformerGolden: Sendable, CustomTestStringConvertible {
  let name: String

  static let all = ["gpt2_tied", "gpt2_untied", "llama_tied", "llama_untied", "bert_masked", "bert_classifier"].map(TransformerGolden.init)
  static let causal = all.filter { !$0.name.hasPrefix("bert") }
  private static let cases = Result { try Goldens.json("transformers/cases.json") }

  var testDescription: String { name }

  func file(_ file: String) -> String { "transformers/\(name)/\(file)" }

  /// config.json as `transformers` wrote it.
  func configFile() throws -> JSON { try Goldens.json(file("config.json")) }

  func pretrained() throws -> PretrainedConfig { try PretrainedConfig(huggingFace: configFile(), path: file("config.json")) }

  func weights() throws -> SafeTensors {
    try SafeTensors(parsing: Goldens.bytes(file("model.safetensors")), path: file("model.safetensors"))
  }

  var record: JSON {
    get throws { try #require(Self.cases.get()["cases"]?[name]) }
  }

  func tokens() throws -> TokenBatch {
    let rows = try #require(record["ids"]?.array).map { try #require($0.integers) }
    let lengths = try record["lengths"]?.integers.map { $0.map { Int32($0) } }
    return TokenBatch(ids: rows.joined().map { Int32($0) }, rows: rows.count, length: rows[0].count, lengths: lengths)
  }

  func labels() throws -> [Int32] {
    let labels = try #require(record["labels"]?.array)
    return try (labels.first?.integer != nil ? labels.map { try #require($0.integer) } : labels.flatMap { try #require($0.integers) })
      .map { Int32($0) }
  }
}

/// A golden model, whichever head it has.
struct LoadedTransformer {
  let store: ParameterStore
  let logits: (TokenBatch, Context) -> Tensor
  let loss: (TokenBatch, [Int32]) -> Loss
  let transformer: any Transformer

  init(_ pretrained: PretrainedConfig, _ weights: SafeTensors) throws {
    store = ParameterStore(loading: try weights.fitted(to: pretrained, path: "model.safetensors"))
    if case .classifier(let labels, _) = pretrained.head, let config = pretrained.config as? BertConfig {
      let model = BertClassifier(store.root, config, vocabulary: pretrained.vocabularySize, outputs: labels.count)
      logits = { model($0, $1) }
      loss = { SparseCategoricalCrossEntropy()(model($0, .evaluation()), $1) }
      transformer = model
    } else {
      let model = pretrained.config.languageModel(store.root, vocabulary: pretrained.vocabularySize)
      logits = { model.logits($0, $1) }
      loss = { model.loss($0, labels: $1, .evaluation()) }
      transformer = model
    }
    try store.finishLoading()
  }

  init(_ golden: TransformerGolden) throws { try self.init(golden.pretrained(), golden.weights()) }
}
