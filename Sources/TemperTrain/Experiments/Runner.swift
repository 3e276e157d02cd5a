import TemperCore
import TemperJSON

/// Trains the models described by a config, in a run directory. It keeps no global state, so sweeps and tests are loops over it.
public enum Runner {
  /// What to do with a run of the same name.
  public enum Existing: Sendable {
    /// Fail with an error.
    case refuse
    /// Remove it, and start over.
    case replace
    /// Resume from its last checkpoint; an error if there is none.
    case resume
  }

  /// Options for starting a run, besides its config.
  public struct Options: Sendable {
    /// What to do with a run of the same name.
    public var existing: Existing
    /// The command line, for the manifest.
    public var arguments: [String]
    /// Called after each step: if it returns true, the run writes a checkpoint and ends.
    public var isInterrupted: @Sendable () -> Bool

    /// Whether an interruption may end the program before a run has a directory; false where something else would be left behind.
    public var mayEndAtOnce = true

    /// Whether runs are trials of a search: they leave their config, metrics and results, but no models, and the test rows are not looked at.
    public var isTrial = false
    /// Called after each evaluation: a reason that it returns ends the run after the step.
    public var endsEarly: (@Sendable (EvaluationRecord) throws(Diagnostics) -> StopReason?)?
    /// Data that runs share; nil if each loads its own.
    package var sharedData: SharedData?

    /// The callbacks of every run, in call order.
    public var callbacks: [any Callback.Type]

    /// The available kinds of experiments; the first that accepts the config is run.
    public var experiments: [any Experiment.Type]

    /// Creates options with their defaults.
    public init(
      existing: Existing = .refuse, arguments: [String] = [], callbacks: [any Callback.Type] = Callbacks.all,
      experiments: [any Experiment.Type] = Experiments.all,
      isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
      (self.existing, self.arguments, self.isInterrupted) = (existing, arguments, isInterrupted)
      (self.callbacks, self.experiments) = (callbacks, experiments)
    }

    /// What `file` trains, from data that runs share if they do, or from the result of ``InputConfig/readFiles()``.
    func session(
      _ file: ConfigFile, resuming checkpoint: Checkpoint? = nil, files: (any Sendable)?
    ) throws(Diagnostics) -> TrainingSession {
      let data = try sharedData?.loaded(for: file)
      return try TrainingSession(file, resuming: checkpoint, files: files ?? data?.files, data: data?.data)
    }
  }

  /// Trains, saves and evaluates what `file` describes, and reports progress to `events`.
  public static func run(
    _ file: ConfigFile, options: Options = Options(), events: @escaping (RunEvent) -> Void = { _ in }
  ) throws(Diagnostics) -> any RunResult {
    let threads = file.config.threads ?? Machine.processors
    return try Engine.withThreads(threads) { () throws(Diagnostics) in
      for kind in options.experiments {
        guard let experiment = kind.init(file) else { continue }
        return try experiment.carryOut(RunFactory(file, threads: threads, options: options, events))
      }
      fail("no experiment supports the config")
    }
  }
}
