import TemperCore
import TemperJSON

extension Diagnostic.Code {
  /// A Hugging Face model that needs what Temper's transformers do not support.
  public static let unsupportedModel = Diagnostic.Code("E0245", "a pretrained model that is not supported")
}

/// A model as described by a config.json of Hugging Face's `transformers`, as far as Temper supports it.
public struct PretrainedConfig: Sendable {
  /// The model's config.
  public let config: any PretrainedArchitecture
  /// The same as a Temper `model` block, with all defaults filled in.
  public let block: JSON
  /// The head of the model.
  public let head: PretrainedHead
  /// The number of tokens.
  public let vocabularySize: Int
  /// The tokens that config.json names.
  public let specialTokens: SpecialTokenIDs
  /// The tokens that generation_config.json names; nil where there is no such file.
  public let generationTokens: SpecialTokenIDs?

  /// A model from another source, whose `block` must be readable as a ``PretrainedArchitecture``.
  /// - Throws: The errors in the block.
  public init(
    block: JSON, head: PretrainedHead, specialTokens: SpecialTokenIDs = .init(), generationTokens: SpecialTokenIDs? = nil
  ) throws(Diagnostics) {
    let outcome = FieldReader.read(block) { c in
      c.variant("type", doc: "Kind of model.", PretrainedArchitectures.variants)
    }
    (config, self.block) = try outcome.get()
    (self.head, self.specialTokens, self.generationTokens) = (head, specialTokens, generationTokens)
    vocabularySize = config.vocabularySize ?? 0
    require(vocabularySize > 0, "PretrainedConfig: vocab_size is required")
  }

  /// Reads a config.json, and the tokens of the generation_config.json beside it. Unsupported features are errors that name them; keys that
  /// only describe usage or origin of the model are ignored.
  public init(huggingFace json: JSON, path: String, generationTokens: SpecialTokenIDs? = nil) throws(Diagnostics) {
    let type = json["model_type"]?.string ?? ""
    var translation = ConfigTranslation(json, path: path)
    guard let architecture = PretrainedArchitectures.all.first(where: { $0.type == type }) else {
      throw Diagnostics(
        .unsupportedModel, at: json["model_type"]?.place ?? .wholeFile(path: path),
        "model_type is \(type.isEmpty ? "not given" : quoted(type)); supported are gpt2, llama and bert")
    }
    architecture.translate(&translation)
    translation.take("vocab_size", default: .null)
    if json["vocab_size"]?.integer == nil { translation.fail("vocab_size", "is required and must be a whole number") }
    let head = translation.head(architecture)
    if !translation.problems.isEmpty { throw Diagnostics(translation.problems) }
    let block = JSON(.object([JSON.Member("type", .string(type))] + translation.block), place: json.place)
    try self.init(
      block: block, head: head, specialTokens: SpecialTokenIDs(reading: json, path: path), generationTokens: generationTokens)
  }
}

/// The head of a stored transformer.
public enum PretrainedHead: Sendable, Equatable {
  /// Predicts the next token.
  case causal
  /// Predicts masked tokens.
  case masked
  /// No head: an encoder whose hidden states are used.
  case none
  /// Predicts something for a whole row, with a name for each output.
  case classifier(labels: [String], problem: Problem)

  /// The kind of head, without details.
  public enum Kind: Sendable {
    /// See ``PretrainedHead``.
    case causal, masked, none, classifier
  }

  /// The head of a kind without details; nil for a classifier.
  init?(_ kind: Kind) {
    switch kind {
    case .causal: self = .causal
    case .masked: self = .masked
    case .none: self = .none
    case .classifier: return nil
    }
  }

  var kind: Kind {
    switch self {
    case .causal: .causal
    case .masked: .masked
    case .none: .none
    case .classifier: .classifier
    }
  }

  /// The task of a classifier. The raw value is Hugging Face's `problem_type`.
  public enum Problem: String, Sendable {
    /// One of the labels.
    case singleLabel = "single_label_classification"
    /// Any number of the labels.
    case multiLabel = "multi_label_classification"
    /// Regression.
    case regression
  }
}

extension Activation {
  /// The name in a Hugging Face config.json; nil where there is none.
  var huggingFaceName: String? {
    switch self {
    case .gelu, .relu, .silu, .tanh: rawValue
    case .geluTanh: "gelu_new"
    default: nil
    }
  }

  /// The activation with that name there; some have several names.
  init?(huggingFace name: String) {
    switch name {
    case "gelu", "relu", "silu", "tanh": self.init(rawValue: name)
    case "swish": self = .silu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate": self = .geluTanh
    case "gelu_python": self = .gelu
    default: return nil
    }
  }
}
