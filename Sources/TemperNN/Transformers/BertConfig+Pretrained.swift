import TemperCore
import TemperJSON

extension BertConfig: PretrainedArchitecture {
  /// See ``PretrainedArchitecture``.
  public static var architectures: [(name: String, head: PretrainedHead.Kind)] {
    [
      ("BertForMaskedLM", .masked), ("BertForPreTraining", .masked), ("BertModel", .none), ("BertForSequenceClassification", .classifier),
    ]
  }

  /// See ``PretrainedArchitecture``.
  public static func translate(_ translation: inout ConfigTranslation) {
    translation.take("hidden_size", default: 768)
    translation.take("num_hidden_layers", default: 12)
    translation.take("num_attention_heads", default: 12)
    translation.take("intermediate_size", default: 3072)
    translation.takeActivation("hidden_act", default: .gelu)
    translation.take("hidden_dropout_prob", default: 0.1)
    translation.take("attention_probs_dropout_prob", default: 0.1)
    translation.take("max_position_embeddings", default: 512)
    translation.take("type_vocab_size", default: 2)
    translation.take("layer_norm_eps", default: 1e-12)
    translation.take("initializer_range", default: 0.02)
    translation.insist("position_embedding_type", on: "absolute")
    translation.insist("is_decoder", on: false)
    translation.insist("add_cross_attention", on: false)
    translation.insist("tie_word_embeddings", on: true)
    if let rate = translation.given("classifier_dropout"), rate != translation.given("hidden_dropout_prob") ?? 0.1 {
      translation.fail("classifier_dropout", "differs from hidden_dropout_prob, which Temper's models use before a classifier too")
    }
  }

  /// See ``PretrainedArchitecture``.
  public var huggingFaceMembers: [(String, JSON)] {
    [
      ("model_type", "bert"), ("hidden_size", .integer(width)), ("num_hidden_layers", .integer(layers)),
      ("num_attention_heads", .integer(heads)), ("intermediate_size", .integer(feedForwardWidth)),
      ("hidden_act", .string(activation.huggingFaceName ?? "")), ("hidden_dropout_prob", .number(hiddenDropout)),
      ("attention_probs_dropout_prob", .number(attentionDropout)), ("max_position_embeddings", .integer(contextLength)),
      ("type_vocab_size", .integer(tokenTypes)), ("layer_norm_eps", .number(normEpsilon)),
      ("initializer_range", .number(initializerRange)), ("tie_word_embeddings", true),
    ]
  }

  /// See ``PretrainedArchitecture``.
  public func tensorNames(_ head: PretrainedHead) -> PretrainedNames {
    PretrainedNames(
      prefix: "bert.", outside: ["cls.", "classifier."], ignored: ["embeddings.position_ids"],
      ignoredPrefixes: head == .masked ? ["bert.pooler.", "pooler.", "cls.seq_relationship."] : [],
      shared: [
        ("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"),
        ("cls.predictions.decoder.bias", "cls.predictions.bias"),
      ])
  }

  /// See ``PretrainedArchitecture``.
  public func load(_ scope: ParameterScope, _ head: PretrainedHead, vocabulary: Int, has: (String) -> Bool) {
    switch head {
    case .classifier(let labels, _): _ = BertClassifier(scope, self, vocabulary: vocabulary, outputs: labels.count)
    case .none: _ = BertEncoder(scope, self, vocabulary: vocabulary, hasPooler: has("bert.pooler.dense.weight"))
    case .causal, .masked: _ = languageModel(scope, vocabulary: vocabulary)
    }
  }

  /// See ``PretrainedArchitecture``.
  public func exportProblem(_ head: PretrainedHead) -> String? {
    guard head.kind == .classifier, pooling == .mean else { return nil }
    return "the model sees the mean of all tokens; transformers' BertForSequenceClassification has only the first one's pooler. "
      + "Train with \"pooling\": \"cls\" for a model that can be exported."
  }
}
