import TemperJSON

extension Preprocessor {
  private static let version = 2

  /// Everything the preprocessor knows; numbers keep their bits.
  public var json: JSON {
    .object([
      ("version", .integer(Self.version)),
      ("target", target.json),
      (
        "columns",
        .array(
          columns.map { column in
            switch column.transform {
            case .numeric(let mean, let deviation):
              .object([
                ("name", .string(column.name)), ("kind", "numeric"), ("mean", .number(mean)), ("deviation", .number(deviation)),
              ])
            case .categorical(let categories):
              .object([
                ("name", .string(column.name)), ("kind", "categorical"),
                ("categories", .array(categories.map { .string($0) })),
              ])
            }
          })
      ),
    ])
  }

  /// Reads what ``json`` wrote. Throws `E0220` with the place of what is missing or wrong.
  public init(json: JSON) throws(Diagnostics) {
    let reader = StoredReader(file: json.place)
    guard let version = json["version"]?.integer, version == Self.version else {
      throw reader.failure("version", json["version"] ?? json, "the number \(Self.version)")
    }
    let target = try Target(reader, json["target"] ?? json)
    guard let stored = json["columns"]?.array, !stored.isEmpty else { throw reader.failure("columns", json["columns"] ?? json, "a list") }
    var columns: [Column] = []
    for item in stored {
      let name = try reader.string("name", in: item)
      switch item["kind"]?.string {
      case "numeric":
        let mean = try reader.number("mean", in: item)
        let deviation = try reader.deviation(in: item)
        columns.append(Column(name, .numeric(mean: mean, deviation: deviation)))
      case "categorical":
        columns.append(Column(name, .categorical(try reader.strings("categories", in: item))))
      default:
        throw reader.failure("kind", item["kind"] ?? item, "\"numeric\" or \"categorical\"")
      }
    }
    self.init(columns: columns, target: target)
  }
}

extension Target {
  fileprivate var json: JSON {
    switch self {
    case .classes(let label, let names):
      .object([("kind", "classes"), ("label", .string(label)), ("classes", .array(names.map { .string($0) }))])
    case .value(let label, let mean, let deviation):
      .object([("kind", "value"), ("label", .string(label)), ("mean", .number(mean)), ("deviation", .number(deviation))])
    case .multilabel(let labels):
      .object([("kind", "multilabel"), ("labels", .array(labels.map { .string($0) }))])
    }
  }

  fileprivate init(_ reader: StoredReader, _ json: JSON) throws(Diagnostics) {
    switch json["kind"]?.string {
    case "classes": self = .classes(label: try reader.string("label", in: json), names: try reader.strings("classes", in: json))
    case "value":
      self = .value(
        label: try reader.string("label", in: json), mean: try reader.number("mean", in: json),
        deviation: try reader.deviation(in: json))
    case "multilabel": self = .multilabel(try reader.strings("labels", in: json))
    default: throw reader.failure("kind", json["kind"] ?? json, "\"classes\", \"value\" or \"multilabel\"")
    }
  }
}

/// Reads members of a stored preprocessing, which people do not write: the first thing wrong ends the reading.
private struct StoredReader {
  let file: Place?

  func failure(_ key: String, _ value: JSON, _ expected: String) -> Diagnostics {
    Diagnostics(
      .badPreprocessing, at: value.place ?? file ?? .wholeFile(path: "preprocessing"),
      "the stored preprocessing is damaged or of another version: \(quoted(key)) must be \(expected). Train the model again.")
  }

  func string(_ key: String, in value: JSON) throws(Diagnostics) -> String {
    guard let text = value[key]?.string else { throw failure(key, value[key] ?? value, "a string") }
    return text
  }

  func number(_ key: String, in value: JSON) throws(Diagnostics) -> Double {
    guard let number = value[key]?.number, number.isFinite else { throw failure(key, value[key] ?? value, "a number") }
    return number
  }

  func deviation(in value: JSON) throws(Diagnostics) -> Double {
    let deviation = try number("deviation", in: value)
    guard deviation > 0 else { throw failure("deviation", value["deviation"] ?? value, "a number above 0") }
    return deviation
  }

  /// A list of distinct strings, at least one.
  func strings(_ key: String, in value: JSON) throws(Diagnostics) -> [String] {
    let items = value[key]?.array ?? []
    let strings = items.compactMap(\.string)
    let index = ByteIndex(strings)
    guard !items.isEmpty, strings.count == items.count, strings.indices.allSatisfy({ index.find(strings[$0]) == $0 }) else {
      throw failure(key, value[key] ?? value, "a list of different strings")
    }
    return strings
  }
}
