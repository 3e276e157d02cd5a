import TemperCore
import TemperJSON
import TemperMetrics

/// Whether two runs differ by more than chance, as tested on the rows that both predict.
enum PairedTest {
  /// Of classifiers.
  case mcNemar(McNemar)
  /// Of anything else: a metric, and the interval of its difference.
  case bootstrap(Metric, PairedBootstrap)

  /// Compares `other` with `first` on the same rows, with draws that depend on `seed`; nil without rows.
  init?(_ first: RowScores, _ other: RowScores, seed: Int) {
    guard let measure = first.measure else {
      guard !first.isRight.isEmpty else { return nil }
      let pairs = zip(first.isRight, other.isRight)
      self = .mcNemar(McNemar(onlyFirst: pairs.count { $0 && !$1 }, onlySecond: pairs.count { !$0 && $1 }))
      return
    }
    let width = measure.width
    var values: [Double] = []
    values.reserveCapacity(2 * first.values.count)
    for start in stride(from: 0, to: first.values.count, by: width) {
      values += first.values[start..<start + width] + other.values[start..<start + width]
    }
    var random = RandomStreams(seed: UInt64(seed)).sequence("compare.bootstrap")
    let result = PairedBootstrap(values, width: 2 * width, below: { random.below($0) }) { means in
      measure.value(means[width...]) - measure.value(means[..<width])
    }
    guard let result else { return nil }
    self = .bootstrap(measure.metric, result)
  }

  /// The test in a sentence.
  func text(_ first: String, _ other: String) -> String {
    switch self {
    case .mcNemar(let test):
      let method =
        switch test.method {
        case .exact: "exact binomial"
        case .chiSquare: "chi-square with continuity correction, \(fixed(test.statistic, 3))"
        }
      return "McNemar's test: p = \(significant(test.pValue)) (\(method); only \(first) is right on \(grouped(test.onlyFirst)) rows, "
        + "only \(other) on \(grouped(test.onlySecond)))"
    case .bootstrap(let metric, let result):
      return "\(metric.name), \(other) - \(first): \(signed(result.difference, 4)), \(fixed(100 * result.level, 0)) % interval "
        + "\(signed(result.lower, 4)) to \(signed(result.upper, 4)) (paired bootstrap, \(grouped(result.draws)) draws)"
        + (result.excludesZero ? "" : ": may be chance")
    }
  }

  /// The form in `--json`.
  var json: JSON {
    switch self {
    case .mcNemar(let test):
      [
        "type": "mcnemar", "method": .string(test.method.rawValue), "only_first": .integer(test.onlyFirst),
        "only_second": .integer(test.onlySecond), "statistic": .number(test.statistic), "p_value": .number(test.pValue),
      ]
    case .bootstrap(let metric, let result):
      [
        "type": "paired_bootstrap", "metric": .string(metric.name), "difference": .number(result.difference),
        "lower": .number(result.lower), "upper": .number(result.upper), "level": .number(result.level), "draws": .integer(result.draws),
      ]
    }
  }
}

/// A p-value with four decimal places, or that it is smaller.
private func significant(_ value: Double) -> String { value < 0.00005 ? "below 0.0001" : fixed(value, 4) }

/// A number with its sign.
func signed(_ value: Double?, _ digits: Int) -> String {
  guard let value, value.isFinite else { return "n/a" }
  return (value < 0 ? "" : "+") + fixed(value, digits)
}
