import Glibc
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A directory that should be a run's is not.
  public static let noRun = Diagnostic.Code("E0311", "there is no run in this folder")
  /// The directory of a run is there already.
  public static let runExists = Diagnostic.Code("E0402", "the run exists already")
  /// Another process is writing to the directory of a run.
  public static let runLocked = Diagnostic.Code("E0403", "another process is writing to the run")
  /// The directory of a run is not where it was when the run began to write to it.
  public static let runMoved = Diagnostic.Code("E0406", "the directory of a run was moved or removed while the run wrote to it")
  /// The metrics of a run are not those that its checkpoint goes on from.
  public static let changedMetrics = Diagnostic.Code("E0248", "the metrics of a run have lost or changed lines")
}

/// The directory of one run, `output_dir/name`, held by a lock while the run writes to it.
///
/// Whenever the process is killed, what stays is either a run that can be resumed, known by resolved.json, or no run, which can be
/// overwritten: ``clear()`` takes resolved.json away first, and a new run writes it last.
final class RunDirectory {
  /// Where it is.
  let path: String
  private var lock: CInt = -1

  /// Takes the directory for a run: makes it, or does with a run that is there already what `existing` says.
  init(_ path: String, existing: Runner.Existing) throws(Diagnostics) {
    self.path = path
    let isThere = Files.exists(path)
    let isRun = Files.isFolder(path) && Files.exists(path + "/" + Self.resolvedName)
    switch existing {
    case .refuse:
      if isThere { throw Self.runExists(path, isRun: isRun) }
      try Files.makeFolder(path)
      try takeLock()
      // Another process may have made the same run, and ended it, since.
      guard Self.isBeginning(path) else { throw Self.runExists(path, isRun: true) }
      try clear()
    case .replace:
      if !isThere {
        try Files.makeFolder(path)
      } else if !isRun, !(Files.isFolder(path) && Self.isBeginning(path)) {
        throw Diagnostics(
          .runExists, at: .wholeFile(path: path), "is no directory of a run, and is not overwritten. Give another --name or --output-dir.")
      }
      try takeLock()
      try clear()
    case .resume:
      guard isRun else { throw Self.noRun(path) }
      try takeLock()
      try Files.finishReplacements(in: path)
    }
  }

  /// An error where a run should be.
  static func noRun(_ path: String) -> Diagnostics {
    let isBeginning = Files.exists(path + "/" + lockName) && isBeginning(path)
    return Diagnostics(
      .noRun, at: .wholeFile(path: path),
      isBeginning
        ? "is no run yet: it was ended before there was anything to go on from. Start it anew with --overwrite."
        : "is no directory of a run: \(resolvedName) is missing. Name one that a run has left.")
  }

  private static func runExists(_ path: String, isRun: Bool) -> Diagnostics {
    Diagnostics(
      .runExists, at: .wholeFile(path: path),
      "the run exists already. Give another --name, or --overwrite to replace it"
        + (isRun ? ", or --resume \(path) to go on with it." : "."))
  }

  /// Whether `path` holds nothing but what a process leaves that is killed before a run is known, or while it cleared one.
  private static func isBeginning(_ path: String) -> Bool {
    let names = Files.names(in: path)
    if names.contains(clearingName) { return true }
    let files = ["config.json", manifestName, resolvedName] + Experiments.all.compactMap { $0.mark }
    return Set(files + files.map { $0 + ".partial" } + [lockName, metricsName, timingName]).isSuperset(of: names)
  }

  /// Removes all that a run has left. Until that is done a file says that this was a run, so that a process which is killed in between leaves
  /// what can be overwritten.
  private func clear() throws(Diagnostics) {
    if Files.exists(path + "/" + Self.resolvedName), rename(path + "/" + Self.resolvedName, path + "/" + Self.clearingName) != 0 {
      throw Files.failure("cannot remove", path + "/" + Self.resolvedName)
    }
    for name in Files.names(in: path) where name != Self.lockName && name != Self.clearingName { try Files.remove(path + "/" + name) }
    try Files.remove(path + "/" + Self.clearingName)
  }

  /// Removes what a run has left that starts over; what it is known and resumed by stays until it is written anew.
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

  /// Writes a file of the directory, whole or not at all.
  func write(_ bytes: [UInt8], to name: String) throws(Diagnostics) {
    try inPlace { () throws(Diagnostics) in try Files.write(bytes, to: path + "/" + name) }
  }

  /// Writes to the directory by `write`; where that goes wrong because the directory is not where it was, the error says so.
  func inPlace(_ write: () throws(Diagnostics) -> Void) throws(Diagnostics) {
    try demandPlace()
    do throws(Diagnostics) {
      try write()
    } catch {
      try demandPlace()
      throw error
    }
  }

  /// The lines of metrics.jsonl: an evaluation each.
  func evaluations() throws(Diagnostics) -> [JSON] { try Self.evaluations(of: path) }

  /// The lines of metrics.jsonl of the run in `path`, without one that is still being written; none before the first evaluation.
  static func evaluations(of path: String) throws(Diagnostics) -> [JSON] {
    let name = path + "/" + metricsName
    guard Files.exists(name) else { return [] }
    let bytes = try FileBytes(reading: name).bytes
    let whole = bytes[..<((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)]
    return try whole.split(separator: UInt8(ascii: "\n")).map { line throws(Diagnostics) in try JSON.parse(Array(line), path: name) }
  }

  /// Writes a JSON file of the directory, whole or not at all.
  func write(_ json: JSON, to name: String) throws(Diagnostics) {
    try write(Array((json.serialized(pretty: true) + "\n").utf8), to: name)
  }

  /// Throws where the directory is not where it was: it was moved or removed, and what is written to its path would be of another run.
  func demandPlace() throws(Diagnostics) {
    if isInPlace { return }
    throw Diagnostics(
      .runMoved, at: .wholeFile(path: path),
      "the run's directory was moved or removed while the run wrote to it; the run ends here. Where it was moved, go on with it by --resume "
        + "and its new path.")
  }

  /// The config as it was given.
  static let configName = "config.json"
  /// The config with every default filled in, by which a run is known.
  static let resolvedName = "resolved.json"
  /// Under which circumstances the run took place.
  static let manifestName = "manifest.json"
  /// What a run that has ended came to, as `train --json` prints it.
  static let resultsName = "results.json"
  /// What every evaluation found.
  static let metricsName = "metrics.jsonl"
  /// When every evaluation was done.
  static let timingName = "timing.jsonl"
  private static let lockName = ".lock"
  /// What resolved.json is called while a run is cleared.
  private static let clearingName = ".clearing"

  /// Whether the lock that is held is the one that others would meet.
  private var isInPlace: Bool {
    var (held, met) = (stat(), stat())
    return fstat(lock, &held) == 0 && stat(path + "/" + Self.lockName, &met) == 0 && held.st_ino == met.st_ino && held.st_dev == met.st_dev
  }

  /// Whether a process is writing to the run in `path`.
  static func isLocked(_ path: String) -> Bool {
    let descriptor = open(path + "/" + lockName, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private func takeLock() throws(Diagnostics) {
    // The file may be removed by the run that ends just now, between opening and locking it: that lock is nobody's.
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
      .runLocked, at: .wholeFile(path: path), "another process is writing to this run. Wait for it, or give another --name.")
  }
}
