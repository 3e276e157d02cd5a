import TemperData
import TemperGuard
import TemperJSON

extension Diagnostic.Code {
  /// Patience that is longer than the run.
  public static let unreachablePatience = Diagnostic.Code("W0101", "patience is longer than the run, which cannot stop early")
  /// A class that one training row has.
  public static let loneClass = Diagnostic.Code("W0201", "a class has a single training row")
}

/// What looks wrong before the first step.
enum Preflight {
  /// All of it that shows in the config and its data; where the config is strict it is thrown.
  static func warnings(_ file: ConfigFile, _ bench: Workbench) throws(Diagnostics) -> [Warning] {
    let watches = bench.task.facts.has(.validation)
    let patience = watches ? file.config.patienceWarning(stepsPerEpoch: bench.trainer.stepsPerEpoch) : nil
    let warnings = [patience].compactMap { $0 } + bench.task.facts.warnings
    return try file.passed(warnings)
  }
}

extension ConfigFile {
  /// What looks wrong in the config alone; where it is strict that is thrown.
  public func warnings() throws(Diagnostics) -> [Warning] {
    try passed(config.data.holdsOutValidation ? [config.patienceWarning(stepsPerEpoch: nil)].compactMap { $0 } : [])
  }

  /// `warnings`, unless they are errors here.
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
  /// Says that early stopping cannot end the run, which is too short for its patience. Without the steps of an epoch that is known only where
  /// length and interval are both told in epochs, or both in steps.
  func patienceWarning(stepsPerEpoch: Int?) -> Warning? {
    guard let earlyStopping else { return nil }
    let (total, interval): (Int, Int)
    switch (train.length, train.evalEvery, stepsPerEpoch) {
    case (.epochs(let length), .epochs(let every), _): (total, interval) = (length, every)
    case (.steps(let length), .steps(let every), _): (total, interval) = (length, every)
    case (let length, let every, let perEpoch?): (total, interval) = (length.steps(perEpoch: perEpoch), every.steps(perEpoch: perEpoch))
    case (_, _, nil): return nil
    }
    // The first evaluation that is looked at is the best so far.
    let needed = earlyStopping.startFrom + 1 + max(1, earlyStopping.patience)
    let evaluations = (total + interval - 1) / interval
    if needed <= total / interval { return nil }
    return Warning(
      .unreachablePatience,
      "early_stopping.patience is \(earlyStopping.patience) evaluations, and the run has \(evaluations): it cannot stop early, only keep its "
        + "best weights. Lower patience, evaluate more often (train.eval_every_steps), or set early_stopping to null.")
  }
}

extension Warning {
  /// Says which of the classes `names`, of which the training rows have `counts`, have a single row.
  static func loneClasses(_ names: [String], counts: [Int]) -> Warning? {
    let lone = names.indices.filter { counts[$0] == 1 }
    if lone.isEmpty { return nil }
    return Warning(
      .loneClass,
      "\(lone.count == 1 ? "the class" : "\(lone.count) classes:") \(listed(lone.map { names[$0] })) \(lone.count == 1 ? "has" : "have") a "
        + "single training row\(lone.count == 1 ? "" : " each"), from which no model learns a class. Add rows, or merge or leave out such classes."
    )
  }
}
