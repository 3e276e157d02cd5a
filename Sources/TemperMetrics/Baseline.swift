import Glibc
import TemperJSON

/// The score of a trivial predictor on the same rows: one that knows only the class frequencies, or the mean of the targets.
public struct Baseline: Sendable, Equatable {
  /// What it predicts. The raw value is the name in files.
  public enum Kind: String, Sendable {
    /// The most frequent class of the training rows, with the class frequencies as probabilities.
    case majorityClass = "majority_class"
    /// For each label, whether more than half of the training rows have it.
    case majorityLabels = "majority_labels"
    /// The mean of the training rows' targets.
    case mean
    /// Every token with the same probability.
    case uniform
  }

  /// What it predicts.
  public let kind: Kind
  /// Its scores, in the metrics by which it is best compared.
  public let metrics: [MetricValue]
  /// Whether the model is better by at least one metric, and significantly so if there are enough rows for a test.
  public let isBeaten: Bool

  /// A baseline of `kind` with the scores `metrics`.
  init(_ kind: Kind, _ metrics: [MetricValue], isBeaten: Bool) {
    (self.kind, self.metrics, self.isBeaten) = (kind, metrics, isBeaten)
  }

  /// Equal probabilities for all of `vocabulary` tokens, on the tokens of `report`, on which the model's loss is `loss` per token.
  public init(uniform vocabulary: Int, loss: Double?, _ report: LanguageReport) {
    let uniform = log(Double(vocabulary))
    let own = LanguageReport(lossSum: uniform * Double(report.count), count: report.count, bytes: report.bytes)
    self.init(.uniform, own.metrics, isBeaten: loss.map { $0 < uniform } ?? true)
  }

  /// The most frequent class of the training rows, which have `counts` rows of each, on the rows collected; nil if there are none.
  public init?(_ rows: ClassificationAccumulator, counts: [Int]) {
    let total = counts.reduce(0, +)
    guard rows.count > 0, total > 0 else { return nil }
    let majority = counts.indices.max { counts[$0] < counts[$1] || (counts[$0] == counts[$1] && $0 > $1) } ?? 0
    // Frequencies are kept away from 0 and 1, as the probabilities of a model are.
    let edge = Double(Float.ulpOfOne)
    let losses = counts.map { -log(min(max(Double($0) / Double(total), edge), 1 - edge)) }
    var (hits, lossSum) = (0, 0.0)
    var (right, loss) = (Gain(), Gain())
    var recall = counts.map { _ in (hits: 0, rows: 0) }
    for row in 0..<rows.count {
      let (label, predicted) = (Int(rows.labels[row]), Int(rows.predicted[row]))
      if label == majority { hits += 1 }
      lossSum += losses[label]
      right.add((label == predicted ? 1 : 0) - (label == majority ? 1 : 0))
      loss.add(losses[label] - rows.losses[row])
      recall[label].rows += 1
      if label == predicted { recall[label].hits += 1 }
    }
    self.init(
      .majorityClass,
      [MetricValue(.accuracy, Double(hits) / Double(rows.count)), MetricValue(.logLoss, lossSum / Double(rows.count))],
      isBeaten: right.isReal || loss.isReal || Self.tellsApart(recall, rows: rows.count))
  }

  /// Whether the mean recall is above that of any predictor that ignores the features, 1 / classes.
  private static func tellsApart(_ recall: [(hits: Int, rows: Int)], rows: Int) -> Bool {
    let present = recall.filter { $0.rows > 0 }
    var (mean, variance) = (0.0, 0.0)
    for (hits, rows) in present {
      let share = Double(hits) / Double(rows)
      mean += share
      variance += share * (1 - share) / Double(rows)
    }
    let guess = 1.0
    return present.count > 1 && mean - guess > (rows < Gain.least ? 0 : Gain.quantile * variance.squareRoot())
  }

  /// The labels that more than half of the `total` training rows have, `counts` of each, on the rows collected; nil if there are none.
  public init?(_ rows: MultilabelAccumulator, counts: [Int], total: Int) {
    guard rows.rows > 0, total > 0 else { return nil }
    let count = rows.rows
    var (wrong, hits, said, support) = (0, 0, 0, 0)
    var (better, worse) = (0, 0)
    // Hits beyond those expected of as many labels at random, and their variance.
    var (excess, variance) = (0.0, 0.0)
    for label in counts.indices {
      let (own, has, says) = (rows.hits[label], rows.support[label], rows.predicted[label])
      support += has
      if 2 * counts[label] > total {
        (wrong, hits, said) = (wrong + count - has, hits + has, said + count)
        (better, worse) = (better + count - has - says + own, worse + has - own)
      } else {
        wrong += has
        (better, worse) = (better + own, worse + says - own)
      }
      let expected = Double(has) * Double(says) / Double(count)
      excess += Double(own) - expected
      variance += expected * Double(count - has) / Double(count) * Double(count - says) / Double(max(1, count - 1))
    }
    let isFew = count < Gain.least
    self.init(
      .majorityLabels,
      [
        MetricValue(.hammingLoss, Double(wrong) / Double(count * counts.count)),
        MetricValue(.microF1, support + said > 0 ? 2 * Double(hits) / Double(support + said) : 0),
      ],
      isBeaten: Double(better - worse) > (isFew ? 0 : Gain.quantile * Double(better + worse).squareRoot())
        || excess > (isFew ? 0 : Gain.quantile * variance.squareRoot()))
  }

  /// The mean of the training rows' targets, `mean`, instead of `predictions` of `targets`; nil if there are none.
  public init?(mean: Double, predictions: [Double], targets: [Double]) {
    guard !targets.isEmpty else { return nil }
    let own = RegressionReport(predictions: targets.map { _ in mean }, targets: targets)
    var (squares, distances) = (Gain(), Gain())
    for (prediction, target) in zip(predictions, targets) {
      let (error, guess) = (prediction - target, mean - target)
      squares.add(guess * guess - error * error)
      distances.add(abs(guess) - abs(error))
    }
    self.init(.mean, [MetricValue(.rmse, own.rmse), MetricValue(.mae, own.mae)], isBeaten: squares.isReal || distances.isReal)
  }

  /// The baseline in files and in `--json`.
  public var json: JSON { .object([("predicts", .string(kind.rawValue))] + metrics.map { ($0.name, .number($0.value)) }) }
}

/// How much better a model is than a baseline, row by row: a one-sided paired test.
private struct Gain {
  /// The standard errors that a mean exceeds by chance once in twenty times.
  static let quantile = 1.645
  /// With fewer rows there is no test, and the sign decides.
  static let least = 30

  private var (count, sum, squares) = (0.0, 0.0, 0.0)

  mutating func add(_ difference: Double) {
    count += 1
    sum += difference
    squares += difference * difference
  }

  /// Whether the mean is above 0, significantly so if there are enough rows.
  var isReal: Bool {
    guard count > 0, sum > 0 else { return false }
    if count < Double(Self.least) { return true }
    let mean = sum / count
    let variance = max(0, squares / count - mean * mean)
    return mean > Self.quantile * (variance / (count - 1)).squareRoot()
  }
}
