import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A setting that cannot change when a run is resumed.
  public static let fixedSetting = Diagnostic.Code("E0112", "this setting cannot be changed when a run is resumed")
}

/// An existing run to resume: its directory, locked, and what it recorded.
struct Resumption {
  /// Settings that may change. Results do not depend on the last three: where the run takes place, and on how many threads.
  private static let changeable: Set = [
    "train.epochs", "train.max_steps", "train.max_minutes", "early_stopping.patience", "expect", "strict", "threads", "output_dir", "name",
  ]

  let directory: RunDirectory
  /// The checkpoint to resume from; nil if there is none yet and the run starts over.
  let checkpoint: Checkpoint?
  /// The config as it was given.
  let config: [UInt8]
  /// manifest.json as the run left it.
  let manifest: JSON
  private let resolved: JSON

  /// Opens the run in `path`, whose config may name `components`.
  init(of path: String, _ components: Components) throws(Diagnostics) {
    if let experiment = Experiments.kind(of: path) {
      throw Diagnostics(
        .noRun, at: .wholeFile(path: path), "contains \(experiment.contents), but the config has none. Use another --name.")
    }
    directory = try RunDirectory(path, existing: .resume)
    let recorded = try Self.recorded(path, RunDirectory.resolvedName)
    // A key that is newer than the run takes its default.
    resolved = (try? ConfigFile(stored: recorded, path: path + "/" + RunDirectory.resolvedName, components).resolved) ?? recorded
    manifest = try Self.recorded(path, RunDirectory.manifestName)
    config = try FileBytes(reading: path + "/" + RunDirectory.configName).bytes
    checkpoint = try CheckpointFolder.latest(run: path)
  }

  /// A file that the run has written; what is wrong with it is damage, not a mistake in a config.
  private static func recorded(_ path: String, _ name: String) throws(Diagnostics) -> JSON {
    do throws(Diagnostics) {
      let json = try JSON(reading: path + "/" + name)
      if json.members?.isEmpty == false { return json }
    } catch {
      if error.list.contains(where: { !$0.code.name.hasPrefix("E00") }) { throw error }
    }
    throw Diagnostics(
      .damagedRun, at: .wholeFile(path: path + "/" + name), "is damaged, so the run cannot be resumed. Train it again with --overwrite.")
  }

  /// Throws for every setting of `new` that may not change, and for data that differ from the original.
  func check(_ new: JSON, _ file: ConfigFile, _ sources: [DataSource]) throws(Diagnostics) {
    try Self.check(
      new, against: resolved, but: Self.changeable, file,
      "Only train.epochs, train.max_steps, train.max_minutes, early_stopping.patience, expect, strict and threads may change when a run is resumed; "
        + "use another --name to start a new run.")
    try Self.check(sources, against: manifest, in: directory.path)
  }

  /// Throws for every setting of `new` that differs from `old`, except `changeable` ones; `advice` says what to do.
  static func check(
    _ new: JSON, against old: JSON, but changeable: Set<String>, _ file: ConfigFile, _ advice: String
  ) throws(Diagnostics) {
    let mistakes = differences(old, new, but: changeable).map { difference in
      Diagnostic(
        .fixedSetting, at: file.place(of: difference.path) ?? .wholeFile(path: file.path),
        "\(difference.path): is \((difference.new ?? .null).serialized()), but the run was started with "
          + "\((difference.old ?? .null).serialized()). \(advice)")
    }
    if !mistakes.isEmpty { throw Diagnostics(mistakes) }
  }

  /// Throws for data that differ from those in the `manifest` of a run in `directory`.
  static func check(_ sources: [DataSource], against manifest: JSON, in directory: String) throws(Diagnostics) {
    let before = (manifest["data"]?.array ?? []).map { ($0["path"]?.string, $0["sha256"]?.string) }
    let changed = zip(sources, before).filter { $0.sha256 != $1.1 }.map(\.0.path)
    guard changed.isEmpty, before.count == sources.count else {
      throw Diagnostics(
        (changed.isEmpty ? [directory] : changed).map { path in
          Diagnostic(
            .changedData, at: .wholeFile(path: path),
            "changed since the run started (by its SHA-256 in \(RunDirectory.manifestName)). Restore the file, or start a new run.")
        })
    }
  }

  /// The innermost keys in which two configs differ, except those that may; a missing key equals null.
  private static func differences(
    _ old: JSON, _ new: JSON, but changeable: Set<String>, at path: String = ""
  ) -> [(path: String, old: JSON?, new: JSON?)] {
    if changeable.contains(path) { return [] }
    guard let before = old.members, let after = new.members else { return old == new ? [] : [(path, old, new)] }
    let names = before.map(\.name) + after.map(\.name).filter { name in !before.contains { $0.name == name } }
    return names.flatMap { name in
      differences(old[name] ?? .null, new[name] ?? .null, but: changeable, at: path.isEmpty ? name : path + "." + name)
    }
  }
}
