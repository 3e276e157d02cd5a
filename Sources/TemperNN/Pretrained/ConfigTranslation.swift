import TemperCore
import TemperJSON

/// Turns the keys of a config.json of Hugging Face into those of a Temper config, each value with its place in the file. Defaults are those of
/// `transformers`: a key that is absent there means what it means to them.
struct ConfigTranslation {
  private let json: JSON
  private let path: String
  private(set) var block: [JSON.Member] = []
  private(set) var problems: [Diagnostic] = []

  init(_ json: JSON, path: String) { (self.json, self.path) = (json, path) }

  /// Takes over the value of `key`; absent and null mean `value`.
  mutating func take(_ key: String, default value: JSON) {
    block.append(JSON.Member(key, given(key) ?? value))
  }

  /// Notes that the value of `key` is of no use.
  mutating func fail(_ key: String, _ message: String) {
    problems.append(Diagnostic(.unsupportedModel, at: json[key]?.place ?? .wholeFile(path: path), "\(key) \(message)"))
  }

  /// What does not stay as it is by default changes what the model computes.
  private mutating func insist(_ key: String, on value: JSON) {
    guard let given = given(key), given != value else { return }
    fail(key, "is \(given.serialized()); Temper's models know only \(value.serialized())")
  }

  private func given(_ key: String) -> JSON? { json[key].flatMap { $0.isNull ? nil : $0 } }

  private mutating func takeActivation(_ key: String, default standard: Activation) {
    guard let given = given(key) else {
      block.append(JSON.Member(key, .string(standard.rawValue)))
      return
    }
    guard let activation = given.string.flatMap(Activation.init(huggingFace:)) else {
      return fail(key, "is \(given.serialized()), which Temper's models do not know; they know gelu, gelu_new, relu, silu and tanh")
    }
    block.append(JSON.Member(key, JSON(.string(activation.rawValue), place: given.place)))
  }

  mutating func readGPT2() {
    take("n_layer", default: 12)
    take("n_head", default: 12)
    take("n_embd", default: 768)
    take("n_positions", default: given("n_ctx") ?? 1024)
    take("n_inner", default: .null)
    takeActivation("activation_function", default: .geluTanh)
    take("embd_pdrop", default: 0.1)
    take("attn_pdrop", default: 0.1)
    take("resid_pdrop", default: 0.1)
    take("layer_norm_epsilon", default: 1e-5)
    take("initializer_range", default: 0.02)
    take("tie_word_embeddings", default: true)
    insist("scale_attn_weights", on: true)
    insist("scale_attn_by_inverse_layer_idx", on: false)
    insist("add_cross_attention", on: false)
  }

  mutating func readLlama() {
    take("hidden_size", default: 4096)
    take("intermediate_size", default: 11008)
    take("num_hidden_layers", default: 32)
    take("num_attention_heads", default: 32)
    take("num_key_value_heads", default: .null)
    take("head_dim", default: .null)
    take("max_position_embeddings", default: 2048)
    take("rms_norm_eps", default: 1e-6)
    readRope()
    take("tie_word_embeddings", default: false)
    take("attention_dropout", default: 0.0)
    take("attention_bias", default: false)
    take("mlp_bias", default: false)
    take("initializer_range", default: 0.02)
    insist("hidden_act", on: "silu")
    insist("partial_rotary_factor", on: 1.0)
  }

  /// The base of the wavelengths; scaled positions are not known. As in `transformers`, a `rope_scaling` that is not empty replaces
  /// `rope_parameters`, and the base in either of them counts before the one beside them.
  private mutating func readRope() {
    var base = given("rope_theta") ?? 10000.0
    if let key = ["rope_scaling", "rope_parameters"].first(where: { given($0)?.members?.isEmpty == false }), let rope = given(key) {
      let kind = (rope["rope_type"] ?? rope["type"])?.string ?? "default"
      if kind != "default" { fail(key, "asks for \(quoted(kind)) positions; Temper's models know only \"default\" ones") }
      if let factor = rope["partial_rotary_factor"]?.number, factor != 1 {
        fail(key, "turns only a part of each head; Temper's models turn all of it")
      }
      if let inner = rope["rope_theta"], !inner.isNull { base = inner }
    }
    block.append(JSON.Member("rope_theta", base))
  }

  mutating func readBert() {
    take("hidden_size", default: 768)
    take("num_hidden_layers", default: 12)
    take("num_attention_heads", default: 12)
    take("intermediate_size", default: 3072)
    takeActivation("hidden_act", default: .gelu)
    take("hidden_dropout_prob", default: 0.1)
    take("attention_probs_dropout_prob", default: 0.1)
    take("max_position_embeddings", default: 512)
    take("type_vocab_size", default: 2)
    take("layer_norm_eps", default: 1e-12)
    take("initializer_range", default: 0.02)
    insist("position_embedding_type", on: "absolute")
    insist("is_decoder", on: false)
    insist("add_cross_attention", on: false)
    insist("tie_word_embeddings", on: true)
    if let rate = given("classifier_dropout"), rate != given("hidden_dropout_prob") ?? 0.1 {
      fail("classifier_dropout", "differs from hidden_dropout_prob, which Temper's models use before a classifier too")
    }
  }

  private static let mostLabels = 1_000_000

  /// What `architectures` says is on top.
  mutating func head(_ type: String) -> PretrainedHead {
    let standard: PretrainedHead = type == "bert" ? .masked : .causal
    let known = ["GPT2LMHeadModel", "GPT2Model", "LlamaForCausalLM", "LlamaModel", "BertForMaskedLM", "BertForPreTraining", "BertModel"]
    guard let name = given("architectures")?.array?.first?.string else { return standard }
    if name == "BertModel" { return .none }
    guard !known.contains(name) else { return standard }
    guard name == "BertForSequenceClassification" else {
      fail("architectures", "names \(quoted(name)); Temper's models are \(known.joined(separator: ", ")) and BertForSequenceClassification")
      return standard
    }
    let count = given("num_labels").map { $0.integer ?? 0 } ?? given("id2label")?.members?.count ?? 2
    guard (1...Self.mostLabels).contains(count) else {
      fail(given("num_labels") == nil ? "id2label" : "num_labels", "must be a whole number from 1 to \(Self.mostLabels)")
      return standard
    }
    let labels = (0..<count).map { given("id2label")?[String($0)]?.string ?? "LABEL_\($0)" }
    var problem: PretrainedHead.Problem = labels.count == 1 ? .regression : .singleLabel
    if let given = given("problem_type") {
      if let kind = given.string.flatMap(PretrainedHead.Problem.init(rawValue:)) {
        problem = kind
      } else {
        fail("problem_type", "is \(given.serialized()), which is unknown")
      }
    }
    return .classifier(labels: labels, problem: problem)
  }
}
