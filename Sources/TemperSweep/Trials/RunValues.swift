import TemperData
import TemperSearch
import TemperTrain

/// The metrics and costs of one run of a trial: of one seed, or of one fold of it.
struct RunValues {
  private let metric: (String) -> Double?
  private let costs: [String: Double]

  private init(_ run: SingleResult, seconds: Double? = nil, metric: @escaping (String) -> Double?) {
    self.metric = metric
    costs = ["time_s": seconds ?? run.seconds, "parameters": Double(run.parameters), "bytes": Double(run.bytes)]
  }

  /// Of a run.
  init(_ run: SingleResult) {
    self.init(run) { Evaluation.value(of: $0, in: [(.train, run.train), (.validation, run.validation)]) }
  }

  /// Of a run, or of each fold; `last` is the last run that was trained, whose size is that of all folds.
  static func all(of result: any RunResult, _ last: SingleResult?) -> [RunValues] {
    if let run = result as? SingleResult { return [RunValues(run)] }
    guard let folds = result as? CrossValidationResult, let last else { return [] }
    return folds.folds.map { fold in
      RunValues(last, seconds: folds.seconds / Double(folds.folds.count)) { name in
        fold.parts.lazy.compactMap { part in part.metrics.first { "\(part.name).\($0.name)" == name }?.value }.first
      }
    }
  }

  /// A metric such as `validation.loss`, or a cost; nil if it is undefined.
  subscript(name: String) -> Double? { (costs[name] ?? metric(name)).flatMap { $0.isNaN ? nil : $0 } }

  /// The mean over `runs`; nil if it is undefined in one.
  static func mean(_ name: String, _ runs: [RunValues]) -> Double? {
    let values = runs.compactMap { $0[name] }
    return values.isEmpty || values.count < runs.count ? nil : values.reduce(0, +) / Double(values.count)
  }
}
