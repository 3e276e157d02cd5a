import TemperFiles
import TemperJSON

/// A run of a check: a config with one of its seeds.
public struct CheckedRun: Sendable {
  /// The seed.
  public let seed: Int
  /// The run's directory.
  public let directory: String
  /// The file with its messages.
  public let log: String
  /// How its process ended.
  public let ending: ChildProcess.Ending
  /// Its metrics by full name, in order, undefined ones included; empty if it failed.
  let metrics: [(name: String, value: Double?)]
  /// The data that it read.
  let data: [BaselineFile.Data]

  /// Reads what the run in `directory` has left.
  init(seed: Int, directory: String, log: String, ending: ChildProcess.Ending) {
    (self.seed, self.directory, self.log, self.ending) = (seed, directory, log, ending)
    guard Self.hasFinished(ending), let record = try? RunRecord.all(in: directory).first, let task = record.task else {
      (metrics, data) = ([], [])
      return
    }
    metrics = record.metrics.filter { task.has($0.name) }
    let folder = (try? Experiments.kind(of: directory)?.models(in: directory))?.first ?? directory
    let sources = (try? JSON(reading: folder + "/" + RunDirectory.manifestName))?["data"]?.array ?? []
    data = sources.compactMap { source in
      guard let path = source["path"]?.string, let sha256 = source["sha256"]?.string else { return nil }
      return BaselineFile.Data(name: Paths.name(of: path), sha256: sha256)
    }
  }

  /// Why it failed, with the first error that it printed; nil if it has results.
  public var failure: String? {
    switch ending {
    case .killed(let signal): "killed by signal \(signal)"
    case .exited(let code) where !Self.hasFinished(ending): "exit code \(code)" + (ChildProcess.firstError(in: log).map { ": \($0)" } ?? "")
    case .exited: metrics.isEmpty ? "left no readable results" : nil
    }
  }

  /// Whether it ended with warnings, which its strict config counts as errors. It expects nothing itself.
  var hasStrictWarnings: Bool { ending == .exited(ExitStatus.expectation.rawValue) }

  private static func hasFinished(_ ending: ChildProcess.Ending) -> Bool {
    [ExitStatus.success, .expectation].contains { ending == .exited($0.rawValue) }
  }

  /// The form in `--json`.
  var json: JSON {
    let end: (String, JSON) =
      switch ending {
      case .exited(let code): ("exit_code", .integer(code))
      case .killed(let signal): ("signal", .integer(signal))
      }
    return .object([
      ("seed", .integer(seed)), ("run", .string(directory)), ("log", .string(log)), end, ("failure", failure.map { .string($0) } ?? .null),
    ])
  }
}
