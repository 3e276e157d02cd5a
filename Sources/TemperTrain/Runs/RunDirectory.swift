import Glibc
import TemperJSON

/// The directory of one run, `output_dir/name`, held by a lock while the run writes to it.
final class RunDirectory {
  /// Where it is.
  let path: String
  private var lock: CInt = -1
  private var metrics: CInt = -1
  private var timing: CInt = -1

  /// Makes the directory. One that exists is an error, unless it is a run's and `overwrites` says to replace it.
  init(_ path: String, overwrites: Bool) throws(Diagnostics) {
    self.path = path
    if Files.exists(path) {
      guard overwrites else {
        throw Diagnostics(
          .runExists, at: .wholeFile(path: path), "the run exists already. Give another --name, or --overwrite to replace it.")
      }
      guard Files.isFolder(path), Files.exists(path + "/resolved.json") || Files.names(in: path).isEmpty else {
        throw Diagnostics(
          .runExists, at: .wholeFile(path: path), "is no directory of a run, and is not overwritten. Give another --name or --output-dir.")
      }
      try takeLock()
      for name in Files.names(in: path) where name != Self.lockName { try Files.remove(path + "/" + name) }
    } else {
      try Files.makeFolder(path)
      try takeLock()
    }
    metrics = try openForAppending("metrics.jsonl")
    timing = try openForAppending("timing.jsonl")
  }

  deinit {
    for descriptor in [metrics, timing] where descriptor >= 0 { close(descriptor) }
    if lock >= 0 {
      unlink(path + "/" + Self.lockName)
      close(lock)
    }
  }

  /// Adds a line to metrics.jsonl.
  func appendMetrics(_ json: JSON) throws(Diagnostics) { try append(json, to: metrics, "metrics.jsonl") }

  /// Adds a line to timing.jsonl.
  func appendTiming(_ json: JSON) throws(Diagnostics) { try append(json, to: timing, "timing.jsonl") }

  /// Writes a file of the directory, whole or not at all.
  func write(_ bytes: [UInt8], to name: String) throws(Diagnostics) { try Files.write(bytes, to: path + "/" + name) }

  /// Writes a JSON file of the directory, whole or not at all.
  func write(_ json: JSON, to name: String) throws(Diagnostics) {
    try Files.write(json.serialized(pretty: true) + "\n", to: path + "/" + name)
  }

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
