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
  /// Whether it is the loss, and the runs have different ones, whose values mean different things.
  let isOfAnotherLoss: Bool
  /// Whether it is of other rows, which may be easier or harder.
  let isOfOtherRows: Bool

  /// The other value minus the first.
  var difference: Double? { if let first, let other { other - first } else { nil } }

  /// Whether the other run is better; nil if neither is, or if that cannot be said.
  var isBetter: Bool? {
    guard !isOfAnotherLoss, !isOfOtherRows, let better = Metric.named(name)?.better else { return nil }
    guard let difference, difference != 0, !difference.isNaN else { return nil }
    return (difference > 0) == (better == .higher)
  }

  /// The split, and the name without it.
  var parts: (split: String, name: String) {
    let dot = name.firstIndex(of: ".") ?? name.endIndex
    return (String(name[..<dot]), String(name[dot...].dropFirst()))
  }

  /// Every metric of the task that one of the runs has; `settings` are those that differ, and only on `splits` are values of the same rows, or
  /// of rows of the same data.
  static func all(
    _ first: ComparedRun, _ other: ComparedRun, settings: [Difference], comparable splits: Set<DataSplit>
  ) -> [MetricChange] {
    let hasOtherLoss = settings.contains { $0.name.hasPrefix("loss.") }
    func values(_ run: ComparedRun) -> [String: Double?] { Dictionary(run.metrics.map { ($0.name, $0.value) }) { $1 } }
    let (own, others) = (values(first), values(other))
    let names = first.metrics.map(\.name) + other.metrics.map(\.name).filter { own[$0] == nil }
    return DataSplit.allCases.flatMap { split in
      names.filter { $0.hasPrefix(split.rawValue + ".") && first.task.has($0) }.map { name in
        MetricChange(
          name: name, first: own[name].flatMap { $0 }, other: others[name].flatMap { $0 },
          isOfAnotherLoss: hasOtherLoss && name.hasSuffix("." + Metric.loss.name), isOfOtherRows: !splits.contains(split))
      }
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
