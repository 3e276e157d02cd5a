import Glibc
import TemperFiles
import TemperJSON

extension BaselineFile {
  /// Reads the file at `path`.
  public init(reading path: String) throws(Diagnostics) {
    let file = try FileBytes(reading: path)
    let folder = Paths.folder(of: path)
    self.init(path: path)
    do throws(Diagnostics) {
      let json = try JSON(file)
      if json.members != nil, json["configs"] == nil {
        throw Diagnostics(.badBaseline, at: .wholeFile(path: path), "has no \"configs\". Write it with temper check --update-baseline.")
      }
      let outcome = FieldReader.read(json) { c in
        c.objects("configs", doc: "Configs with their values.") { Entry($0, folder: folder) }
      }
      for entry in try outcome.get().value { replace(nil, with: entry) }
    } catch {
      // A mistake in this file is one in data, not in the config.
      throw Diagnostics(error.list.map { Diagnostic(.badBaseline, at: $0.place, $0.message) })
    }
  }

  /// Changes the file at `path`, or a new one, by `change`, while no other process does.
  static func update(_ path: String, _ change: (inout BaselineFile) -> Void) throws(Diagnostics) {
    let folder = Paths.folder(of: Paths.absolute(path))
    try Files.makeFolder(folder)
    // The folder is locked, since the file is replaced.
    let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if lock >= 0 { close(lock) } }
    if lock >= 0 { flock(lock, LOCK_EX) }
    var file = Files.exists(path) ? try BaselineFile(reading: path) : BaselineFile(path: path)
    change(&file)
    try file.write()
  }

  /// Writes the file atomically.
  public func write() throws(Diagnostics) {
    let folder = Paths.folder(of: path)
    try Files.write(JSON.object([("configs", .array(entries.map { $0.json(folder: folder) }))]), to: path)
  }
}

extension BaselineFile.Entry {
  fileprivate init(_ c: FieldReader, folder: String) {
    name = c.string("name", doc: "Name of the config.")
    config = Paths.absolute(c.string("config", doc: "Path of the config; relative to this file."), in: folder)
    let version = c.string("temper", doc: "Version of Temper.")
    let processor = c.optionalString("processor", doc: "Processor.")
    let threads = c.integer("threads", in: 1..., doc: "Threads of each run.")
    let data = c.objects("data", doc: "Files of data.") { c in
      BaselineFile.Data(name: c.string("name", doc: "File name."), sha256: c.string("sha256", doc: "SHA-256 of the file."))
    }
    origin = BaselineFile.Origin(version: version, processor: processor, threads: threads, data: data)
    seeds = c.integers("seeds", in: 0..., count: 1..., doc: "Seeds of the runs.")
    let values = ValueReader.object { c in
      BaselineFile.Values(
        values: c.value(
          "values", .list(of: .number(precision: .double), count: 1...), doc: "Values, one for each seed that has the metric."),
        minDelta: c.optionalNumber("min_delta", in: 0..., precision: .double, doc: "Smallest difference that counts."))
    }
    metrics = c.value("metrics", .map(of: values), doc: "Metrics by full name.").map { ($0.key, $0.value) }
  }

  fileprivate func json(folder: String) -> JSON {
    .object([
      ("name", .string(name)), ("config", .string(Paths.relative(config, to: folder))), ("temper", .string(origin.version)),
      ("processor", origin.processor.map { .string($0) } ?? .null), ("threads", .integer(origin.threads)),
      ("data", .array(origin.data.map { ["name": .string($0.name), "sha256": .string($0.sha256)] })),
      ("seeds", .array(seeds.map { .integer($0) })),
      (
        "metrics",
        .object(
          metrics.map { name, values in
            let minDelta: [(String, JSON)] = values.minDelta.map { [("min_delta", .number($0))] } ?? []
            return (name, .object([("values", .array(values.values.map { .number($0) }))] + minDelta))
          })
      ),
    ])
  }
}
