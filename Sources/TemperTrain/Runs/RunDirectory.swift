import Glibc
import TemperData
import TemperJSON

extension Diagnostic.Code {
  /// A directory that should be a run's is not.
  public static let noRun = Diagnostic.Code("E0311", "there is no run in this folder")
  /// The directory of a run is there already.
  public static let runExists = Diagnostic.Code("E0402", "the run exists already")
  /// Another process is writing to the directory of a run.
  public static let runLocked = Diagnostic.Code("E0403", "another process is writing to the run")
}

/// The directory of one run, `output_dir/name`, held by a lock while the run writes to it.
final class RunDirectory {
  /// Where it is.
  let path: String
  private var lock: CInt = -1
  private var metrics: CInt = -1
  private var timing: CInt = -1

  /// Takes the directory for a run: makes it, or does with a run that is there already what `existing` says.
  init(_ path: String, existing: Runner.Existing) throws(Diagnostics) {
    self.path = path
    guard Files.exists(path) else {
      if existing == .resume { throw Self.noRun(path) }
      try Files.makeFolder(path)
      try takeLock()
      return
    }
    let isRun = Files.isFolder(path) && Files.exists(path + "/" + Self.resolvedName)
    switch existing {
    case .refuse:
      throw Diagnostics(
        .runExists, at: .wholeFile(path: path),
        "the run exists already. Give another --name, or --overwrite to replace it"
          + (isRun ? ", or --resume \(path) to go on with it." : "."))
    case .replace:
      guard isRun || Files.isFolder(path) && Self.isBeginning(path) else {
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
    Diagnostics(.noRun, at: .wholeFile(path: path), "is no directory of a run: \(resolvedName) is missing. Name one that a run has left.")
  }

  /// Whether `path` holds nothing but what a run leaves that is killed before it is known as one.
  private static func isBeginning(_ path: String) -> Bool {
    let files = ["config.json", manifestName, resolvedName]
    return Set(files + files.map { $0 + ".partial" } + [lockName, metricsName, timingName]).isSuperset(of: Files.names(in: path))
  }

  /// Removes all that a run has left.
  func clear() throws(Diagnostics) {
    for name in Files.names(in: path) where name != Self.lockName { try Files.remove(path + "/" + name) }
  }

  /// Cuts metrics and timing off after `step`: what came later will come again.
  func keepLines(through step: Int) throws(Diagnostics) {
    for name in [Self.metricsName, Self.timingName] where Files.exists(path + "/" + name) {
      let bytes = try FileBytes(reading: path + "/" + name).bytes
      var end = bytes.startIndex
      while let lineEnd = bytes[end...].firstIndex(of: UInt8(ascii: "\n")),
        let line = try? JSON.parse(Array(bytes[end..<lineEnd]), path: name), let reached = line["step"]?.integer, reached <= step
      {
        end = lineEnd + 1
      }
      if end < bytes.endIndex { try write(Array(bytes[..<end]), to: name) }
    }
  }

  /// Starts to take lines of metrics and timing.
  func openLogs() throws(Diagnostics) {
    metrics = try openForAppending(Self.metricsName)
    timing = try openForAppending(Self.timingName)
  }

  /// Returns once all lines of metrics and timing are on the disk.
  func syncLogs() {
    fsync(metrics)
    fsync(timing)
  }

  deinit {
    for descriptor in [metrics, timing] where descriptor >= 0 { close(descriptor) }
    if lock >= 0 {
      unlink(path + "/" + Self.lockName)
      close(lock)
    }
  }

  /// Adds a line to metrics.jsonl.
  func appendMetrics(_ json: JSON) throws(Diagnostics) { try append(json, to: metrics, Self.metricsName) }

  /// Adds a line to timing.jsonl.
  func appendTiming(_ json: JSON) throws(Diagnostics) { try append(json, to: timing, Self.timingName) }

  /// Writes a file of the directory, whole or not at all.
  func write(_ bytes: [UInt8], to name: String) throws(Diagnostics) { try Files.write(bytes, to: path + "/" + name) }

  /// Writes a JSON file of the directory, whole or not at all.
  func write(_ json: JSON, to name: String) throws(Diagnostics) {
    try Files.write(json.serialized(pretty: true) + "\n", to: path + "/" + name)
  }

  /// The config with every default filled in, by which a run is known.
  static let resolvedName = "resolved.json"
  /// Under which circumstances the run took place.
  static let manifestName = "manifest.json"
  private static let metricsName = "metrics.jsonl"
  private static let timingName = "timing.jsonl"
  private static let lockName = ".lock"

  private func takeLock() throws(Diagnostics) {
    lock = open(path + "/" + Self.lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else { throw Files.failure("cannot write", path) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      lock = -1
      throw Diagnostics(
        .runLocked, at: .wholeFile(path: path), "another process is writing to this run. Wait for it, or give another --name.")
    }
  }

  private func openForAppending(_ name: String) throws(Diagnostics) -> CInt {
    let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Files.failure("cannot write", path + "/" + name) }
    return descriptor
  }

  private func append(_ json: JSON, to descriptor: CInt, _ name: String) throws(Diagnostics) {
    guard Files.writeAll(Array((json.serialized() + "\n").utf8), to: descriptor) else {
      throw Files.failure("cannot write", path + "/" + name)
    }
  }
}
