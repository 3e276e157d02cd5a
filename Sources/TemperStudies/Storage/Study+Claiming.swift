import TemperJSON
import TemperSearch

extension Study {
  /// Begins the trial `number`, if that is the next number of the study; the check and all writes are one transaction.
  ///
  /// - Parameters:
  ///   - number: the number of trials that the sampler saw.
  ///   - parameters: its parameters and their values.
  ///   - worker: the id of the ``WorkerLock`` of this process.
  ///   - userAttributes: further attributes of the trial, which Optuna shows.
  /// - Returns: the trial's row number, or nil if another process has begun this number.
  /// - Throws: `E0420` if another process holds the write lock for 30 s, `E0422` or `E0423` if the file cannot be written.
  public func claim(
    number: Int, parameters: [StoredTrial.Parameter], worker: String, userAttributes: [(String, JSON)] = []
  ) throws(Diagnostics) -> Int? {
    try write { () throws(Diagnostics) in
      // Numbers follow row numbers, and no trial is ever deleted by itself.
      let last = try database.first("SELECT number FROM trials WHERE study_id = ? ORDER BY trial_id DESC LIMIT 1", [.integer(id)]) {
        $0.integer(0)
      }
      guard number == (last ?? -1) + 1 else { return nil }
      try database.run(
        "INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?, ?, 'RUNNING', ?)",
        [.integer(number), .integer(id), .text(LocalTime.now())])
      let trial = database.lastRow
      try begin(trial, parameters, worker, userAttributes)
      return trial
    }
  }

  /// Begins a trial that waits in the queue, such as by Optuna's `study.enqueue_trial`, with all its parameters. One that Optuna's
  /// `RetryFailedTrialCallback` queued has parameters already: those of the same name are replaced.
  ///
  /// - Returns: whether it was still waiting.
  public func claim(
    waiting trial: StoredTrial, parameters: [StoredTrial.Parameter], worker: String, userAttributes: [(String, JSON)] = []
  ) throws(Diagnostics) -> Bool {
    try write { () throws(Diagnostics) in
      try database.run(
        "UPDATE trials SET state = 'RUNNING', datetime_start = ? WHERE trial_id = ? AND state = 'WAITING'",
        [.text(LocalTime.now()), .integer(trial.id)])
      guard database.changes == 1 else { return false }
      try begin(trial.id, parameters, worker, userAttributes)
      return true
    }
  }

  /// Continues a running trial whose worker has died; everything that is known of it stays.
  ///
  /// - Returns: whether it still runs and is still that worker's; false if another process was first.
  public func restart(_ trial: StoredTrial, worker: String) throws(Diagnostics) -> Bool {
    try write { () throws(Diagnostics) in
      let state = try database.first("SELECT state FROM trials WHERE trial_id = ?", [.integer(trial.id)]) { $0.text(0) }
      let owner = try database.first(
        "SELECT value_json FROM trial_user_attributes WHERE trial_id = ? AND \"key\" = ?",
        [.integer(trial.id), .text(StoredTrial.workerAttribute)]
      ) { $0.text(0) }
      guard state == Trial.State.running.rawValue, owner == trial.userAttributes[StoredTrial.workerAttribute] else { return false }
      try database.run("UPDATE trials SET datetime_start = ? WHERE trial_id = ?", [.text(LocalTime.now()), .integer(trial.id)])
      try set(.string(worker), StoredTrial.workerAttribute, of: trial.id)
      return true
    }
  }

  /// The running trials whose worker has died, as the lock files beside the database tell.
  ///
  /// - Throws: `E0429` if a lock file exists and cannot be read.
  public func abandonedTrials() throws(Diagnostics) -> [StoredTrial] {
    let folder = WorkerLock.folder(besides: path)
    var abandoned: [StoredTrial] = []
    let trials = try trials()
    // A sweep asks before each trial: not all that have ended are looked at.
    for place in cache.unfinished where trials[place].state == .running {
      let trial = trials[place]
      if let worker = trial.worker, try WorkerLock.isDead(worker, in: folder) { abandoned.append(trial) }
    }
    return abandoned
  }

  private func begin(
    _ trial: Int, _ parameters: [StoredTrial.Parameter], _ worker: String, _ attributes: [(String, JSON)]
  ) throws(Diagnostics) {
    for parameter in parameters {
      // SQLite stores NaN as NULL, with which Optuna cannot read the study.
      precondition(parameter.value.isFinite, "a parameter has a value")
      try database.run(
        "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?) "
          + "ON CONFLICT (trial_id, param_name) DO UPDATE SET param_value = excluded.param_value, "
          + "distribution_json = excluded.distribution_json",
        [.integer(trial), .text(parameter.name), .real(parameter.value), .text(parameter.distribution)])
    }
    try set(.string(worker), StoredTrial.workerAttribute, of: trial)
    for (name, value) in attributes { try set(value, name, of: trial) }
  }
}
