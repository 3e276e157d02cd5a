import TemperJSON

extension Preprocessor {
  private static let version = 3
  /// The version before imputation: numeric columns with mean and deviation, categorical ones with categories.
  private static let oldestVersion = 2

  /// The complete state of the preprocessor; numbers are exact.
  public var json: JSON {
    .object((transformJSON.members ?? []).map { ($0.name, $0.value) } + [("findings", .array(findings.map(\.json)))])
  }

  /// The part that features and predictions depend on.
  var transformJSON: JSON {
    .object([
      ("version", .integer(Self.version)), ("target", target.json), ("missing_values", .array(missingValues.map { .string($0) })),
      ("columns", .array(columns.map { .object([("name", .string($0.name))] + $0.transform.members) })),
    ])
  }

  /// Parses ``json``, or its version 2. Throws `E0220` with the place of what is missing or wrong.
  public init(json: JSON) throws(Diagnostics) {
    let reader = StoredReader(file: json.place)
    guard let version = json["version"]?.integer, (Self.oldestVersion...Self.version).contains(version) else {
      throw reader.failure("version", json["version"] ?? json, "\(Self.oldestVersion) or \(Self.version)")
    }
    let target = try Target(reader, json["target"] ?? json)
    guard let stored = json["columns"]?.array else { throw reader.failure("columns", json["columns"] ?? json, "a list") }
    var columns: [Column] = []
    for item in stored { columns.append(Column(try reader.string("name", in: item), try Transform(reader, item, version: version))) }
    guard version > Self.oldestVersion else {
      self.init(columns: columns, target: target)
      return
    }
    var findings: [InferredColumn] = []
    for item in json["findings"]?.array ?? [] { findings.append(try InferredColumn(reader, item)) }
    self.init(
      columns: columns, target: target, missingValues: try reader.strings("missing_values", in: json, mayBeEmpty: true), findings: findings)
  }
}

extension Target {
  /// The stored form.
  public var json: JSON {
    switch self {
    case .classes(let label, let names):
      .object([("kind", "classes"), ("label", .string(label)), ("classes", .array(names.map { .string($0) }))])
    case .value(let label, let mean, let deviation, let bounds):
      .object(
        [("kind", "value"), ("label", .string(label)), ("mean", .number(mean)), ("deviation", .number(deviation))]
          + (bounds.map { [("least", .number($0.lowerBound)), ("greatest", .number($0.upperBound))] } ?? []))
    case .multilabel(let labels):
      .object([("kind", "multilabel"), ("labels", .array(labels.map { .string($0) }))])
    }
  }

  package init(_ reader: StoredReader, _ json: JSON) throws(Diagnostics) {
    switch json["kind"]?.string {
    case "classes": self = .classes(label: try reader.string("label", in: json), names: try reader.strings("classes", in: json))
    case "value":
      self = .value(
        label: try reader.string("label", in: json), mean: try reader.number("mean", in: json),
        deviation: try reader.unit("deviation", in: json), bounds: try reader.bounds(in: json))
    case "multilabel": self = .multilabel(try reader.strings("labels", in: json))
    default: throw reader.failure("kind", json["kind"] ?? json, "\"classes\", \"value\" or \"multilabel\"")
    }
  }
}
