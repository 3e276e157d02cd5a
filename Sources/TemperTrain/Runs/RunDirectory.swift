import Glibc
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A folder that should be a run directory is not.
  public static let noRun = Diagnostic.Code("E0311", "there is no run in this folder")
  /// The run directory already exists.
  public static let runExists = Diagnostic.Code("E0402", "the run already exists")
  /// Another process is writing to the run directory.
  public static let runLocked = Diagnostic.Code("E0403", "another process is writing to the run")
  /// The run directory is no longer where it was when the run began to write to it.
  public static let runMoved = Diagnostic.Code("E0406", "the directory of a run was moved or removed during the run")
  /// The metrics of a run do not match the checkpoint it resumes from.
  public static let changedMetrics = Diagnostic.Code("E0248", "the metrics of a run have missing or changed lines")
}

/// The directory of one run, `output_dir/name`, locked while the run writes to it.
///
/// Whenever the process is killed, it leaves either a run that can be resumed, identified by resolved.json, or no run, which can be
/// overwritten: ``clear()`` removes resolved.json first, and a new run writes it last.
package final class RunDirectory {
  /// Its path.
  let path: String
  private var lock: CInt = -1
  /// Whether files are on disk once they are written. Otherwise a power failure can lose the run, which is then to be repeated.
  private let waitsForDisk: Bool

  /// Opens the directory for a run: creates it, or handles an existing run as `existing` says.
  init(_ path: String, existing: Runner.Existing, waitsForDisk: Bool = true) throws(Diagnostics) {
    (self.path, self.waitsForDisk) = (path, waitsForDisk)
    let isThere = Files.exists(path)
    let isRun = Files.isFolder(path) && Files.exists(path + "/" + Self.resolvedName)
    switch existing {
    case .refuse:
      if isThere { throw Self.runExists(path, isRun: isRun) }
      try Files.makeFolder(path)
      try takeLock()
      // Another process may have created and finished the same run since.
      guard Self.isBeginning(path) else { throw Self.runExists(path, isRun: true) }
      try clear()
    case .replace:
      if !isThere {
        try Files.makeFolder(path)
      } else if !isRun, !(Files.isFolder(path) && Self.isBeginning(path)) {
        throw Diagnostics(
          .runExists, at: .wholeFile(path: path), "is not a run's directory, so it is not overwritten. Use another --name or --output-dir.")
      }
      try takeLock()
      try clear()
    case .resume:
      guard isRun else { throw Self.noRun(path) }
      try takeLock()
      try Files.finishReplacements(in: path)
    }
  }

  /// An error for a missing run.
  package static func noRun(_ path: String) -> Diagnostics {
    let isBeginning = Files.exists(path + "/" + lockName) && isBeginning(path)
    return Diagnostics(
      .noRun, at: .wholeFile(path: path),
      isBeginning
        ? "has nothing to resume: the run ended during start-up. Train again with --overwrite."
        : "is not a run's directory: \(resolvedName) is missing. Use the directory of a run.")
  }

  private static func runExists(_ path: String, isRun: Bool) -> Diagnostics {
    Diagnostics(
      .runExists, at: .wholeFile(path: path),
      "the run already exists. Use another --name, or --overwrite to replace it"
        + (isRun ? ", or --resume \(path) to continue it." : "."))
  }

  /// Whether `path` holds only what a process leaves when killed before a run is established, or while clearing one.
  private static func isBeginning(_ path: String) -> Bool {
    let names = Files.names(in: path)
    if names.contains(clearingName) { return true }
    let files = ["config.json", manifestName, resolvedName] + Experiments.all.compactMap { $0.mark }
    return Set(files + files.map { $0 + ".partial" } + [lockName, metricsName, timingName, tensorBoardName]).isSuperset(of: names)
  }

  /// Removes all files of a run. Until that is done, a marker file identifies it as a former run, so that a process killed in between
  /// leaves something that can be overwritten.
  private func clear() throws(Diagnostics) {
    if Files.exists(path + "/" + Self.resolvedName), rename(path + "/" + Self.resolvedName, path + "/" + Self.clearingName) != 0 {
      throw Files.failure("cannot remove", path + "/" + Self.resolvedName)
    }
    for name in Files.names(in: path) where name != Self.lockName && name != Self.clearingName { try Files.remove(path + "/" + name) }
    try Files.remove(path + "/" + Self.clearingName)
  }

  /// Removes the files of a run that starts over; those that identify it and let it resume stay until they are rewritten.
  func startOver() throws(Diagnostics) {
    let kept = [Self.lockName, Self.configName, Self.manifestName, Self.resolvedName]
    for name in Files.names(in: path) where !kept.contains(name) { try Files.remove(path + "/" + name) }
  }

  deinit {
    if lock >= 0 {
      if isInPlace { unlink(path + "/" + Self.lockName) }
      close(lock)
    }
  }

  /// Writes a file of the directory atomically.
  func write(_ bytes: [UInt8], to name: String) throws(Diagnostics) {
    try inPlace { () throws(Diagnostics) in try Files.write(bytes, to: path + "/" + name, waitsForDisk: waitsForDisk) }
  }

  /// Writes to the directory by `write`; if that fails because the directory has moved, the error says so.
  func inPlace(_ write: () throws(Diagnostics) -> Void) throws(Diagnostics) {
    try demandPlace()
    do throws(Diagnostics) {
      try write()
    } catch {
      try demandPlace()
      throw error
    }
  }

  /// The lines of metrics.jsonl, one per evaluation.
  func evaluations() throws(Diagnostics) -> [JSON] { try Self.evaluations(of: path) }

  /// The lines of metrics.jsonl of the run in `path`, without one that is still being written; empty before the first evaluation.
  static func evaluations(of path: String) throws(Diagnostics) -> [JSON] {
    let name = path + "/" + metricsName
    guard Files.exists(name) else { return [] }
    let bytes = try FileBytes(reading: name).bytes
    let whole = bytes[..<((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)]
    return try whole.split(separator: UInt8(ascii: "\n")).map { line throws(Diagnostics) in try JSON.parse(Array(line), path: name) }
  }

  /// Writes a JSON file of the directory atomically.
  func write(_ json: JSON, to name: String) throws(Diagnostics) {
    try write(Array(json.fileText.utf8), to: name)
  }

  /// Throws if the directory was moved or removed, so that writing to its path would affect another run.
  func demandPlace() throws(Diagnostics) {
    if isInPlace { return }
    throw Diagnostics(
      .runMoved, at: .wholeFile(path: path),
      "the run's directory was moved or removed during the run, which ends here. If it was moved, resume the run with --resume "
        + "and its new path.")
  }

  /// The config as it was given.
  static let configName = "config.json"
  /// The config with every default filled in, which identifies a run.
  package static let resolvedName = "resolved.json"
  /// The circumstances of the run.
  package static let manifestName = "manifest.json"
  /// The result of a finished run, as printed by `train --json`.
  package static let resultsName = "results.json"
  /// The ledger of the guard.
  package static let guardName = "guard.json"
  /// The metrics of every evaluation.
  package static let metricsName = "metrics.jsonl"
  /// The folder of TensorBoard event files.
  static let tensorBoardName = "tensorboard"
  /// The page that `temper report` writes.
  package static let reportName = "report.html"
  /// The time of every evaluation.
  package static let timingName = "timing.jsonl"
  private static let lockName = ".lock"
  /// The name of resolved.json while a run is being cleared.
  private static let clearingName = ".clearing"

  /// Whether the held lock is the one that others would see.
  private var isInPlace: Bool {
    var (held, met) = (stat(), stat())
    return fstat(lock, &held) == 0 && stat(path + "/" + Self.lockName, &met) == 0 && held.st_ino == met.st_ino && held.st_dev == met.st_dev
  }

  /// Whether a process is writing to the run in `path`.
  package static func isLocked(_ path: String) -> Bool {
    let descriptor = open(path + "/" + lockName, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private func takeLock() throws(Diagnostics) {
    // The file may be removed by a run that ends between opening and locking it: that lock protects nothing.
    for _ in 0..<1000 {
      lock = open(path + "/" + Self.lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard lock >= 0 else { throw Files.failure("cannot write", path) }
      guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { break }
      if isInPlace { return }
      close(lock)
    }
    if lock >= 0 { close(lock) }
    lock = -1
    throw Diagnostics(
      .runLocked, at: .wholeFile(path: path), "another process is writing to this run. Wait for it, or use another --name.")
  }
}
