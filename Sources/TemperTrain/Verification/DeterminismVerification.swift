import TemperJSON

/// Whether a config trains to the same bytes every time, and on any number of threads.
public struct DeterminismVerification: VerificationResult {
  /// A run, with the SHA-256 of what it wrote.
  struct Repetition {
    /// The number of threads.
    let threads: Int
    /// Of the best weights.
    let best: String?
    /// Of the last weights.
    let last: String?
    /// Of metrics.jsonl.
    let metrics: String?
    /// Whether all files are those of the first run.
    let isSame: Bool
  }

  /// Why it ended.
  public let verdict: Verdict
  /// What limits the verification, a sentence each.
  public let notes: [String]
  let runs: [Repetition]

  /// Trains `file` on 1 to `threads` threads, and `count` times on the largest number. `report` gets a line before each run.
  public init(
    _ file: ConfigFile, threads: Int, runs count: Int, isInterrupted: @escaping () -> Bool, report: (String) -> Void
  ) throws(Diagnostics) {
    try self.init(file, Trials(file, isInterrupted: isInterrupted), threads: threads, runs: count, report: report)
  }

  init(_ file: ConfigFile, _ trials: Trials, threads: Int, runs count: Int, report: (String) -> Void = { _ in }) throws(Diagnostics) {
    let plan = Array(repeating: threads, count: max(1, count)) + (1..<max(1, threads)).reversed()
    var runs: [Repetition] = []
    verdict = try trials.verdict { () throws(Trials.Stop) in
      var first: String?
      for (index, threads) in plan.enumerated() {
        report("run \(index + 1) of \(plan.count), on \(ResultTable.counted(threads, "thread"))")
        _ = try trials.train("run-\(index + 1)", threads: threads)
        let difference = try first.flatMap { first throws(Trials.Stop) in
          try trials.difference(first, trials.run, ignoresThreads: true, checkpointsVary: file.config.checkpointsByClock)
        }
        runs.append(try trials.repetition(threads: threads, isSame: difference == nil))
        if let difference { return difference }
        if first == nil { first = try trials.keep(as: "first") } else { try trials.removeRun() }
      }
      return nil
    }
    self.runs = runs
    notes =
      trials.notes
      + (threads > Machine.processors
        ? ["this process may use \(ResultTable.counted(Machine.processors, "processor")), so more threads take turns"] : [])
  }

  /// A line for each run, with the first digits of the hashes.
  public var table: String {
    var table = TextTable()
    table.add(["run", "threads", "best weights", "last weights", "metrics.jsonl", "result"])
    for (index, run) in runs.enumerated() {
      let hashes = [run.best, run.last, run.metrics].map { $0.map { String($0.prefix(12)) } ?? "" }
      table.add(["\(index + 1)", "\(run.threads)"] + hashes + [index == 0 ? "" : run.isSame ? "same" : "DIFFERENT"])
    }
    return runs.isEmpty ? "" : table.text
  }

  /// What was verified.
  public var confirmation: String {
    let threads = runs.map(\.threads)
    let range = threads.max() == 1 ? "1 thread" : "1 to \(threads.max() ?? 1) threads"
    return "determinism: the same bytes in \(ResultTable.counted(runs.count, "run")), on \(range)"
  }

  /// The runs.
  public var members: [(String, JSON)] {
    func hash(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    return [
      (
        "runs",
        .array(
          runs.map { run in
            [
              "threads": .integer(run.threads), "best_sha256": hash(run.best), "last_sha256": hash(run.last),
              "metrics_sha256": hash(run.metrics), "same": .bool(run.isSame),
            ]
          })
      )
    ]
  }
}

extension Trials {
  /// The record of the run that was trained.
  fileprivate func repetition(threads: Int, isSame: Bool) throws(Stop) -> DeterminismVerification.Repetition {
    let files = RunFiles(run)
    do throws(Diagnostics) {
      return DeterminismVerification.Repetition(
        threads: threads, best: try files.fingerprint("best/" + ModelFolder.weightsName),
        last: try files.fingerprint("last/" + ModelFolder.weightsName), metrics: try files.fingerprint(RunDirectory.metricsName),
        isSame: isSame)
    } catch {
      throw .impossible(error)
    }
  }
}
