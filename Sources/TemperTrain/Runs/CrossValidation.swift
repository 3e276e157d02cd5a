import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// Trains a run for each fold of the training rows, in folders `fold-1`, `fold-2` and so on of one directory, and sums them up in `folds.json`.
///
/// Each is an ordinary run: its resolved.json names its fold, so that it can be trained, resumed and evaluated alone. What `expect` asks for
/// is asked of the means.
struct CrossValidation {
  /// The file by which a directory is known to hold folds: the figures of those that have ended, and their means.
  static let resultName = "folds.json"
  /// The folder of a fold.
  static func folder(_ fold: Int) -> String { "fold-\(fold)" }
  /// The folders of all folds of the cross-validation in `path`. Throws where some have not ended.
  static func folders(in path: String) throws(Diagnostics) -> [String] {
    let count = try count(of: path)
    let folders = (1...count).map { path + "/" + folder($0) }
    let missing = folders.filter { !Files.exists($0 + "/best/" + ModelFolder.weightsName) }
    if !missing.isEmpty {
      throw Diagnostics(
        .noModel, at: .wholeFile(path: path),
        "\(missing.count) of its \(count) folds have no model yet. Go on by temper train --resume \(path), or name a fold, such as "
          + "\(folders[0]).")
    }
    return folders
  }

  /// How many folds the cross-validation in `path` has.
  static func count(of path: String) throws(Diagnostics) -> Int {
    let file = try FileBytes(reading: path + "/" + RunDirectory.resolvedName)
    let data = try JSON.parse(file.bytes, path: file.name)["data"]
    let folds = data?["validation"]?["folds"] ?? data?["split"]?["validation"]?["folds"]
    guard let count = folds?.integer, count > 0 else {
      throw Diagnostics(.noRun, at: .wholeFile(path: file.name), "names no number of folds. Train anew with --overwrite.")
    }
    return count
  }

  /// What may be another than when it began: where and on how many threads it takes place, and what is asked of the results. All else would
  /// tell the folds that have ended from the others.
  private static let changeable: Set = ["expect", "strict", "threads", "output_dir", "name"]

  private let file: ConfigFile
  private let threads: Int
  private let options: Runner.Options
  private let events: (RunEvent) -> Void

  init(_ file: ConfigFile, threads: Int, options: Runner.Options, _ events: @escaping (RunEvent) -> Void) {
    (self.file, self.threads, self.options) = (file, threads, options)
    // What was decided is mostly the same for every fold; once is enough.
    var told: Set<String> = []
    self.events = { event in
      if case .note(let text) = event, !told.insert(text).inserted { return }
      events(event)
    }
  }

  func carryOut() throws(Diagnostics) -> Ending {
    let start = ContinuousClock.now
    let config = file.config
    let count = config.data.folds?.count ?? 0
    let path = config.outputDirectory + "/" + config.name
    let isResumed = options.existing == .resume
    // Folds that begin later get the config as the first got it.
    let given = path + "/" + RunDirectory.configName
    let file = isResumed && Files.exists(given) ? self.file.with(bytes: try FileBytes(reading: given).bytes) : self.file
    let shared = try config.data.readFiles()
    var files: [ConfigFile] = []
    var sources: [DataSource] = []
    // What is wrong with the data of any fold is found before the first is trained.
    for fold in 1...max(1, count) {
      files.append(try file.fold(fold, of: path))
      let bench = try Workbench(files[fold - 1], files: shared)
      _ = try Preflight.warnings(files[fold - 1], bench)
      sources = bench.task.facts.sources
    }

    var resolved = file.resolved
    resolved.update("threads") { $0 = .integer(threads) }
    Interruptions.mayEndAtOnce(false)
    let directory = try RunDirectory(path, existing: options.existing)
    var results: [FoldResult] = []
    if isResumed {
      results = try earlier(path, resolved, sources)
    } else {
      try directory.write(file.bytes, to: RunDirectory.configName)
    }
    try write(results, to: directory)
    // Written last: by this file a run is known.
    try directory.write(resolved, to: RunDirectory.resolvedName)

    for (index, file) in files.enumerated() where !results.contains(where: { $0.fold == index + 1 }) {
      let fold = index + 1
      if options.isInterrupted() { return .interrupted(Interruption(directory: path, steps: 0, fold: fold)) }
      events(.fold(fold, of: count))
      let run = try Run(file, threads: threads, options: options(for: path + "/" + Self.folder(fold)), files: shared) { [events] event in
        if case .warning(let warning) = event { return events(.warning(warning.ofFold(fold))) }
        events(event)
      }
      switch try run.carryOut() {
      case .finished(let outcome):
        results.append(FoldResult(outcome, fold: fold))
        try write(results, to: directory)
      case .interrupted(let interruption):
        return .interrupted(Interruption(directory: path, steps: interruption.steps, fold: fold))
      case .folds: require(false, "a fold has folds")
      }
    }
    return .folds(
      FoldsOutcome(
        directory: path, folds: results.sorted { $0.fold < $1.fold }, expectations: config.expectations, isStrict: config.isStrict,
        seconds: (ContinuousClock.now - start) / .seconds(1)))
  }

  /// How a fold is started: where all go on, it may have begun or not.
  private func options(for folder: String) -> Runner.Options {
    var options = options
    if options.existing == .resume {
      options.existing =
        Files.exists(folder + "/" + RunDirectory.resolvedName) ? .resume : Files.exists(folder) ? .replace : .refuse
    } else {
      options.existing = .refuse
    }
    return options
  }

  private func write(_ results: [FoldResult], to directory: RunDirectory) throws(Diagnostics) {
    let outcome = FoldsOutcome(
      directory: directory.path, folds: results, expectations: file.config.expectations, isStrict: file.config.isStrict, seconds: 0)
    try directory.write(.object(outcome.figures), to: Self.resultName)
  }

  /// What the folds that have ended came to. Throws for settings and data that are not those they had.
  private func earlier(_ path: String, _ resolved: JSON, _ sources: [DataSource]) throws(Diagnostics) -> [FoldResult] {
    guard Files.exists(path + "/" + Self.resultName) else {
      throw Diagnostics(.noRun, at: .wholeFile(path: path), "is a run without folds, and the config has some. Give a new --name.")
    }
    func json(_ name: String) throws(Diagnostics) -> JSON {
      let file = try FileBytes(reading: path + "/" + name)
      return try JSON.parse(file.bytes, path: file.name)
    }
    try Resumption.check(
      resolved, against: json(RunDirectory.resolvedName), but: Self.changeable, file,
      "Only expect, strict and threads may change when a cross-validation is resumed; give a new --name for another.")
    for fold in 1...(file.config.data.folds?.count ?? 1) {
      let manifest = Self.folder(fold) + "/" + RunDirectory.manifestName
      if Files.exists(path + "/" + manifest) { try Resumption.check(sources, against: json(manifest), in: path) }
    }
    let stored = try json(Self.resultName)["folds"]?.array ?? []
    return try stored.map { stored throws(Diagnostics) in
      guard let result = FoldResult(stored) else {
        throw Diagnostics(
          .damagedCheckpoint, at: .wholeFile(path: path + "/" + Self.resultName),
          "cannot be used: it is not of this version of Temper. Train anew with --overwrite.")
      }
      return result
    }
  }
}
