import TemperData
import TemperJSON

/// What a config comes to once its data are loaded, without a run.
package struct TaskPreview {
  /// The SHA-256 of each data file.
  package let dataHashes: [String]
  /// Whether there are validation rows.
  package let hasValidation: Bool
  /// Warnings before the first step.
  package let warnings: [Warning]

  /// Loads the data of `file`, of the first fold if it has folds, and creates its model. Throws all errors in them; if it is strict,
  /// warnings as well.
  package init(_ file: ConfigFile) throws(Diagnostics) {
    let file = file.config.data.folds.map { $0.fold == nil } ?? false ? try file.fold(1, of: file.config.outputDirectory) : file
    let session = try TrainingSession(file)
    let facts = session.task.facts
    (dataHashes, hasValidation) = (facts.sources.map(\.sha256), facts.has(.validation))
    warnings = try Preflight.warnings(file, session)
  }
}
