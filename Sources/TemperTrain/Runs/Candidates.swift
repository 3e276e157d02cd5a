import TemperGuard
import TemperJSON
import TemperMetrics
import TemperOptim

/// The weights that one evaluation chooses from: those that are trained, and their average.
struct Candidates {
  typealias Candidate = (weights: WeightSource, validation: Evaluation?, metrics: [String: Double])

  /// The best so far; of equal ones the first.
  private(set) var best: Candidate
  /// The metric that decides; nil if nothing is compared.
  private let monitor: String?
  private var values: [(String, JSON)]

  init(_ first: Candidate, comparing monitor: String?) {
    (best, self.monitor) = (first, monitor)
    values = monitor.map { [(first.weights.rawValue, .number(first.metrics[$0]))] } ?? []
  }

  /// Adds a candidate, and returns whether it is the best.
  mutating func add(_ next: Candidate, better: Metric.Direction?) -> Bool {
    guard let monitor, let better else { return false }
    values.append((next.weights.rawValue, .number(next.metrics[monitor])))
    let (old, new) = (best.metrics[monitor], next.metrics[monitor])
    guard let new, better.improves(new, on: old.flatMap { $0.isNaN ? nil : $0 }) else { return false }
    best = next
    return true
  }

  /// What a line of metrics.jsonl says of them; nothing where nothing is compared.
  var members: [(name: String, value: JSON)] {
    monitor == nil ? [] : [("weights", .string(best.weights.rawValue)), ("candidates", .object(values))]
  }
}

extension RunHandle {
  /// The metric by which evaluations choose between the weights and their average; nil if they do not.
  var comparedMetric: String? { config.average?.comparesRaw == true && hasValidation ? config.earlyStopping?.monitor : nil }
}
