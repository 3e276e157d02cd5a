import TemperCore
import TemperData
import TemperJSON

/// Carries a config through to trained models in a run directory. It keeps no state of the process: sweeps and tests are loops over it.
public enum Runner {
  /// What to do with a run of the same name.
  public enum Existing: Sendable {
    /// Stop with an error.
    case refuse
    /// Remove it, and start anew.
    case replace
    /// Go on from its last checkpoint. One that is not there is an error.
    case resume
  }

  /// How a run is started, besides its config.
  public struct Options: Sendable {
    /// What to do with a run of the same name.
    public var existing: Existing
    /// The command line, for the manifest.
    public var arguments: [String]
    /// Asked after each step: where it says yes the run writes a checkpoint and ends.
    public var isInterrupted: @Sendable () -> Bool

    /// What accompanies every run, in the order of the calls.
    public var callbacks: [any Callback.Type]

    /// What a config may ask for; the first that it does is carried out.
    public var experiments: [any Experiment.Type]

    /// The usual way.
    public init(
      existing: Existing = .refuse, arguments: [String] = [], callbacks: [any Callback.Type] = Callbacks.all,
      experiments: [any Experiment.Type] = Experiments.all,
      isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
      (self.existing, self.arguments, self.isInterrupted) = (existing, arguments, isInterrupted)
      (self.callbacks, self.experiments) = (callbacks, experiments)
    }
  }

  /// Trains, saves and evaluates what `file` describes, and tells `events` how it goes.
  public static func run(
    _ file: ConfigFile, options: Options = Options(), events: @escaping (RunEvent) -> Void = { _ in }
  ) throws(Diagnostics) -> any RunResult {
    let threads = file.config.threads ?? Machine.processors
    return try Engine.withThreads(threads) { () throws(Diagnostics) in
      for kind in options.experiments {
        guard let experiment = kind.init(file) else { continue }
        return try experiment.carryOut(RunFactory(file, threads: threads, options: options, events))
      }
      fail("a config asks for no experiment there is")
    }
  }
}
