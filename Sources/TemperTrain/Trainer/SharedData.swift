import TemperData
import TemperJSON
import TemperNN
import TemperText

/// The data of a config as a task takes them, loaded apart from it.
package struct LoadedTrainingData {
  /// The result of ``InputConfig/readFiles()``.
  let files: (any Sendable)?
  /// What the task is given: ``TrainableRows`` or a ``PreparedText``; nil for data that every task loads itself.
  let data: Any?

  /// Loads the data of `file`. Throws all errors in them.
  init(_ file: ConfigFile, files shared: (any Sendable)? = nil) throws(Diagnostics) {
    let config = file.config
    files = if let shared { shared } else { try config.data.readFiles() }
    if let input = config.data as? any LabelledInput {
      data = try input.load(TaskSetup(file, .counting(), files: files))
    } else {
      data = config.data is any TokenInput ? try PreparedText(of: file) : nil
    }
  }
}

/// Data that the runs of one process share: they are loaded again only for configs in which they could differ.
package final class SharedData: @unchecked Sendable {
  private var known: [String: LoadedTrainingData] = [:]
  private var files: [String: any Sendable] = [:]
  /// How many variants are kept.
  private let limit: Int

  /// Keeps at most `limit` variants, such as one for each seed or fold.
  package init(limit: Int) { self.limit = limit }

  /// The data of `file`.
  package func loaded(for file: ConfigFile) throws(Diagnostics) -> (files: (any Sendable)?, data: Any?) {
    let key = Self.key(file)
    if let data = known[key] { return (data.files, data.data) }
    let source = file.resolved["data"]?["path"]?.serialized() ?? ""
    let data = try LoadedTrainingData(file, files: files[source])
    files[source] = data.files
    if known.count >= limit { known.removeAll() }
    known[key] = data
    return (data.files, data.data)
  }

  /// What data depend on: their own block, the seed of the split, and how the model takes them.
  private static func key(_ file: ConfigFile) -> String {
    let (resolved, config) = (file.resolved, file.config)
    var parts = [resolved["task"], resolved["data"], resolved["seed"], resolved["loss"], resolved["train"]?["augment"]]
    let kind = config.task.sampleKind ?? config.data.sampleKind ?? .features
    parts += kind == .features ? [resolved["model"]?["type"], resolved["model"]?["text_embedding"]] : [resolved["model"]]
    return parts.map { $0?.serialized() ?? "" }.joined(separator: "\n")
  }
}
