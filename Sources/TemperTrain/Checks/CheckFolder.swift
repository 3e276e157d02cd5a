import Glibc
import TemperFiles
import TemperJSON

/// The folder of the runs of checks, locked while one of them uses it. A marker file lists the runs, so that the next check replaces them and
/// nothing else.
final class CheckFolder {
  /// Its path.
  let path: String
  private let lock: FolderLock

  /// The marker file.
  private static let markerName = "check.json"

  /// Opens `path`, an existing folder of checks or a new one, for the runs `runs`, which are paths in it. Removes the runs of the check before.
  init(_ path: String, runs: [String]) throws(Diagnostics) {
    self.path = path
    let marker = path + "/" + Self.markerName
    guard !Files.exists(path) || Files.exists(marker) || Files.isFolder(path) && Files.names(in: path).isEmpty else {
      throw Self.occupied(path, "exists, and no check has made it, so it is not touched. Use another --output-dir.")
    }
    try Files.makeFolder(path)
    guard let lock = try FolderLock(path) else {
      throw Diagnostics(
        .runLocked, at: .wholeFile(path: path), "another check is writing to this folder. Wait for it, or use another --output-dir.")
    }
    self.lock = lock
    let earlier = Files.exists(marker) ? (try JSON(reading: marker)["runs"]?.array ?? []).compactMap(\.string) : []
    for run in runs where !earlier.contains(run) && Files.exists(path + "/" + run) {
      throw Self.occupied(path + "/" + run, "exists, and no check has made it, so it is not overwritten. Use another --output-dir.")
    }
    for run in earlier {
      try Files.remove(path + "/" + run)
      try Files.remove(log(of: run))
      // Fails if it holds something else.
      rmdir(Paths.folder(of: path + "/" + run))
    }
    // Before the runs, so that those of a check that is killed are replaced as well.
    try Files.write(JSON.object([("runs", .array(runs.map { .string($0) }))]), to: marker)
    for run in runs { try Files.makeFolder(Paths.folder(of: path + "/" + run)) }
  }

  /// The file of what the run called `run` writes to standard error.
  func log(of run: String) -> String { path + "/" + run + ".log" }

  private static func occupied(_ path: String, _ message: String) -> Diagnostics {
    Diagnostics(.runExists, at: .wholeFile(path: path), message)
  }
}
