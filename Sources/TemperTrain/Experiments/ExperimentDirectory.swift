import TemperData
import TemperFiles
import TemperJSON

/// The locked directory of an experiment of several runs: the config, the runs' folders, and the file that identifies it, with the
/// results of finished runs.
public final class ExperimentDirectory {
  /// Its path.
  public var path: String { directory.path }
  /// The content of its mark when the experiment was resumed; nil for a new one.
  public let earlier: JSON?
  private let directory: RunDirectory
  private let mark: String
  private let resolved: JSON
  private let file: ConfigFile

  /// Opens the directory of `runs` for an experiment with the file `mark`. On resuming, only the settings `changeable` may differ, as
  /// `advice` explains; `otherwise` is the message for a run that is not such an experiment.
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
    try Resumption.check(resolved, against: JSON(reading: path + "/" + RunDirectory.resolvedName), but: changeable, runs.file, advice)
    earlier = try JSON(reading: path + "/" + mark)
  }

  /// Writes the files of an experiment, including the initial mark.
  public func begin(_ content: JSON) throws(Diagnostics) {
    if earlier == nil { try directory.write(file.bytes, to: RunDirectory.configName) }
    try write(content)
    // Written last, because this file identifies a run.
    try directory.write(resolved, to: RunDirectory.resolvedName)
  }

  /// Rewrites the mark.
  public func write(_ content: JSON) throws(Diagnostics) { try directory.write(content, to: mark) }

}
