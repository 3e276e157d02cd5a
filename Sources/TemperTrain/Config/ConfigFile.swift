import TemperFiles
import TemperJSON

/// A config as it was given, with overrides from the command line, and what it was parsed into.
public struct ConfigFile: Sendable {
  /// The path as given; `-` was standard input.
  public let path: String
  /// The bytes of the file.
  public private(set) var bytes: [UInt8]
  /// The parsed config.
  public let config: RunConfig
  /// The same with every default filled in and absolute paths: a valid config that reproduces the weights.
  public let resolved: JSON
  /// The merged file and command line, with source positions.
  private let source: JSON

  /// Reads a file, removes the keys `removed`, merges `overrides` (`key=value`) into it and `spaces` (`key=expression`) into the space of its sweep,
  /// and parses the result; reports all errors at once.
  public init(
    path: String, overrides: [String] = [], removing removed: [String] = [], spaces: [String] = [], components: Components = .standard
  ) throws(Diagnostics) {
    let file = try FileBytes(reading: path)
    var json = try JSON(file)
    var mistakes: [Diagnostic] = []
    for key in removed {
      if json.value(at: key) == nil, !RunConfig.knows(key, components), !key.isEmpty, !key.contains("=") {
        mistakes.append(Diagnostic(.unknownKey, at: .option("--unset \(key)"), "unknown key; it is neither in the file nor a config key"))
        continue
      }
      do { try json.remove(key: key) } catch { mistakes += error.list }
    }
    let name = json["name"]?.string ?? Self.defaultName(path)
    for override in overrides {
      do { try json.apply(override: override) } catch { mistakes += error.list }
    }
    for space in spaces {
      do { try json.apply(space: space) } catch { mistakes += error.list }
    }
    Self.makePathsAbsolute(&json, folder: path == "-" ? "." : Paths.folder(of: path), components)
    Self.nameBaselines(&json, name)
    try self.init(path: path, bytes: file.bytes, source: json, components, mistakes)
  }

  /// Parses `source`, whose paths are absolute; throws `mistakes` and all errors found here.
  private init(
    path: String, bytes: [UInt8], source: JSON, _ components: Components, _ mistakes: [Diagnostic] = []
  ) throws(Diagnostics) {
    func read(_ aliases: [String: String]) -> FieldReader.Outcome<RunConfig> {
      FieldReader.read(source, aliases: aliases) { RunConfig($0, defaultName: Self.defaultName(path), components) }
    }
    // All names take longer to find than a config to read, and only matter for one with a mistake.
    var outcome = read(Aliases.keys)
    if !outcome.diagnostics.isEmpty { outcome = read(Aliases.all) }
    let mistakes = mistakes + outcome.diagnostics
    if !mistakes.isEmpty { throw Diagnostics(mistakes) }
    self.path = path
    self.bytes = bytes
    config = outcome.value
    var resolved = outcome.resolved
    resolved.update("name") { $0 = .string(outcome.value.name) }
    self.resolved = resolved
    self.source = source
  }

  /// The config that the model in `folder` was trained with. Errors in it are damage, not user mistakes.
  public init(_ folder: ModelFolder) throws(Diagnostics) {
    self = try ModelFolder.stored { () throws(Diagnostics) in
      try ConfigFile(stored: folder.config, path: folder.path + "/" + ModelFolder.configName, folder.components)
    }
  }

  /// The file with the overrides, absolute paths and its name, without the defaults: the same config wherever it is read.
  package var portable: JSON {
    var json = source
    if json["name"] == nil, case .object(let members) = json.content {
      json.content = .object(members + [JSON.Member("name", .string(config.name))])
    }
    return json
  }

  /// The config whose ``portable`` form is `json`, from the file `path`.
  package init(portable json: JSON, path: String) throws(Diagnostics) {
    try self.init(stored: json, path: path, .standard)
    bytes = Array((json.serialized(pretty: true) + "\n").utf8)
  }

  /// The config that was recorded at `path`.
  init(stored json: JSON, path: String, _ components: Components) throws(Diagnostics) {
    try self.init(path: path, bytes: [], source: json, components)
  }

  /// The config of an ordinary run that is one of several, in the folder `name` of `directory`, with `settings` changed and without the
  /// expectations, which apply to the runs as a whole.
  public func part(
    _ name: String, of directory: String, changing settings: [(key: String, value: JSON)]
  ) throws(Diagnostics) -> ConfigFile {
    var source = try source(changing: settings + [("output_dir", .string(directory)), ("name", .string(name))])
    for key in ["expect", "sweep"] { try source.remove(key: key) }
    return try ConfigFile(path: path, bytes: bytes, source: source, config.components)
  }

  /// The winner of a sweep, which has `settings` changed: the file without the sweep, a name and a folder.
  package func winner(_ settings: [(key: String, value: JSON)]) throws(Diagnostics) -> JSON {
    var source = try source(changing: settings)
    for key in ["sweep", "name", "output_dir"] { try source.remove(key: key) }
    return source
  }

