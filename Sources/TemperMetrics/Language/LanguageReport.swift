import Glibc
import TemperJSON

/// How well a model of language foretells a text: what its loss is worth in other units.
public struct LanguageReport: Report {
  /// How many tokens were foretold.
  public let count: Int
  /// The bytes of text these tokens stand for; nil where tokens do not say.
  public let bytes: Int?
  /// e to the power of the mean loss: as many equally likely tokens would be as hard to choose from.
  public let perplexity: Double?
  /// The loss in bits, divided by the bytes: comparable between tokenizers.
  public let bitsPerByte: Double?

  /// The figures of a summed cross-entropy, in nats and without smoothing, of `count` tokens.
  public init(lossSum: Double, count: Int, bytes: Int?) {
    (self.count, self.bytes) = (count, bytes)
    perplexity = count > 0 ? exp(lossSum / Double(count)) : nil
    bitsPerByte = bytes.flatMap { $0 > 0 ? lossSum / log(2) / Double($0) : nil }
  }

  /// See ``Report``.
  public static let countName = "tokens"
  /// See ``Report``.
  public static let metrics = [
    ReportedMetric<LanguageReport>(.perplexity) { $0.perplexity },
    ReportedMetric<LanguageReport>(.bitsPerByte) { $0.bitsPerByte },
  ]

  /// The report as it is printed and stored.
  public var json: JSON {
    .object([("count", .integer(count)), ("bytes", bytes.map { .integer($0) } ?? .null)] + figures.map { ($0.name, .number($0.value)) })
  }
}
