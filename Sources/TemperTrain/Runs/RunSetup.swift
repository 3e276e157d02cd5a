import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperOptim

/// The start of a run: valid data and model, a directory of its own, and the checkpoint to resume from, if any.
struct RunSetup {
  let handle: RunHandle
  /// The config with the values that depend on the data and this machine.
  let resolved: JSON
  let manifest: Manifest
  /// The expectations, as bounds.
  let expectations: [Expectation]
  /// Warnings before the first step.
  let warnings: [Warning]

  init(
    _ file: ConfigFile, threads: Int, options: Runner.Options, files: (any Sendable)?, _ events: @escaping (RunEvent) -> Void
  ) throws(Diagnostics) {
    let (config, start) = (file.config, ContinuousClock.now)
    // Until there is a directory to resume from, nothing needs to be finished.
    Interruptions.mayEndAtOnce(options.mayEndAtOnce)
    expectations = try file.expectations()
    let path = config.outputDirectory + "/" + config.name
    // A resumed run is locked before its checkpoint is read; a new one takes its name only once data and model are valid.
    let resumption = options.existing == .resume ? try Resumption(of: path, config.components) : nil
    let checkpoint = resumption?.checkpoint
    let session = try options.session(file, resuming: checkpoint, files: files)
    Interruptions.mayEndAtOnce(false)
    warnings = try Preflight.warnings(file, session)
    resolved = try Self.resolved(file, session.task, threads: threads)
    if !session.task.facts.has(.validation), let metric = session.trainer.numbers.monitors.min() {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "a schedule monitors \(metric), but there are no validation rows. Set data.split.validation, or use another schedule.")
    }
    if !session.task.facts.has(.validation), config.average?.comparesRaw == true {
      throw file.mistake(
        "weight_average.compare_raw", "requires validation rows, and there are none. Set data.split.validation, or remove it.")
    }
    try config.guarding?.check(session.task.facts, file)
    let directory: RunDirectory
    if let resumption {
      try resumption.check(resolved, file, session.task.facts.sources)
      // An unfinished run ends at once, which is a way to end it; the files of a finished one would tell of fewer steps than it took.
      let isFinished = Files.exists(path + "/" + RunDirectory.resultsName)
      if let checkpoint, isFinished, checkpoint.step > session.trainer.totalSteps {
        let key = file.place(of: "train.max_steps") == nil ? "train.epochs" : "train.max_steps"
        throw Diagnostics(
          .fixedSetting, at: file.place(of: key) ?? .wholeFile(path: file.path),
          "\(key): comes to \(session.trainer.totalSteps) steps, but the run has taken \(checkpoint.step) already. Use a larger value, or "
            + "another --name to start a new run.")
      }
      directory = resumption.directory
      if checkpoint == nil { try directory.startOver() }
    } else {
      directory = try RunDirectory(path, existing: options.existing, waitsForDisk: !options.isTrial)
    }
    manifest = Manifest(
      config: config, task: session.task, weights: session.weights, threads: threads, arguments: options.arguments,
      earlier: resumption?.manifest, after: checkpoint?.step)
    handle = RunHandle(config, session, directory, resuming: checkpoint, since: start, options: options, events)
    try handle.restore()
    if checkpoint != nil {
      try Files.remove(directory.path + "/" + RunDirectory.resultsName)
    } else {
      try directory.write(resumption?.config ?? file.bytes, to: RunDirectory.configName)
    }
    for callback in handle.callbacks { try callback.beforeTraining(handle) }
    try directory.write(manifest.json(end: nil), to: RunDirectory.manifestName)
    // Written last, because this file identifies a run.
    try directory.write(resolved, to: RunDirectory.resolvedName)
  }

  private static func resolved(_ file: ConfigFile, _ task: any Task, threads: Int) throws(Diagnostics) -> JSON {
    var resolved = file.resolved
    resolved.update("threads") { $0 = .integer(threads) }
    // Early stopping needs validation rows.
    if !task.facts.has(.validation), file.config.earlyStopping != nil {
      if let place = file.place(of: "early_stopping") {
        throw Diagnostics(
          .invalidValue, at: place,
          "early_stopping: requires validation rows, and there are none. Set data.split.validation, or set early_stopping to null.")
      }
      resolved.update("early_stopping") { $0 = .null }
    }
    return resolved
  }
}
