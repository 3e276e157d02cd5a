import Glibc
import TemperJSON
import TemperMetrics

/// How well counts are predicted.
struct CountsReport: Report {
  private(set) var count = 0
  private var (deviance, distance) = (0.0, 0.0)

  static let metricDefinitions: [ReportedMetric<CountsReport>] = [
    ReportedMetric(.poissonDeviance) { $0.mean($0.deviance) }, ReportedMetric(.mae) { $0.mean($0.distance) },
  ]

  /// Adds a row of which `expected` is said.
  mutating func add(_ expected: Double, _ found: Double) {
    count += 1
    deviance += 2 * ((found > 0 ? found * log(found / expected) : 0) - (found - expected))
    distance += abs(found - expected)
  }

  private func mean(_ sum: Double) -> Double? { count > 0 ? sum / Double(count) : nil }

  var json: JSON { .object([("count", .integer(count))] + metrics.map { ($0.name, .number($0.value)) }) }
}

extension Metric {
  /// Twice the log-likelihood that is lacking to that of the counts themselves.
  static let poissonDeviance = Metric(
    "poisson_deviance", .lower, 0...Double.infinity, "mean of 2 (count ln(count / prediction) - (count - prediction))")
}
