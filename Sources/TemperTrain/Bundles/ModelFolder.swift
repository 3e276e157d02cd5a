import TemperFiles
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// A folder does not hold the expected model.
  public static let noModel = Diagnostic.Code("E0310", "there is no model in this folder")
  /// A stored model whose files do not fit together.
  public static let damagedModel = Diagnostic.Code("E0241", "the files of a stored model are damaged or inconsistent")
}

/// A folder with a stored model, such as `best/` of a run: what every kind of model stores in it.
public struct ModelFolder {
  static let weightsName = "model.safetensors"
  static let configName = "config.json"
  /// The preprocessing file of a model that takes rows.
  public static let preprocessingName = "preprocessing.json"
  static let factsName = "bundle.json"
  /// Version 2 lists the files with their hashes in bundle.json; version 1 did not.
  static let version = 2
  private static let oldestVersion = 1

  /// The folder itself.
  public let path: String
  /// The components that its config may name.
  public let components: Components
  /// The task named in its config, the default task if there is none; nil if unknown.
  var task: TaskDefinition? { config["task"].map { $0.string.flatMap { components.task($0) } } ?? components.tasks.first }
  /// Its config as JSON, not yet parsed.
  public private(set) var config: JSON
  /// The step that the weights are from, and anything else this kind of model records.
  public let facts: JSON
  /// The files as they were written; nil for a folder of version 1, whose files cannot be checked.
  private let sealed: SealedFolder?

  /// Finds the model in `path`: a folder like `best/`, or a run directory, of which the reported model is used: `best/`, or `last/` where
  /// `early_stopping.restore_best` is off.
  public init(finding path: String, _ components: Components = .standard) throws(Diagnostics) {
    self.components = components
    let inner = path + "/" + Self.reported(by: path)
    let folder = Files.exists(path + "/" + Self.weightsName) ? path : inner
    guard Files.exists(folder + "/" + Self.weightsName) else {
      if let experiment = Experiments.kind(of: path) {
        let models = try experiment.models(in: path)
        throw Diagnostics(
          .noModel, at: .wholeFile(path: path), "contains \(experiment.contents), each with a model. Use one, such as \(models[0]).")
      }
      throw Diagnostics(
        .noModel, at: .wholeFile(path: path),
        Self.unfinished(path)
          ?? "contains no model: neither \(Self.weightsName) nor best/\(Self.weightsName) found. Use the directory of a finished run, or its best/ or last/."
      )
    }
    self.path = folder
    let record = folder + "/" + Self.factsName
    let file = try FileBytes(reading: record)
    let facts = try Self.stored { () throws(Diagnostics) in try JSON(file) }
    guard let version = facts["version"]?.integer, (Self.oldestVersion...Self.version).contains(version) else {
      throw Self.damaged(record, "was written by another version of Temper, or is damaged. Train the model again.")
    }
    self.facts = facts
    sealed =
      version == Self.oldestVersion
      ? nil
      : try Self.undamaged { () throws(SealedFolder.Damage) in
        try SealedFolder(reading: folder, record: Self.factsName)
      }
    step = try Self.count(facts["step"], "step", path: folder)
    config = .null
    config = try json(Self.configName)
  }

  /// The folder of the model whose metrics are in the results of a run.
  private static func reported(by run: String) -> String {
    let resolved = try? JSON(reading: run + "/" + RunDirectory.resolvedName)
    return resolved?["early_stopping"]?["restore_best"]?.bool == false ? "last" : "best"
  }

  /// The message for a run without a model that has checkpoints: it has not finished.
  private static func unfinished(_ path: String) -> String? {
    let steps = CheckpointFolder.steps(of: path)
    guard let last = steps.last else { return nil }
    return "is an unfinished run without a model. Resume it with temper train --resume \(path), or evaluate its checkpoint with "
      + "temper evaluate \(path) --checkpoint \(last)."
  }

  /// Whether it has a file called `name`.
  public func has(_ name: String) -> Bool { sealed?.has(name) ?? Files.exists(path + "/" + name) }

  /// Reads one of its files, checked against its hash.
  public func file(_ name: String) throws(Diagnostics) -> FileBytes {
    guard let sealed, Files.exists(path + "/" + name) else { return try FileBytes(reading: path + "/" + name) }
    return FileBytes(name: path + "/" + name, bytes: try Self.undamaged { () throws(SealedFolder.Damage) in try sealed.file(name) })
  }

  private static func undamaged<Value>(_ read: () throws(SealedFolder.Damage) -> Value) throws(Diagnostics) -> Value {
    do {
      return try read()
    } catch {
      throw damaged(error.path, "\(error.reason). Copy the model again, or train it again.")
    }
  }

