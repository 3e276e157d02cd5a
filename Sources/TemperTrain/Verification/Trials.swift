import Glibc
import TemperFiles
import TemperJSON

/// Trains a config again and again in a temporary folder, each time as a process of its own, so that no run of the user is touched.
final class Trials {
  /// Starts a training and waits for its end; one that is to be killed gets SIGKILL after so many seconds.
  typealias Start = (_ command: ChildProcess.Command, _ killAfter: Double?) throws(Diagnostics) -> ChildProcess.Ending

  /// What became of a training.
  enum Outcome: Equatable {
    /// It ended, with results.
    case ended
    /// It was killed, as intended.
    case killed
  }

  /// Why there is nothing to compare.
  enum Stop: Error {
    /// A training failed on its own; its messages are in the file `log`.
    case failed(log: String, reason: String)
    /// This process was asked to stop.
    case interrupted
    /// The folder cannot be written, or a process cannot be started.
    case impossible(Diagnostics)
  }

  /// The temporary folder.
  let folder: String
  private let config: String
  private let start: Start?
  private let isInterrupted: () -> Bool
  private var count = 0
  /// Whether a training diverged.
  private var hasDiverged = false

  /// What limits every verification, a sentence each.
  var notes: [String] {
    hasDiverged ? ["the run diverges (exit code \(ExitStatus.diverged.rawValue)); what is compared is what it leaves"] : []
  }

  /// The directory of the run that is being trained. Every one is trained in the same place, because paths are part of a run's files.
  var run: String { folder + "/" + Self.runName }
  private static let runName = "run"

  /// Makes a folder for trainings of `file`, without its limits in time, which `start` starts; by default each is a child process.
  init(_ file: ConfigFile, start: Start? = nil, isInterrupted: @escaping () -> Bool) throws(Diagnostics) {
    (self.start, self.isInterrupted) = (start, isInterrupted)
    folder = try Files.makeTemporaryFolder("temper-verify")
    config = folder + "/config.json"
    try Files.write(file.config.watchesClock ? file.changing(Self.unlimited(file.resolved)).resolved : file.resolved, to: config)
  }

  /// Settings without limits in time: how far a run gets in a time is never the same twice.
  private static func unlimited(_ resolved: JSON) -> [(key: String, value: JSON)] {
    let criteria = (resolved["early_stopping"]?["criteria"]?.array ?? []).map { criterion -> JSON in
      criterion["type"] == "minutes" ? ["type": "steps", "steps": 1_000_000_000] : criterion
    }
    return [("train.max_minutes", .null)] + (criteria.isEmpty ? [] : [("early_stopping.criteria", .array(criteria))])
  }

  /// Removes the folder.
  func remove() throws(Diagnostics) { try Files.remove(folder) }

  /// Trains the config, on `threads` threads if that is given, replacing what a killed training left.
  func train(_ label: String, threads: Int? = nil, killAfter seconds: Double? = nil) throws(Stop) -> Outcome {
    try carryOut(
      label, [config, "--name", Self.runName, "--output-dir", folder, "--overwrite"] + (threads.map { ["--threads", "\($0)"] } ?? []),
      killAfter: seconds)
  }

  /// Carries on with a training that was killed: from its checkpoint, or from the start if it had not become a run.
  func resume(_ label: String) throws(Stop) {
    let isRun = Files.exists(run + "/" + RunDirectory.resolvedName)
    _ = isRun ? try carryOut(label, ["--resume", run], killAfter: nil) : try train(label)
  }

  /// Gives the run that was trained another name, so that the next can be trained in its place.
  func keep(as name: String) throws(Stop) -> String {
    let path = folder + "/" + name
    guard rename(run, path) == 0 else { throw .impossible(Files.failure("cannot rename", run)) }
    return path
  }

  /// Removes the run that was trained.
  func removeRun() throws(Stop) {
    do throws(Diagnostics) { try Files.remove(run) } catch { throw .impossible(error) }
  }

  private func carryOut(_ label: String, _ arguments: [String], killAfter seconds: Double?) throws(Stop) -> Outcome {
    if isInterrupted() { throw .interrupted }
    count += 1
    let log = "\(folder)/\(count)-\(label).log"
    let ending: ChildProcess.Ending
    do throws(Diagnostics) {
      let command = ChildProcess.Command(["train"] + arguments + ["--quiet"], output: "/dev/null", errors: log)
      ending = if let start { try start(command, seconds) } else { try child(command, killAfter: seconds) }
    } catch {
      throw .impossible(error)
    }
    if isInterrupted() { throw .interrupted }
    switch ending {
    case .killed(let signal):
      if seconds != nil, signal == Int(SIGKILL) { return .killed }
      throw .failed(log: log, reason: "was ended by signal \(signal)")
    case .exited(let code):
      // A run that diverges, or misses its expectations, does so every time.
      if code == ExitStatus.diverged.rawValue { hasDiverged = true }
      if [ExitStatus.success, .expectation, .diverged].contains(where: { $0.rawValue == code }) { return .ended }
      throw .failed(log: log, reason: "ended with exit code \(code)" + (ChildProcess.firstError(in: log).map { ": \($0)" } ?? ""))
    }
  }

  private func child(_ command: ChildProcess.Command, killAfter seconds: Double?) throws(Diagnostics) -> ChildProcess.Ending {
    let begin = ContinuousClock.now
    let child = try ChildProcess(command)
    guard let seconds else { return child.wait(when: isInterrupted) }
    return child.wait(sending: SIGKILL) { isInterrupted() || (ContinuousClock.now - begin) / .seconds(1) >= seconds }
  }
}
