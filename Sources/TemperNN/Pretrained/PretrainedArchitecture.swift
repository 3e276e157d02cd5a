import TemperCore
import TemperJSON

/// A transformer that Hugging Face's `transformers` knows too: what its folders say of it, and by which names.
public protocol PretrainedArchitecture: TransformerConfig {
  /// The names in `architectures` of a config.json, with what each has on top; the first is what a config.json without a name means.
  static var architectures: [(name: String, head: PretrainedHead.Kind)] { get }
  /// Turns the keys of a config.json into those of this config.
  static func translate(_ translation: inout ConfigTranslation)
  /// The keys of a config.json that say the same as this config.
  var huggingFaceMembers: [(String, JSON)] { get }
  /// What its tensors are called in files, where `head` is on top.
  func tensorNames(_ head: PretrainedHead) -> PretrainedNames
  /// Takes the parameters of the model with `head` on top from the store that `scope` is of; `has` says which tensors that was given.
  func load(_ scope: ParameterScope, _ head: PretrainedHead, vocabulary: Int, has: (String) -> Bool)
  /// What keeps the model with `head` on top from being written for `transformers`; nil for nothing.
  func exportProblem(_ head: PretrainedHead) -> String?
}

extension PretrainedArchitecture {
  /// See ``PretrainedArchitecture``; the language model, whatever is on top.
  public func load(_ scope: ParameterScope, _ head: PretrainedHead, vocabulary: Int, has: (String) -> Bool) {
    _ = languageModel(scope, vocabulary: vocabulary)
  }

  /// See ``PretrainedArchitecture``; nothing by default.
  public func exportProblem(_ head: PretrainedHead) -> String? { nil }

  /// The name in `architectures` for the model with `head` on top.
  func architecture(_ head: PretrainedHead) -> String {
    (Self.architectures.first { $0.head == head.kind } ?? Self.architectures[0]).name
  }
}

/// The architectures that are exchanged with `transformers`.
package enum PretrainedArchitectures {
  package static let all: [any PretrainedArchitecture.Type] = [GPT2Config.self, LlamaConfig.self, BertConfig.self]

  /// The variants of a block `model`.
  package static var variants: [FieldReader.Variant<any PretrainedArchitecture>] {
    all.map { architecture in .init(architecture.type, architecture.doc) { architecture.init($0) } }
  }
}

/// What the names of an architecture's tensors have in common.
public struct PretrainedNames {
  /// Where the inner model's names begin.
  let prefix: String
  /// How names begin that lie beside the inner model.
  let outside: [String]
  /// How the names of constants end.
  let ignored: [String]
  /// How the names of heads begin that the model does not have.
  var ignoredPrefixes: [String] = []
  /// Tensors that are the same as others.
  let shared: [(copy: String, original: String)]

  /// Whether the name belongs to a constant, or to a head that the model has not.
  func isIgnored(_ name: String) -> Bool {
    ignored.contains { name.hasSuffix($0) } || ignoredPrefixes.contains { name.hasPrefix($0) }
  }

  /// Whether the name lies beside the inner model.
  func isOutside(_ name: String) -> Bool { outside.contains { name.hasPrefix($0) } }

  /// The name as it is today; the first BERTs called a norm's parameters as TensorFlow did.
  static func modern(_ name: String) -> String {
    for (old, new) in [(".LayerNorm.gamma", ".LayerNorm.weight"), (".LayerNorm.beta", ".LayerNorm.bias")] where name.hasSuffix(old) {
      return name.dropLast(old.count) + new
    }
    return name
  }
}
