import TemperData
import TemperFiles
import TemperJSON

/// The directory of an experiment of several runs, held by a lock: the config, the runs' folders, and the file that marks it, with what came of
/// the runs that have ended.
public final class ExperimentDirectory {
  /// Where it is.
  public var path: String { directory.path }
  /// What its mark said when the experiment was resumed; nil of a new one.
  public let earlier: JSON?
  private let directory: RunDirectory
  private let mark: String
  private let resolved: JSON
  private let file: ConfigFile

  /// Takes the directory of `runs` for an experiment with the file `mark`. One that is resumed may differ from what it was in the settings
  /// `changeable` alone, which the `advice` tells; `otherwise` is said of a run that is not such an experiment.
  public init(
    _ runs: RunFactory, mark: String, changeable: Set<String>, otherwise: String, advice: String
  ) throws(Diagnostics) {
    (self.mark, file) = (mark, runs.file)
    var resolved = runs.file.resolved
    resolved.update("threads") { [threads = runs.threads] in $0 = .integer(threads) }
    self.resolved = resolved
    Interruptions.mayEndAtOnce(false)
    directory = try RunDirectory(runs.directory, existing: runs.options.existing)
    guard runs.isResumed else {
      earlier = nil
      return
    }
    let path = directory.path
    guard Files.exists(path + "/" + mark) else {
      throw Diagnostics(.noRun, at: .wholeFile(path: path), otherwise)
    }
    try Resumption.check(resolved, against: Self.json(path, RunDirectory.resolvedName), but: changeable, runs.file, advice)
    earlier = try Self.json(path, mark)
  }

  /// Writes what makes the directory an experiment's, with the mark's first content.
  public func begin(_ content: JSON) throws(Diagnostics) {
    if earlier == nil { try directory.write(file.bytes, to: RunDirectory.configName) }
    try write(content)
    // Written last: by this file a run is known.
    try directory.write(resolved, to: RunDirectory.resolvedName)
  }

  /// Writes the mark anew.
  public func write(_ content: JSON) throws(Diagnostics) { try directory.write(content, to: mark) }

  private static func json(_ path: String, _ name: String) throws(Diagnostics) -> JSON {
    let file = try FileBytes(reading: path + "/" + name)
    return try JSON.parse(file.bytes, path: file.name)
  }
}
