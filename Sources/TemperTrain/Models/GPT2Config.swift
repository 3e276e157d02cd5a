import TemperNN

extension GPT2Config: LanguageModelConfig {
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.nextTokens] }
}
