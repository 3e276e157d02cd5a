import TemperCore
import TemperJSON

// The files of a `transformers` folder other than weights and tokenizer.

extension PretrainedConfig {
  /// The content of config.json.
  ///
  /// - Throws: For a classifier over the mean of all tokens, which `transformers` does not support.
  public func huggingFace() throws(Diagnostics) -> JSON {
    var members: [(String, JSON)] = [
      ("architectures", [.string(config.architecture(head))]), ("dtype", "float32"), ("vocab_size", .integer(vocabularySize)),
    ]
    members += specialTokens.members
    if let problem = config.exportProblem(head) { throw Diagnostics(.unsupportedModel, at: .option("pooling"), problem) }
    members += config.huggingFaceMembers
    if case .classifier(let labels, let problem) = head {
      members += [
        ("id2label", .object(labels.enumerated().map { (String($0.offset), .string($0.element)) })),
        ("label2id", .object(labels.enumerated().map { ($0.element, .integer($0.offset)) })),
        ("problem_type", .string(problem.rawValue)),
      ]
    }
    return .object(members)
  }

  /// The content of generation_config.json; nil for a model that does not generate text.
  public func huggingFaceGeneration() -> JSON? {
    guard head == .causal else { return nil }
    return .object((generationTokens ?? specialTokens).members + [("use_cache", true)])
  }
}
