import Glibc
import TemperJSON

/// Language-model metrics: perplexity and bits per byte.
public struct LanguageReport: Report {
  /// The number of predicted tokens.
  public let count: Int
  /// The bytes of text that these tokens stand for; nil if the tokenizer does not know.
  public let bytes: Int?
  /// e to the power of the mean loss: the number of equally likely tokens that would be as hard to predict.
  public let perplexity: Double?
  /// The loss in bits divided by the bytes, which is comparable between tokenizers.
  public let bitsPerByte: Double?

  /// The metrics for a summed cross-entropy of `count` tokens, in nats and without smoothing.
  public init(lossSum: Double, count: Int, bytes: Int?) {
    (self.count, self.bytes) = (count, bytes)
    perplexity = count > 0 ? exp(lossSum / Double(count)) : nil
    bitsPerByte = bytes.flatMap { $0 > 0 ? lossSum / log(2) / Double($0) : nil }
  }

  /// See ``Report``.
  public static let countName = "tokens"
  /// See ``Report``.
  public static let metricDefinitions = [
    ReportedMetric<LanguageReport>(.perplexity) { $0.perplexity },
    ReportedMetric<LanguageReport>(.bitsPerByte) { $0.bitsPerByte },
  ]

  /// The report as it is printed and stored.
  public var json: JSON {
    .object([("count", .integer(count)), ("bytes", bytes.map { .integer($0) } ?? .null)] + metrics.map { ($0.name, .number($0.value)) })
  }
}
