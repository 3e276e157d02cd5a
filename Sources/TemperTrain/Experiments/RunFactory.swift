import TemperData
import TemperFiles
import TemperJSON

/// Creates the runs of an experiment, each an ordinary one that can be trained, resumed and evaluated alone.
public final class RunFactory {
  /// The config of the experiment.
  public let file: ConfigFile
  let threads: Int
  let options: Runner.Options
  private let events: (RunEvent) -> Void
  /// Decisions already reported, which are mostly the same for every part.
  private var told: Set<String> = []
  /// Where the last run was interrupted.
  private var stop: (steps: Int, part: RunPart?) = (0, nil)

  init(_ file: ConfigFile, threads: Int, options: Runner.Options, _ events: @escaping (RunEvent) -> Void) {
    (self.file, self.threads, self.options, self.events) = (file, threads, options, events)
  }

  /// The experiment's directory.
  public var directory: String { file.config.outputDirectory + "/" + file.config.name }
  /// Whether the experiment is resumed.
  public var isResumed: Bool { options.existing == .resume }

  /// Trains the experiment's own config in its directory; nil if the run was interrupted.
  public func train() throws(Diagnostics) -> SingleResult? { try train(file, options, nil, files: nil, events) }

  /// Trains `file`, which ``ConfigFile/part(_:of:changing:)`` made, as one of several runs; nil if it was interrupted.
  public func train(_ file: ConfigFile, as part: RunPart) throws(Diagnostics) -> SingleResult? { try train(file, as: part, files: nil) }

  func train(_ file: ConfigFile, as part: RunPart, files: (any Sendable)?) throws(Diagnostics) -> SingleResult? {
    if options.isInterrupted() {
      stop = (0, part)
      return nil
    }
    events(.part(part))
    var options = options
    // When all are resumed, a part may have begun or not.
    let folder = file.config.outputDirectory + "/" + file.config.name
    let isRun = Files.exists(folder + "/" + RunDirectory.resolvedName)
    options.existing = !isResumed ? .refuse : isRun ? .resume : Files.exists(folder) ? .replace : .refuse
    return try train(file, options, part, files: files) { [self] event in
      switch event {
      case .note(let text): if told.insert(text).inserted { events(event) }
      case .warning(let warning): events(.warning(warning.of(part.label)))
      default: events(event)
      }
    }
  }

  private func train(
    _ file: ConfigFile, _ options: Runner.Options, _ part: RunPart?, files: (any Sendable)?, _ events: @escaping (RunEvent) -> Void
  ) throws(Diagnostics) -> SingleResult? {
    let run = try Run(file, threads: threads, options: options, files: files, events)
    let outcome = try run.carryOut()
    stop = (run.handle.steps, part)
    if let outcome { events(.ended(outcome)) }
    return outcome
  }

  /// The result of an experiment whose last run was interrupted.
  public var interruption: Interruption { Interruption(directory: directory, steps: stop.steps, part: stop.part) }
}
