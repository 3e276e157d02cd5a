import TemperJSON

/// What a config can be carried through as: one run, or several that belong together. A kind of experiment is a type that conforms, in a folder
/// of its own, and a line in ``Experiments/all``; nothing else knows of it.
public protocol Experiment: SendableMetatype {
  /// The file by which a directory is known to be of such an experiment; nil for a run, which is known by having none.
  static var mark: String? { get }
  /// What such a directory holds, as messages say it: `the folds of a cross-validation`.
  static var contents: String { get }

  /// The experiment that `file` asks for; nil where it asks for another.
  init?(_ file: ConfigFile)

  /// Trains what there is to train by `runs`, and says what came of it.
  func carryOut(_ runs: RunFactory) throws(Diagnostics) -> any RunResult

  /// What a directory that has the ``mark`` says of its experiment; for a list of runs.
  static func record(of directory: RecordedDirectory) -> RunRecord
}

/// The kinds of experiments.
public enum Experiments {
  /// All of them; a config is taken by the first that it asks for.
  public static let all: [any Experiment.Type] = [CrossValidation.self, Single.self]
}

/// What an experiment came to: what the program prints, and ends with.
public protocol RunResult: Sendable {
  /// The experiment's directory.
  var directory: String { get }
  /// What `--json` prints.
  var json: JSON { get }
  /// Tables for people; nil where there is nothing to show.
  var text: String? { get }
  /// What the results had to be like, and were.
  var checks: [Expectation.Check] { get }
  /// What looks wrong and did not stop it.
  var warnings: [Warning] { get }
  /// Whether warnings are errors.
  var isStrict: Bool { get }
  /// What did not go well, a sentence for each run that diverged.
  var failures: [String] { get }
  /// Where it was told to stop; nil where it was carried through.
  var interruption: Interruption? { get }
}

extension RunResult {
  /// Whether every expectation is met, and nothing was warned of where that is an error.
  public var meetsExpectations: Bool { checks.allSatisfy(\.isMet) && !(isStrict && !warnings.isEmpty) }
  /// It was carried through.
  public var interruption: Interruption? { nil }
  /// How the command ends.
  public var status: ExitStatus {
    if interruption != nil { return .interrupted }
    return !failures.isEmpty ? .diverged : meetsExpectations ? .success : .expectation
  }
}

/// One of several runs that belong together.
public struct RunPart: Sendable, Equatable {
  /// What they are: `fold`.
  public let name: String
  /// Which it is, from 1.
  public let number: Int
  /// How many there are.
  public let count: Int

  /// The run `number` of `count`.
  public init(_ name: String, _ number: Int, of count: Int) {
    (self.name, self.number, self.count) = (name, number, count)
  }

  /// As a sentence has it: `fold 2`.
  public var label: String { "\(name) \(number)" }
}

/// Where an experiment was told to stop. Its state is in a checkpoint.
public struct Interruption: RunResult {
  /// The experiment's directory.
  public let directory: String
  /// Steps taken, of the part if there is one.
  public let steps: Int
  /// The run that was trained; nil where there is but one.
  public let part: RunPart?

  /// What `--json` prints.
  public var json: JSON {
    .object(
      [("run", .string(directory)), ("stop_reason", .string(StopReason.interrupted.rawValue)), ("steps", .integer(steps))]
        + (part.map { [($0.name, .integer($0.number))] } ?? []))
  }

  /// Where it stopped, and how to go on.
  public var sentence: String {
    "interrupted after step \(steps)\(part.map { " of \($0.label)" } ?? ""); to continue: temper train --resume \(directory)"
  }

  /// Itself.
  public var interruption: Interruption? { self }
  /// There are no results yet.
  public var text: String? { nil }
  /// There are no results yet.
  public var checks: [Expectation.Check] { [] }
  /// They have been told.
  public var warnings: [Warning] { [] }
  /// There are no results yet.
  public var isStrict: Bool { false }
  /// None.
  public var failures: [String] { [] }
}

extension Warning {
  /// The same, with the run that it is about.
  func of(_ label: String) -> Warning { Warning(code, "\(label): \(message)") }
}
