import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperOptim
import TemperTables
import TemperText

/// The block of an `ngram_linear`.
public struct NGramLinearConfig: Sendable {
  /// The n-grams, and their embedding.
  public let embedding: TextEmbeddingConfig

  /// Reads the block.
  public init(_ c: FieldReader, isLoaded: Bool) { embedding = TextEmbeddingConfig(ngrams: c) }
}

extension NGramLinearConfig: TextModelConfig {
  /// See ``ModelConfig``.
  public static var type: String { "ngram_linear" }
  /// See ``ModelConfig``.
  public static var doc: String { "Linear text classifier on hashed n-grams of words and characters, like fastText." }
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.texts] }
  /// See ``TextModelConfig``.
  public static var needsTokenizer: Bool { false }
  /// See ``ModelConfig``.
  public var standardOptimizer: OptimizerConfig.Standard { .rowwiseAdagrad }
  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String { "ngram_linear \(embedding.ngrams.buckets) x \(embedding.width)-\(outputs)" }

  /// See ``TextModelConfig``.
  public func encoder(_ texts: TextColumnConfig, _ tokenizer: Tokenizer?, _ preprocessor: Preprocessor, _ file: ConfigFile)
    throws(Diagnostics) -> any TextEncoder
  {
    NGramEncoder(texts.column, preprocessor, embedding)
  }
}

/// Texts as bags of hashed n-grams.
struct NGramEncoder: TextEncoder {
  typealias Inputs = TokenBags
  typealias Encoded = BagRows

  let column: String
  let preprocessor: Preprocessor
  private let config: TextEmbeddingConfig
  private let hasher: NGramHasher

  init(_ column: String, _ preprocessor: Preprocessor, _ config: TextEmbeddingConfig) {
    (self.column, self.preprocessor, self.config) = (column, preprocessor, config)
    hasher = NGramHasher(config.ngrams)
  }

  var tokenizer: Tokenizer? { nil }

  func samples(_ texts: [[UInt8]], _ targets: RowTargets) -> BagRows {
    BagRows(TextRows(targets) { index in texts[index].withUnsafeBufferPointer { hasher.ids($0) } })
  }

  func model(_ scope: ParameterScope, _ config: RunConfig, outputs: OutputLayer) -> any Model<TokenBags> {
    NGramLinear(
      scope, buckets: self.config.ngrams.buckets, width: self.config.width, pooling: self.config.pooling, classes: outputs.count,
      clusters: outputs.clusters)
  }

  func sizeKey(_ counted: ParameterStore, outputs: Int, _ config: RunConfig) -> String { "model.buckets" }
}
