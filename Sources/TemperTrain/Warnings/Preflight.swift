import TemperData
import TemperGuard
import TemperJSON

extension Diagnostic.Code {
  /// Patience longer than the run.
  public static let unreachablePatience = Diagnostic.Code("W0101", "patience is longer than the run, so early stopping cannot happen")
  /// A class with a single training row.
  public static let loneClass = Diagnostic.Code("W0201", "a class has a single training row")
}

/// Warnings before the first step.
enum Preflight {
  /// All warnings about the config and its data; thrown as errors if the config is strict.
  static func warnings(_ file: ConfigFile, _ session: TrainingSession) throws(Diagnostics) -> [Warning] {
    let watches = session.task.facts.has(.validation)
    let patience = watches ? file.config.patienceWarning(stepsPerEpoch: session.trainer.stepsPerEpoch) : nil
    let warnings = [patience].compactMap { $0 } + session.task.facts.warnings
    return try file.passed(warnings)
  }
}

extension ConfigFile {
  /// Warnings about the config alone; thrown as errors if it is strict.
  public func warnings() throws(Diagnostics) -> [Warning] {
    try passed(config.data.holdsOutValidation ? [config.patienceWarning(stepsPerEpoch: nil)].compactMap { $0 } : [])
  }

  /// Returns `warnings`, or throws them if they are errors here.
  fileprivate func passed(_ warnings: [Warning]) throws(Diagnostics) -> [Warning] {
    if config.isStrict, !warnings.isEmpty {
      throw Diagnostics(
        warnings.map { warning in
          let place = warning.code.name == Diagnostic.Code.unreachablePatience.name ? place(of: "early_stopping.patience") : nil
          return warning.error(at: place ?? .wholeFile(path: path))
        })
    }
    return warnings
  }
}

extension RunConfig {
  /// Warns if the run is too short for its early stopping patience. Without the number of steps per epoch that is known only if length
  /// and interval are both in epochs, or both in steps.
  func patienceWarning(stepsPerEpoch: Int?) -> Warning? {
    guard let earlyStopping, let patience = earlyStopping.patience else { return nil }
    let (total, interval): (Int, Int)
    switch (train.length, train.evalEvery, stepsPerEpoch) {
    case (.epochs(let length), .epochs(let every), _): (total, interval) = (length, every)
    case (.steps(let length), .steps(let every), _): (total, interval) = (length, every)
    case (let length, let every, let perEpoch?): (total, interval) = (length.steps(perEpoch: perEpoch), every.steps(perEpoch: perEpoch))
    case (_, _, nil): return nil
    }
    // The first evaluation that counts is the best so far.
    let needed = earlyStopping.startFrom + 1 + max(1, patience)
    let evaluations = (total + interval - 1) / interval
    if needed <= total / interval { return nil }
    return Warning(
      .unreachablePatience,
      "early_stopping.patience is \(patience) evaluations, but the run has \(evaluations): it cannot stop early, only keep its "
        + "best weights. Lower patience, evaluate more often (train.eval_every_steps), or set early_stopping to null.")
  }
}

extension Warning {
  /// Warns about classes among `names`, with `counts` training rows each, that have a single row.
  static func loneClasses(_ names: [String], counts: [Int]) -> Warning? {
    let lone = names.indices.filter { counts[$0] == 1 }
    if lone.isEmpty { return nil }
    return Warning(
      .loneClass,
      "\(lone.count == 1 ? "the class" : "\(lone.count) classes:") \(listed(lone.map { names[$0] })) \(lone.count == 1 ? "has" : "have") a "
        + "single training row\(lone.count == 1 ? "" : " each"), too few to learn from. Add rows, or merge or remove such classes."
    )
  }
}
