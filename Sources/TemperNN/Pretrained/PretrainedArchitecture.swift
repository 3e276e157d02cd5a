import TemperCore
import TemperJSON

/// A transformer that Hugging Face's `transformers` supports too: its folders' config keys and tensor names.
public protocol PretrainedArchitecture: TransformerConfig {
  /// The names in `architectures` of a config.json, with the head of each; the first is the default where config.json has no name.
  static var architectures: [(name: String, head: PretrainedHead.Kind)] { get }
  /// Translates the keys of a config.json into those of this config.
  static func translate(_ translation: inout ConfigTranslation)
  /// The keys of a config.json equivalent to this config.
  var huggingFaceMembers: [(String, JSON)] { get }
  /// The names of its tensors in files, with `head`.
  func tensorNames(_ head: PretrainedHead) -> PretrainedNames
  /// Makes the model's parameters, with `head`, in the store of `scope`; `has` says which tensors the store was given.
  func load(_ scope: ParameterScope, _ head: PretrainedHead, vocabulary: Int, has: (String) -> Bool)
  /// Why the model with `head` cannot be exported to `transformers`; nil where it can.
  func exportProblem(_ head: PretrainedHead) -> String?
}

extension PretrainedArchitecture {
  /// See ``PretrainedArchitecture``; by default the language model, whatever the head.
  public func load(_ scope: ParameterScope, _ head: PretrainedHead, vocabulary: Int, has: (String) -> Bool) {
    _ = languageModel(scope, vocabulary: vocabulary)
  }

  /// See ``PretrainedArchitecture``; nil by default.
  public func exportProblem(_ head: PretrainedHead) -> String? { nil }

  /// The name in `architectures` for the model with `head`.
  func architecture(_ head: PretrainedHead) -> String {
    (Self.architectures.first { $0.head == head.kind } ?? Self.architectures[0]).name
  }
}

/// The architectures that can be imported from and exported to `transformers`.
package enum PretrainedArchitectures {
  package static let all: [any PretrainedArchitecture.Type] = [GPT2Config.self, LlamaConfig.self, BertConfig.self]

  /// The variants of a `model` block.
  package static var variants: [FieldReader.Variant<any PretrainedArchitecture>] {
    all.map { architecture in .init(architecture.type, architecture.doc) { architecture.init($0) } }
  }
}

/// Properties of the tensor names of an architecture.
public struct PretrainedNames {
  /// The prefix of the inner model's names.
  let prefix: String
  /// The prefixes of names outside the inner model.
  let outside: [String]
  /// The suffixes of the names of constants.
  let ignored: [String]
  /// The prefixes of the names of heads that the model does not have.
  var ignoredPrefixes: [String] = []
  /// Tensors that are identical to others.
  let shared: [(copy: String, original: String)]

  /// Whether the name belongs to a constant, or to a head that the model does not have.
  func isIgnored(_ name: String) -> Bool {
    ignored.contains { name.hasSuffix($0) } || ignoredPrefixes.contains { name.hasPrefix($0) }
  }

  /// Whether the name is outside the inner model.
  func isOutside(_ name: String) -> Bool { outside.contains { name.hasPrefix($0) } }

  /// The current name; the first BERTs named the parameters of norms as TensorFlow does.
  static func modern(_ name: String) -> String {
    for (old, new) in [(".LayerNorm.gamma", ".LayerNorm.weight"), (".LayerNorm.beta", ".LayerNorm.bias")] where name.hasSuffix(old) {
      return name.dropLast(old.count) + new
    }
    return name
  }
}
