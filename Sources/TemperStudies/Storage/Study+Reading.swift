import TemperJSON
import TemperSearch

/// Trials that were read. A finished trial never changes.
struct TrialCache {
  /// By number.
  var trials: [StoredTrial] = []
  /// The same for samplers.
  var searchTrials: [Trial] = []
  /// The places of trials that may still change.
  var unfinished: [Int] = []
  /// What SQLite said of changes by other connections when they were read; nil if they are to be read again.
  var version: Int?
}

extension Study {
  /// All trials by number. Only those that are new or were not finished when they were last read are read from the file.
  ///
  /// - Throws: `E0296` for a row that no program should write, `E0314` if another program deleted the study.
  public func trials() throws(Diagnostics) -> [StoredTrial] {
    try refresh()
    return cache.trials
  }

  /// All trials by number, as samplers and pruners see them. Errors are those of ``trials()``.
  public func searchTrials() throws(Diagnostics) -> [Trial] {
    try refresh()
    return cache.searchTrials
  }

  private func refresh() throws(Diagnostics) {
    // The number changes when another connection writes; own writes clear the cache's.
    if let known = cache.version, try dataVersion() == known { return }
    try database.read { () throws(Diagnostics) in
      guard try Self.find(name, in: database) == id else {
        throw Diagnostics(
          .studyMissing, at: .wholeFile(path: path), "the study \(quoted(name)) was deleted by another program. Create it again.")
      }
      cache.version = nil
      // Within the transaction, so that a change after it is not taken for one before.
      let version = try dataVersion()
      for place in cache.unfinished {
        let id = cache.trials[place].id
        guard let trial = try read(id...id).first else { throw database.damaged("trial \(cache.trials[place].number) was deleted") }
        cache.trials[place] = trial
        cache.searchTrials[place] = trial.searchTrial
      }
      cache.unfinished = cache.unfinished.filter { !cache.searchTrials[$0].isOver }
      for trial in try read((cache.trials.last.map { $0.id + 1 } ?? 0)...Int.max) {
        guard trial.number == cache.trials.count else {
          throw database.damaged("trial \(trial.number) of the study \(quoted(name)) stands where \(cache.trials.count) is due")
        }
        cache.trials.append(trial)
        cache.searchTrials.append(trial.searchTrial)
        if !cache.searchTrials[trial.number].isOver { cache.unfinished.append(trial.number) }
      }
      cache.version = version
    }
  }

  private func dataVersion() throws(Diagnostics) -> Int? { try database.first("PRAGMA data_version") { $0.integer(0) } }

  /// The study's trials with row numbers in `ids`, by row number.
  private func read(_ ids: ClosedRange<Int>) throws(Diagnostics) -> [StoredTrial] {
    var trials: [StoredTrial] = []
    var places: [Int: Int] = [:]
    let range: [SQLValue] = [.integer(id), .integer(ids.lowerBound), .integer(ids.upperBound)]
    try database.run(
      "SELECT trial_id, number, state, datetime_start, datetime_complete FROM trials "
        + "WHERE study_id = ? AND trial_id BETWEEN ? AND ? ORDER BY trial_id", range
    ) { (row) throws(Diagnostics) in
      guard let state = Trial.State(rawValue: row.text(2)) else {
        throw database.damaged("trial \(row.integer(1)) has the state \(quoted(row.text(2)))")
      }
      places[row.integer(0)] = trials.count
      trials.append(
        StoredTrial(
          id: row.integer(0), number: row.integer(1), state: state, started: LocalTime.seconds(row.text(3)),
          ended: LocalTime.seconds(row.text(4))))
    }
    if trials.isEmpty { return [] }
    // Calls `use` for each row of a table about these trials, in the order of `order`.
    func rows(_ table: String, _ columns: String, by order: String, _ use: (inout StoredTrial, Row) -> Bool) throws(Diagnostics) {
      try database.run(
        "SELECT trial_id, \(columns) FROM trial_\(table) WHERE trial_id BETWEEN ? AND ? ORDER BY trial_id, \(order)",
        [.integer(trials[0].id), .integer(trials[trials.count - 1].id)]
      ) { (row) throws(Diagnostics) in
        // Rows between them may be of another study.
        guard let place = places[row.integer(0)] else { return }
        if !use(&trials[place], row) {
          throw database.damaged("trial \(trials[place].number) has a number without its type in trial_\(table)")
        }
      }
    }
    try rows("params", "param_name, param_value, distribution_json", by: "param_id") { trial, row in
      trial.parameters.append(.init(name: row.text(1), value: row.real(2), distribution: row.text(3)))
      return true
    }
    try rows("values", "value, value_type", by: "objective") { trial, row in
      guard let value = StoredNumber.read(row, 1) else { return false }
      trial.values.append(value)
      return true
    }
    try rows("intermediate_values", "intermediate_value, intermediate_value_type, step", by: "step") { trial, row in
      guard let value = StoredNumber.read(row, 1) else { return false }
      trial.reports.append(.init(step: row.integer(3), value: value))
      return true
    }
    try rows("user_attributes", "\"key\", value_json", by: "trial_user_attribute_id") { trial, row in
      trial.userAttributes[row.text(1)] = row.text(2)
      return true
    }
    try rows("system_attributes", "\"key\", value_json", by: "trial_system_attribute_id") { trial, row in
      trial.systemAttributes[row.text(1)] = row.text(2)
      return true
    }
    return trials
  }
}

extension Trial {
  /// Whether it has ended, well or not.
  fileprivate var isOver: Bool { state != .running && state != .waiting }
}
