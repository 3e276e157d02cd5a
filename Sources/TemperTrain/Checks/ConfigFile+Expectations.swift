import TemperFiles
import TemperJSON
import TemperMetrics

extension ConfigFile {
  /// The expectations of the config, those relative to a baseline file as the bounds that follow from it. Throws if such a file is missing or
  /// lacks the metric; those of the file at the absolute path `written` are left out, because it is yet to be written.
  public func expectations(besides written: String? = nil) throws(Diagnostics) -> [Expectation] {
    var files: [String: BaselineFile] = [:]
    var bounded: [Expectation] = []
    for expectation in config.expectations {
      guard let reference = expectation.reference else {
        bounded.append(expectation)
        continue
      }
      if reference.path == written { continue }
      let file: BaselineFile
      if let known = files[reference.path] { file = known } else { file = try BaselineFile(reading: reference.path) }
      files[reference.path] = file
      let name = reference.config ?? config.name
      guard let entry = file.entry(name, config: Paths.absolute(path)) else {
        throw Diagnostics(
          .badBaseline, at: .wholeFile(path: reference.path),
          "has no config \(quoted(name)), whose expect refers to it; it has \(listed(file.entries.map(\.name))). "
            + "Add the config with temper check --update-baseline.")
      }
      guard let mean = entry[expectation.metric].flatMap({ SampleSummary($0.values).mean }) else {
        throw Diagnostics(
          .badBaseline, at: .wholeFile(path: reference.path),
          "has no \(expectation.metric) of the config \(quoted(name)), whose expect refers to it. "
            + "Write it again with temper check --update-baseline.")
      }
      bounded.append(expectation.bounded(by: mean))
    }
    return bounded
  }
}