  /// The step that the weights are from.
  public let step: Int

  /// A count among the facts, within `range`.
  public func count(_ name: String, in range: ClosedRange<Int> = Self.counts) throws(Diagnostics) -> Int {
    try Self.count(facts[name], name, in: range, path: path)
  }

  /// A list of counts among the facts.
  public func counts(_ name: String) throws(Diagnostics) -> [Int] {
    guard let items = facts[name]?.array else { throw Self.badFact(facts[name], name, "a list of whole numbers", path: path) }
    var counts: [Int] = []
    for item in items { counts.append(try Self.count(item, name, path: path)) }
    return counts
  }

  /// The ids of special tokens among the facts, in the form of a `transformers` config; nil if absent.
  func specialTokens(_ name: String) throws(Diagnostics) -> SpecialTokenIDs? {
    guard let ids = facts[name] else { return nil }
    return try Self.stored { () throws(Diagnostics) in try SpecialTokenIDs(reading: ids, path: path + "/" + Self.factsName) }
  }

  /// The valid range of a count: sums of counts fit into 64 bits.
  public static let counts = 0...1 << 40

  /// A number in bundle.json; nil if it is absent.
  func number(_ name: String) throws(Diagnostics) -> Double? {
    guard let value = facts[name] else { return nil }
    guard let number = value.number, number.isFinite else { throw Self.badFact(value, name, "a number", path: path) }
    return number
  }

  private static func count(
    _ value: JSON?, _ name: String, in range: ClosedRange<Int> = counts, path: String
  ) throws(Diagnostics) -> Int {
    guard let count = value?.integer, range.contains(count) else {
      throw badFact(value, name, "a whole number from \(range.lowerBound) to \(range.upperBound)", path: path)
    }
    return count
  }

  private static func badFact(_ value: JSON?, _ name: String, _ expected: String, path: String) -> Diagnostics {
    Diagnostics(
      .damagedModel, at: value?.place ?? .wholeFile(path: path + "/" + factsName),
      "\(name) must be \(expected). The file was written by another version of Temper, or is damaged; train the model again.")
  }

  /// One of its files as JSON.
  public func json(_ name: String) throws(Diagnostics) -> JSON {
    let file = try file(name)
    return try Self.stored { () throws(Diagnostics) in try JSON(file) }
  }

  /// The parameters, to be loaded by the model's constructor.
  public func store() throws(Diagnostics) -> ParameterStore {
    let weights = try file(Self.weightsName)
    return ParameterStore(
      loading: try Self.stored { () throws(Diagnostics) in try SafeTensors(parsing: weights.bytes, path: weights.name) })
  }

  /// Finishes loading from a store that ``store()`` returned.
  public func finishLoading(_ store: ParameterStore) throws(Diagnostics) {
    do {
      try store.finishLoading()
    } catch {
      throw Self.damaged(path + "/" + Self.weightsName, "does not match the model in \(Self.configName):\n\(error)")
    }
  }

  /// An error about an unusable file of a stored model.
  public static func damaged(_ path: String, _ message: String) -> Diagnostics {
    Diagnostics(.damagedModel, at: .wholeFile(path: path), message)
  }

  /// Rethrows errors from reading a stored file as damage, because they are not mistakes in the user's config.
  static func stored<Value>(_ read: () throws(Diagnostics) -> Value) throws(Diagnostics) -> Value {
    do {
      return try read()
    } catch {
      throw Diagnostics(
        error.list.map { finding in
          ExitStatus(Diagnostics([finding])) == .data
            ? finding : Diagnostic(.damagedModel, at: finding.place, "\(finding.message). The stored model is damaged; train it again.")
        })
    }
  }

  /// The weights of the model in the folder `path`.
  static func weights(in path: String) -> String { path + "/" + weightsName }

  /// Writes a model of `step` to `folder` atomically; weights equal to those in one of the files `twins` are hard-linked. `writeRest`
  /// writes what this kind of model needs besides weights and config, and returns the facts for bundle.json.
  static func write(
    to folder: String, weights: SafeTensors, config: JSON, step: Int, orLink twins: [String] = [],
    _ writeRest: (_ folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)]
  ) throws(Diagnostics) {
    try Files.writeFolder(folder) { (folder) throws(Diagnostics) in
      let writer = SealedFolder.Writer(folder)
      try writer.write(weights.bytes, to: weightsName, orLink: twins)
      try writer.write(config, to: configName)
      let facts = try writeRest(writer)
      try writer.finish(
        factsName, [("version", .integer(version)), ("temper", .string(temperVersion)), ("step", .integer(step))] + facts)
    }
  }
}
