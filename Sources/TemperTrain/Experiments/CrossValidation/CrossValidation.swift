import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// Trains a run per fold of the training rows, in folders `fold-1`, `fold-2` and so on of one directory, and summarises them in
/// `folds.json`.
///
/// Each is an ordinary run: its resolved.json names its fold, so it can be trained, resumed and evaluated alone. `expect` applies to
/// the means.
struct CrossValidation: Experiment {
  /// The file that identifies a directory of folds: the metrics of finished folds, and their means.
  static let resultName = "folds.json"
  static var mark: String? { resultName }
  static let contents = "the folds of a cross-validation"
  /// The folder of a fold.
  static func folder(_ fold: Int) -> String { "fold-\(fold)" }
  /// The folders of all folds of the cross-validation in `path`. Throws if some have not finished.
  static func models(in path: String) throws(Diagnostics) -> [String] {
    let count = try count(of: path)
    let folders = (1...count).map { path + "/" + folder($0) }
    let missing = folders.filter { !Files.exists($0 + "/best/" + ModelFolder.weightsName) }
    if !missing.isEmpty {
      throw Diagnostics(
        .noModel, at: .wholeFile(path: path),
        "\(missing.count) of its \(count) folds have no model yet. Resume with temper train --resume \(path), or use a fold, such as "
          + "\(folders[0]).")
    }
    return folders
  }

  /// The number of folds of the cross-validation in `path`.
  static func count(of path: String) throws(Diagnostics) -> Int {
    let recorded = path + "/" + RunDirectory.resolvedName
    let data = try JSON(reading: recorded)["data"]
    let folds = data?["validation"]?["folds"] ?? data?["split"]?["validation"]?["folds"]
    guard let count = folds?.integer, count > 0 else {
      throw Diagnostics(.noRun, at: .wholeFile(path: recorded), "has no number of folds. Train again with --overwrite.")
    }
    return count
  }

  /// Settings that may change on resuming: where and on how many threads it runs, and the expectations. Any other change would make the
  /// finished folds differ from the others.
  private static let changeable: Set = ["expect", "strict", "threads", "output_dir", "name"]

  private let count: Int

  init?(_ file: ConfigFile) {
    guard let folds = file.config.data.folds, folds.fold == nil else { return nil }
    count = folds.count
  }

  func carryOut(_ runs: RunFactory) throws(Diagnostics) -> any RunResult {
    let start = ContinuousClock.now
    let (config, path) = (runs.file.config, runs.directory)
    let expectations = try runs.file.expectations()
    // Folds that begin later get the same config as the first.
    let given = path + "/" + RunDirectory.configName
    let file = runs.isResumed && Files.exists(given) ? runs.file.with(bytes: try FileBytes(reading: given).bytes) : runs.file
    let shared = runs.options.sharedData == nil ? try config.data.readFiles() : nil
    var files: [ConfigFile] = []
    var sources: [DataSource] = []
    // Errors in the data of any fold are found before the first is trained.
    for fold in 1...max(1, count) {
      files.append(try file.fold(fold, of: path))
      let session = try runs.options.session(files[fold - 1], files: shared)
      _ = try Preflight.warnings(files[fold - 1], session)
      sources = session.task.facts.sources
    }

    func result(_ results: [FoldResult]) -> CrossValidationResult {
      CrossValidationResult(
        directory: path, folds: results, expectations: expectations, isStrict: config.isStrict,
        seconds: (ContinuousClock.now - start) / .seconds(1))
    }
    let directory = try ExperimentDirectory(
      runs, mark: Self.resultName, changeable: Self.changeable,
      otherwise: "is a run without folds, but the config has folds. Use another --name.",
      advice: "Only expect, strict and threads may change when a cross-validation is resumed; use another --name to start a new one.")
    var results = try earlier(directory, sources)
    try directory.begin(.object(result(results).members))
    for (index, file) in files.enumerated() where !results.contains(where: { $0.fold == index + 1 }) {
      guard let ended = try runs.train(file, as: RunPart("fold", index + 1, of: count), files: shared) else { return runs.interruption }
      results.append(FoldResult(ended, fold: index + 1))
      try directory.write(.object(result(results).members))
    }
    return result(results.sorted { $0.fold < $1.fold })
  }

  /// The results of the finished folds. Throws if the data have changed since.
  private func earlier(_ directory: ExperimentDirectory, _ sources: [DataSource]) throws(Diagnostics) -> [FoldResult] {
    guard let earlier = directory.earlier else { return [] }
    let path = directory.path
    for fold in 1...max(1, count) {
      let manifest = path + "/" + Self.folder(fold) + "/" + RunDirectory.manifestName
      guard Files.exists(manifest) else { continue }
      try Resumption.check(sources, against: JSON(reading: manifest), in: path)
    }
    return try (earlier["folds"]?.array ?? []).map { stored throws(Diagnostics) in
      guard let result = FoldResult(stored) else {
        throw Diagnostics(
          .damagedCheckpoint, at: .wholeFile(path: path + "/" + Self.resultName),
          "cannot be used: it was written by another version of Temper. Train again with --overwrite.")
      }
      return result
    }
  }

  static func record(of directory: RecordedDirectory) -> RunRecord {
    let summary = directory.json(resultName)
    let ended = summary?["folds"]?.array ?? []
    let count = (try? count(of: directory.path)) ?? ended.count
    let reasons = ended.compactMap { $0["stop_reason"]?.string.flatMap(RunRecord.State.init(rawValue:)) }
    return RunRecord(
      directory, ended.count < count ? .interrupted : reasons.contains(.diverged) ? .diverged : .completed,
      parts: .init(name: "folds", ended: ended.count, count: count), metrics: summary?["mean"])
  }
}

extension ConfigFile {
  /// The config of the ordinary run that trains one fold, in a folder of `directory`.
  func fold(_ number: Int, of directory: String) throws(Diagnostics) -> ConfigFile {
    let split = place(of: "data.split.validation.folds") == nil ? "" : "split."
    return try part(CrossValidation.folder(number), of: directory, changing: [("data.\(split)validation.fold", .integer(number))])
  }
}
