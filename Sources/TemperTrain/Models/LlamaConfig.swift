import TemperNN

extension LlamaConfig: LanguageModelConfig {
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.nextTokens] }
}
