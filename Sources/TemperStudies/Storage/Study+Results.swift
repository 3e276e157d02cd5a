import TemperJSON
import TemperSearch

extension Study {
  /// How a trial ended.
  public enum Outcome: Sendable, Equatable {
    /// With a value for each objective. Infinite values are kept; a trial with NaN counts as failed, as in Optuna.
    case complete([Double])
    /// Early, by a pruner.
    case pruned
    /// For a reason, in words.
    case failed(reason: String)
  }

  /// Stores intermediate values of the running trial with the row number `trial`; a step that was reported before gets the new value.
  ///
  /// - Throws: `E0428` if the trial does not run.
  public func report(_ reports: [Trial.Report], of trial: Int) throws(Diagnostics) {
    try write { () throws(Diagnostics) in
      try demandRunning(trial)
      for report in reports {
        try database.run(
          "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?, ?, ?, ?) "
            + "ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value, "
            + "intermediate_value_type = excluded.intermediate_value_type",
          [.integer(trial), .integer(report.step)] + StoredNumber.columns(report.value))
      }
    }
  }

  /// Ends a running trial.
  ///
  /// - Parameters:
  ///   - trial: its row number.
  ///   - outcome: how it ended; a complete trial has as many values as the study has directions.
  ///   - constraints: one number for each constraint, above 0 where it is violated.
  ///   - userAttributes: further attributes.
  /// - Throws: `E0428` if the trial does not run, so that it cannot end twice.
  public func finish(
    _ trial: Int, _ outcome: Outcome, constraints: [Double] = [], userAttributes: [(String, JSON)] = []
  ) throws(Diagnostics) {
    try write { () throws(Diagnostics) in
      try demandRunning(trial)
      var state = Trial.State.complete
      switch outcome {
      case .complete(let values):
        precondition(values.count == directions.count, "a value for each objective")
        if let objective = values.firstIndex(where: \.isNaN) {
          state = .failed
          try set(.string("objective \(objective) is NaN"), StoredTrial.failReasonAttribute, of: trial)
        } else {
          for (objective, value) in values.enumerated() { try insert(StoredNumber.columns(value), objective, of: trial) }
        }
      case .pruned:
        state = .pruned
        // Optuna gives it the last intermediate value, which its dashboard and samplers show and use. It has none with several objectives.
        let last = try database.first(
          "SELECT intermediate_value, intermediate_value_type FROM trial_intermediate_values WHERE trial_id = ? ORDER BY step DESC LIMIT 1",
          [.integer(trial)]
        ) { StoredNumber.read($0, 0) }
        if let value = last ?? nil, !value.isNaN, directions.count == 1 { try insert(StoredNumber.columns(value), 0, of: trial) }
      case .failed(let reason):
        state = .failed
        try set(.string(reason), StoredTrial.failReasonAttribute, of: trial)
      }
      if !constraints.isEmpty { try set(StoredConstraints.text(constraints), StoredConstraints.name, of: trial, "system") }
      for (name, value) in userAttributes { try set(value, name, of: trial) }
      try database.run(
        "UPDATE trials SET state = ?, datetime_complete = ? WHERE trial_id = ?",
        [.text(state.rawValue), .text(LocalTime.now()), .integer(trial)])
    }
  }

  /// Sets a user attribute of the running trial with the row number `trial`.
  ///
  /// - Throws: `E0428` if the trial does not run.
  public func setAttribute(_ value: JSON, _ name: String, ofTrial trial: Int) throws(Diagnostics) {
    try write { () throws(Diagnostics) in
      try demandRunning(trial)
      try set(value, name, of: trial)
    }
  }

  /// A write that makes the next reading look at the file.
  func write<Result>(_ body: () throws(Diagnostics) -> Result) throws(Diagnostics) -> Result {
    cache.version = nil
    return try database.write(body)
  }

  func set(_ value: JSON, _ name: String, of trial: Int) throws(Diagnostics) {
    try set(value.serialized(), name, of: trial, "user")
  }

  private func set(_ text: String, _ name: String, of trial: Int, _ kind: String) throws(Diagnostics) {
    try database.run(
      "INSERT INTO trial_\(kind)_attributes (trial_id, \"key\", value_json) VALUES (?, ?, ?) "
        + "ON CONFLICT (trial_id, \"key\") DO UPDATE SET value_json = excluded.value_json",
      [.integer(trial), .text(name), .text(text)])
  }

  private func insert(_ columns: [SQLValue], _ objective: Int, of trial: Int) throws(Diagnostics) {
    // A program that died may have left one, since Optuna stores values before the state.
    try database.run(
      "INSERT OR REPLACE INTO trial_values (trial_id, objective, value, value_type) VALUES (?, ?, ?, ?)",
      [.integer(trial), .integer(objective)] + columns)
  }

  private func demandRunning(_ trial: Int) throws(Diagnostics) {
    let state = try database.first("SELECT state FROM trials WHERE trial_id = ? AND study_id = ?", [.integer(trial), .integer(id)]) {
      $0.text(0)
    }
    if state == Trial.State.running.rawValue { return }
    throw Diagnostics(
      .trialState, at: .wholeFile(path: path),
      "the trial in row \(trial) of the study \(quoted(name)) is \(state ?? "missing"), not RUNNING. Only a running trial takes results.")
  }
}
