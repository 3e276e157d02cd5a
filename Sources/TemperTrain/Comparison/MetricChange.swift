import TemperData
import TemperJSON
import TemperMetrics

/// A metric of two runs.
struct MetricChange {
  /// Its full name, such as `validation.loss`.
  let name: String
  /// Its value in the first run; nil if it has none.
  let first: Double?
  /// Its value in the other run; nil if it has none.
  let other: Double?

  /// The other value minus the first.
  var difference: Double? { if let first, let other { other - first } else { nil } }

  /// Whether the other run is better; nil if neither is, or if the metric has no direction.
  var isBetter: Bool? {
    guard let better = Metric.named(name)?.better, let difference, difference != 0, !difference.isNaN else { return nil }
    return (difference > 0) == (better == .higher)
  }

  /// Every metric that one of the runs has.
  static func all(_ first: ComparedRun, _ other: ComparedRun) -> [MetricChange] {
    func values(_ run: ComparedRun) -> [String: Double?] { Dictionary(run.metrics.map { ($0.name, $0.value) }) { $1 } }
    let (own, others) = (values(first), values(other))
    let names = first.metrics.map(\.name) + other.metrics.map(\.name).filter { own[$0] == nil }
    return DataSplit.allCases.flatMap { split in names.filter { $0.hasPrefix(split.rawValue + ".") } }.map { name in
      MetricChange(name: name, first: own[name].flatMap { $0 }, other: others[name].flatMap { $0 })
    }
  }

  /// The form in `--json`.
  var json: JSON {
    [
      "name": .string(name), "a": .number(first), "b": .number(other), "difference": .number(difference),
      "is_better": isBetter.map { .bool($0) } ?? .null,
    ]
  }
}
