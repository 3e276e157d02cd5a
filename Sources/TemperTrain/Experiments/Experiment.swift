import TemperFiles
import TemperJSON

/// A way to run a config: one run, or several that belong together. A new kind of experiment is a type that conforms, in a folder of
/// its own, and a line in ``Experiments/all``; nothing else refers to it.
public protocol Experiment: SendableMetatype {
  /// The file that identifies the directory of such an experiment; nil for a single run, which has none.
  static var mark: String? { get }
  /// What such a directory holds, for messages: `the folds of a cross-validation`.
  static var contents: String { get }

  /// The experiment for `file`; nil if `file` asks for another kind.
  init?(_ file: ConfigFile)

  /// Trains with `runs` and returns the result.
  func carryOut(_ runs: RunFactory) throws(Diagnostics) -> any RunResult

  /// The folders of its models, whose predictions are averaged; throws if some have no model yet.
  static func models(in path: String) throws(Diagnostics) -> [String]

  /// The record of an experiment whose directory has the ``mark``, for a list of runs.
  static func record(of directory: RecordedDirectory) -> RunRecord
}

/// The kinds of experiments.
public enum Experiments {
  /// All of them; the first that accepts a config runs it.
  public static let all: [any Experiment.Type] = [CrossValidation.self, Single.self]

  /// The kind, among `kinds`, that left its mark in `path`; nil for a single run and for a folder of something else.
  package static func kind(of path: String, among kinds: [any Experiment.Type] = all) -> (any Experiment.Type)? {
    kinds.first { $0.mark.map { Files.exists(path + "/" + $0) } ?? false }
  }
}

extension Experiment {
  /// See ``Experiment``; by default the directory itself.
  public static func models(in path: String) throws(Diagnostics) -> [String] { [path] }
}

/// The result of an experiment: what the program prints, and its exit status.
public protocol RunResult: Sendable {
  /// The experiment's directory.
  var directory: String { get }
  /// The output of `--json`.
  var json: JSON { get }
  /// Human-readable tables; nil if there is nothing to show.
  var text: String? { get }
  /// The expectations, with the actual values.
  var checks: [Expectation.Check] { get }
  /// Warnings.
  var warnings: [Warning] { get }
  /// Whether warnings are errors.
  var isStrict: Bool { get }
  /// Tolerances of the guard that are exceeded, a sentence each.
  var breaches: [String] { get }
  /// Failures, a sentence for each run that diverged.
  var failures: [String] { get }
  /// Where it was interrupted; nil if it finished.
  var interruption: Interruption? { get }
}

extension RunResult {
  /// Whether every expectation is met, and there are no warnings if those are errors.
  public var meetsExpectations: Bool { checks.allSatisfy(\.isMet) && !(isStrict && !warnings.isEmpty) }
  /// It finished.
  public var interruption: Interruption? { nil }
  /// None.
  public var breaches: [String] { [] }
  /// The exit status of the command.
  public var status: ExitStatus {
    if interruption != nil { return .interrupted }
    if !failures.isEmpty { return .diverged }
    return !meetsExpectations ? .expectation : breaches.isEmpty ? .success : .burnIn
  }
}

/// One of several runs of an experiment.
public struct RunPart: Sendable, Equatable {
  /// The kind of run: `fold`.
  public let name: String
  /// Its number, from 1.
  public let number: Int
  /// The number of runs.
  public let count: Int

  /// Creates the run `number` of `count`.
  public init(_ name: String, _ number: Int, of count: Int) {
    (self.name, self.number, self.count) = (name, number, count)
  }

  /// Its name in a sentence: `fold 2`.
  public var label: String { "\(name) \(number)" }
}

/// An interrupted experiment. Its state is in a checkpoint.
public struct Interruption: RunResult {
  /// The experiment's directory.
  public let directory: String
  /// Steps taken, of the part if there is one.
  public let steps: Int
  /// The run that was being trained; nil if there is only one.
  public let part: RunPart?

  /// The output of `--json`.
  public var json: JSON {
    .object(
      [("run", .string(directory)), ("stop_reason", .string(StopReason.interrupted.rawValue)), ("steps", .integer(steps))]
        + (part.map { [($0.name, .integer($0.number))] } ?? []))
  }

  /// Where it stopped, and how to resume.
  public var sentence: String {
    "interrupted after step \(steps)\(part.map { " of \($0.label)" } ?? ""); to continue: temper train --resume \(directory)"
  }

  /// Itself.
  public var interruption: Interruption? { self }
  /// There are no results yet.
  public var text: String? { nil }
  /// There are no results yet.
  public var checks: [Expectation.Check] { [] }
  /// They have been reported.
  public var warnings: [Warning] { [] }
  /// There are no results yet.
  public var isStrict: Bool { false }
  /// None.
  public var failures: [String] { [] }
}

extension Warning {
  /// The same warning, prefixed with the run it is about.
  func of(_ label: String) -> Warning { Warning(code, "\(label): \(message)") }
}