  /// The same config with `settings` changed.
  package func changing(_ settings: [(key: String, value: JSON)]) throws(Diagnostics) -> ConfigFile {
    try ConfigFile(path: path, bytes: bytes, source: try source(changing: settings), config.components)
  }

  private func source(changing settings: [(key: String, value: JSON)]) throws(Diagnostics) -> JSON {
    var source = source
    for (key, value) in settings { try source.apply(override: "\(key)=\(value.serialized())") }
    return source
  }

  /// The same config with the bytes given when the run began.
  func with(bytes: [UInt8]) -> ConfigFile {
    var file = self
    file.bytes = bytes
    return file
  }

  /// The source position of the key at `path`, such as `train.epochs`; nil if it is absent or null.
  func place(of path: String) -> Place? {
    source.value(at: path).flatMap { $0.isNull ? nil : $0.place ?? .wholeFile(path: self.path) }
  }

  /// The config for resuming the run in the directory `run`: the recorded one or the file at `path`, with `overrides` and without the
  /// keys `removed`.
  public init(
    resuming run: String, path: String? = nil, overrides: [String] = [], removing removed: [String] = [],
    components: Components = .standard
  ) throws(Diagnostics) {
    let run = Paths.absolute(run)
    let recorded = run + "/" + RunDirectory.resolvedName
    guard Files.exists(recorded) else { throw RunDirectory.noRun(run) }
    // The directory may have been moved.
    let place = [("output_dir", Paths.folder(of: run)), ("name", Paths.name(of: run))]
    try self.init(
      path: path ?? recorded, overrides: overrides + place.map { "\($0.0)=\(JSON.string($0.1).serialized())" },
      removing: removed, components: components)
  }

  private static func defaultName(_ path: String) -> String { path == "-" ? "run" : Paths.stem(of: path) }

  /// States which config of a baseline an expectation refers to: the file's own, which a run by another name would not find.
  private static func nameBaselines(_ json: inout JSON, _ name: String) {
    json.update("expect") { expectations in
      for metric in (expectations.members ?? []).filter({ $0.value["of"] != nil && $0.value["config"] == nil }).map(\.name) {
        expectations.update(metric) { bounds in
          if case .object(let members) = bounds.content { bounds.content = .object(members + [JSON.Member("config", .string(name))]) }
        }
      }
    }
  }

  /// Paths in the file are relative to its folder; those from the command line, and `output_dir` always, are relative to the working
  /// directory.
  private static func makePathsAbsolute(_ json: inout JSON, folder: String, _ components: Components) {
    let task = json["task"]?.string.flatMap { components.task($0) } ?? components.tasks.first
    let type = json["data"]?["type"]?.string ?? task?.defaultInput
    let input = components.inputs.first { $0.type == type }
    json.update("data") { data in
      makeAbsolute(input?.pathKeys ?? [], of: &data, folder)
      data.update("tokenizer") { makeAbsolute(TokenizerConfig.pathKeys, of: &$0, folder) }
    }
    json.update("init") { makeAbsolute(InitConfig.pathKeys, of: &$0, folder) }
    json.update("expect") { expectations in
      for name in (expectations.members ?? []).map(\.name) {
        expectations.update(name) { makeAbsolute(Expectation.pathKeys, of: &$0, folder) }
      }
    }
    if json["output_dir"] == nil, case .object(let members) = json.content {
      json.content = .object(members + [JSON.Member("output_dir", "runs")])
    }
    json.update("output_dir") { value in
      if let path = value.string { value.content = .string(Paths.absolute(path)) }
    }
  }
}

/// Makes the paths at `keys` of a block absolute: one, or an array of them. They are relative to `folder`, or to the working directory
/// if given on the command line.
private func makeAbsolute(_ keys: [String], of block: inout JSON, _ folder: String) {
  for key in keys {
    block.update(key) { value in
      var base = folder
      if case .option? = value.place { base = "." }
      func makeAbsolute(_ value: inout JSON) {
        if let path = value.string, path != "-" { value.content = .string(Paths.absolute(path, in: base)) }
      }
      if case .array(var items) = value.content {
        for index in items.indices { makeAbsolute(&items[index]) }
        value.content = .array(items)
      } else {
        makeAbsolute(&value)
      }
    }
  }
}

extension JSON {
  /// The value at the path `key`, such as `train.epochs`.
  package func value(at key: String) -> JSON? { key.split(separator: ".").reduce(self as JSON?) { $0?[String($1)] } }

  /// Changes the member called `name` in place, if this is an object that has it.
  mutating func update(_ name: String, _ change: (inout JSON) -> Void) {
    guard case .object(var members) = content, let index = members.firstIndex(where: { $0.name == name }) else { return }
    change(&members[index].value)
    content = .object(members)
  }
}
