import TemperJSON

/// The result of a verification.
public protocol VerificationResult: Sendable {
  /// Why it ended.
  var verdict: Verdict { get }
  /// What limits the verification, a sentence each.
  var notes: [String] { get }
  /// A table of the runs.
  var table: String { get }
  /// The members of `--json` besides the common ones.
  var members: [(String, JSON)] { get }
  /// What was verified, if it holds.
  var confirmation: String { get }
}

/// How a verification ended.
public enum Verdict: Sendable {
  /// All runs have the same bytes.
  case same
  /// Two runs differ; both are in `folder`.
  case different(RunDifference, folder: String)
  /// A run failed on its own; its messages are in `log`.
  case failed(log: String, reason: String)
  /// It was interrupted.
  case interrupted
}

extension VerificationResult {
  /// The exit status of the command.
  public var status: ExitStatus {
    switch verdict {
    case .same: .success
    case .different: .expectation
    case .failed: .failedRuns
    case .interrupted: .interrupted
    }
  }

  /// The table and the verdict.
  public var text: String { ([table] + notes.map { "note: \($0)" } + [sentence]).filter { !$0.isEmpty }.joined(separator: "\n") }

  /// The verdict in a sentence.
  private var sentence: String {
    switch verdict {
    case .same: confirmation
    case .different(let difference, let folder): "DIFFERENT: \(difference.sentence)\nThe runs are kept in \(folder)"
    case .failed(let log, let reason): "FAILED: a run \(reason); its messages are in \(log)"
    case .interrupted: ""
    }
  }

  /// The output of `--json`.
  public var json: JSON {
    let end: [(String, JSON)] =
      switch verdict {
      case .same, .interrupted: []
      case .different(let difference, let folder): [("difference", difference.json), ("folder", .string(folder))]
      case .failed(let log, let reason): [("error", .string(reason)), ("log", .string(log))]
      }
    let isSame = if case .same = verdict { true } else { false }
    return .object([("same", .bool(isSame))] + members + [("notes", .array(notes.map { .string($0) }))] + end)
  }
}

extension Trials {
  /// Runs `work`, and removes the folder unless there is something in it to look at.
  func verdict(_ work: () throws(Stop) -> RunDifference?) throws(Diagnostics) -> Verdict {
    do throws(Stop) {
      if let difference = try work() { return .different(difference, folder: folder) }
    } catch {
      switch error {
      case .failed(let log, let reason): return .failed(log: log, reason: reason)
      case .interrupted:
        try remove()
        return .interrupted
      case .impossible(let diagnostics):
        try remove()
        throw diagnostics
      }
    }
    try remove()
    return .same
  }

  /// The first difference between the runs in two folders.
  func difference(
    _ first: String, _ other: String, ignoresThreads: Bool = false, checkpointsVary: Bool
  ) throws(Stop) -> RunDifference? {
    do throws(Diagnostics) {
      return try RunDifference(
        RunFiles(first, ignoresThreads: ignoresThreads), RunFiles(other, ignoresThreads: ignoresThreads), checkpointsVary: checkpointsVary)
    } catch {
      throw .impossible(error)
    }
  }
}

extension RunConfig {
  /// Whether the clock decides which checkpoints there are.
  var checkpointsByClock: Bool { checkpoint.map { $0.every == nil } ?? false }
}
