import Glibc
import TemperData
import TemperFiles
import TemperJSON

/// An append-only file in a run directory, one event per line.
final class LogFile {
  private let directory: RunDirectory
  private let name: String
  private var descriptor: CInt = -1
  /// The hash of all lines, and their number of bytes.
  private var hash = SHA256()
  private var count = 0
  /// A checkpoint's record of the lines before it.
  private var saved: JSON = .null

  init(_ directory: RunDirectory, _ name: String) {
    (self.directory, self.name) = (directory, name)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private var path: String { directory.path + "/" + name }

  /// Opens the file for appending after the lines that `checkpoint` covers; later ones are removed, because they will be written again.
  /// Throws if the file does not begin with the lines covered.
  func open(resuming checkpoint: Checkpoint?) throws(Diagnostics) {
    if let checkpoint {
      let bytes = Files.exists(path) ? try FileBytes(reading: path).bytes : []
      let count = saved["bytes"]?.integer ?? -1
      guard count >= 0, count <= bytes.count, SHA256.hex(Array(bytes[..<count])) == saved["sha256"]?.string else {
        throw Diagnostics(
          .changedMetrics, at: .wholeFile(path: path),
          "its lines up to step \(checkpoint.step) changed since the run wrote them (by their SHA-256 in \(checkpoint.folder)). Restore "
            + "the file, or train again with --overwrite.")
      }
      if count < bytes.count { try directory.write(Array(bytes[..<count]), to: name) }
      bytes[..<count].withUnsafeBufferPointer { hash.update($0) }
      self.count = count
    }
    try open()
  }

  /// Opens the file for appending after the lines up to `step`; missing lines are tolerated.
  func open(through step: Int?) throws(Diagnostics) {
    if let step, Files.exists(path) {
      let bytes = try FileBytes(reading: path).bytes
      var end = bytes.startIndex
      while let lineEnd = bytes[end...].firstIndex(of: UInt8(ascii: "\n")),
        let line = try? JSON.parse(Array(bytes[end..<lineEnd]), path: name), let reached = line["step"]?.integer, reached <= step
      {
        end = lineEnd + 1
      }
      if end < bytes.endIndex { try directory.write(Array(bytes[..<end]), to: name) }
    }
    try open()
  }

  private func open() throws(Diagnostics) {
    descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Files.failure("cannot write", path) }
  }

  /// Appends a line.
  func append(_ json: JSON) throws(Diagnostics) {
    let line = Array((json.serialized() + "\n").utf8)
    try directory.demandPlace()
    guard Files.writeAll(line, to: descriptor) else { throw Files.failure("cannot write", path) }
    line.withUnsafeBufferPointer { hash.update($0) }
    count += line.count
  }

  /// Flushes all lines to disk.
  func sync() { fsync(descriptor) }

  /// The record of the lines in a checkpoint.
  var place: JSON { .object([("bytes", .integer(count)), ("sha256", .string(hash.hex()))]) }

  /// Restores a checkpoint's record, for ``open(resuming:)``.
  func restore(_ place: JSON) { saved = place }
}
