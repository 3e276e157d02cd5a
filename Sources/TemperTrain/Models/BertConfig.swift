import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables
import TemperText

extension BertConfig: LanguageModelConfig, TextModelConfig {
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.maskedTokens, .texts] }
  /// See ``TextModelConfig``.
  public static var needsTokenizer: Bool { true }

  /// See ``TextModelConfig``. Throws if texts are longer than its positions.
  public func encoder(_ texts: TextColumnConfig, _ tokenizer: Tokenizer?, _ preprocessor: Preprocessor, _ file: ConfigFile)
    throws(Diagnostics) -> any TextEncoder
  {
    guard let tokenizer else { fail("the encoder has no tokenizer") }
    let vocabulary = vocabularySize ?? tokenizer.vocabularySize
    if vocabulary < tokenizer.vocabularySize {
      throw file.mistake(
        "model.vocab_size", "is \(vocabulary), but the tokenizer has \(tokenizer.vocabularySize) tokens; raise it, or remove it")
    }
    let longest = texts.maxLength ?? contextLength
    if longest > contextLength {
      throw file.mistake(
        "data.max_length",
        "is \(longest), but the model has \(contextLength) positions; lower it, or raise model.max_position_embeddings")
    }
    return TokenEncoder(
      column: texts.column, preprocessor: preprocessor, knownTokenizer: tokenizer, longest: longest, config: self, vocabulary: vocabulary)
  }
}

/// Texts as tokens, padded into batches.
struct TokenEncoder: TextEncoder {
  typealias Inputs = TokenBatch
  typealias Encoded = PaddedRows

  let column: String
  let preprocessor: Preprocessor
  let knownTokenizer: Tokenizer
  /// The maximum number of tokens per text; longer ones are truncated.
  let longest: Int
  let config: BertConfig
  let vocabulary: Int

  var tokenizer: Tokenizer? { knownTokenizer }

  func samples(_ texts: [[UInt8]], _ targets: RowTargets) -> PaddedRows {
    // The end-of-text token, if there is one, is kept.
    let kept = knownTokenizer.specialTokens.separator == nil ? 0 : 1
    let rows = TextRows(targets, longest: longest, keepingLast: kept) { index in
      knownTokenizer.encode(texts[index], addingSpecialTokens: true)
    }
    return PaddedRows(rows, padding: knownTokenizer.specialTokens.padding ?? 0)
  }

  func model(_ scope: ParameterScope, _ config: RunConfig, outputs: OutputLayer) -> any Model<TokenBatch> {
    BertClassifier(
      scope, self.config, vocabulary: vocabulary, outputs: outputs.count, clusters: outputs.clusters,
      dropout: config.regularization.transformerDropout)
  }

  func sizeKey(_ counted: ParameterStore, outputs: Int, _ run: RunConfig) -> String {
    config.sizeKey(counted, width: config.width, vocabulary: vocabulary)
  }

  /// The activations of a text's first token: most of the rest depend on how long texts are.
  func activations(hiddenUnits: Int) -> Double { config.activations(width: config.width, layers: config.layers) }
}
