import TemperCore
import TemperData
import TemperJSON
import TemperTables
import TemperText

/// Random tokens for benchmarks.
public struct RandomTokensInput: TokenInput {
  /// See ``InputConfig``.
  public static let type = "random_tokens"
  /// See ``InputConfig``.
  public static let doc = "Uniformly random tokens, for benchmarks."
  /// See ``InputConfig``.
  public static let pathKeys: [String] = []
  /// See ``InputConfig``.
  public static let targets: [TargetKind] = []

  private let (count, vocabulary): (Int, Int)

  /// See ``InputConfig``.
  public init(_ c: FieldReader, _ task: TaskDefinition) {
    count = c.integer("tokens", default: 1_000_000, in: 1000...1_000_000_000, doc: "Number of tokens to generate.")
    vocabulary = c.integer("vocab_size", in: 2...1_000_000, doc: "Number of distinct tokens.")
  }

  /// See ``InputConfig``.
  public var sampleKind: SampleKind? { nil }
  /// See ``InputConfig``.
  public var holdsOutValidation: Bool { false }

  func read(_ file: ConfigFile, tokenizer: Tokenizer?) throws(Diagnostics) -> PreparedText {
    try file.demand(bytes: 8 * Double(count), for: "\(count) random tokens", by: "data.tokens")
    var random = RandomStreams(seed: UInt64(file.config.seed)).sequence("random.tokens")
    return try PreparedText(
      file, tokenizer: nil, train: TokenStore((0..<count).map { _ in Int32(random.below(vocabulary)) }, vocabularySize: vocabulary))
  }
}
