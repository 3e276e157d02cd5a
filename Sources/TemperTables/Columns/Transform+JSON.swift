import TemperJSON

extension Preprocessor.Transform {
  /// The members of a stored column besides its name.
  var members: [(String, JSON)] {
    [("kind", .string(kind.rawValue))] + details
  }

  /// What was fitted on the training rows.
  var details: [(String, JSON)] {
    switch self {
    case .numeric(let transform):
      transform.scaling.members + [
        ("least", transform.bounds.map { .number($0.lowerBound) } ?? .null),
        ("greatest", transform.bounds.map { .number($0.upperBound) } ?? .null), ("missing", transform.fill.map { .number($0) } ?? .null),
        ("indicator", .bool(transform.hasIndicator)),
      ]
    case .categorical(let transform):
      [("categories", .array(transform.categories.map { .string($0) })), ("rare", .array(transform.rare.map { .string($0) }))]
        + transform.formMembers + [("missing", transform.fill.json), ("unknown", .string(transform.unknown.rawValue))]
    case .boolean(let transform):
      [("missing", transform.fill.map { .bool($0) } ?? .null), ("indicator", .bool(transform.hasIndicator))]
    case .date(let transform):
      [("format", .string(transform.format.text)), ("origin", .number(transform.origin))] + transform.scaling.members + [
        ("cycles", .array(transform.cycles.map { .string($0.rawValue) })),
        ("missing", transform.fill.map { .object([("clock", .number($0.clock)), ("instant", .number($0.instant))]) } ?? .null),
        ("indicator", .bool(transform.hasIndicator)),
      ]
    case .text(let transform):
      [
        ("words", .array(transform.words.map { .string($0) })), ("weights", .array(transform.weights.map { .number($0) })),
        ("missing", .string(transform.takesMissing ? "empty" : "error")),
      ]
    }
  }

  /// Parses a stored column of `version`.
  init(_ reader: StoredReader, _ json: JSON, version: Int) throws(Diagnostics) {
    let isOld = version < 3
    func fill<Value>(_ read: (JSON) throws(Diagnostics) -> Value) throws(Diagnostics) -> Value? {
      try reader.optional("missing", in: json, read)
    }
    switch json["kind"]?.string {
    case "numeric":
      let scaling = try reader.scaling(in: json)
      guard !isOld else {
        self = .numeric(NumericTransform(scaling))
        return
      }
      self = .numeric(
        NumericTransform(
          scaling, bounds: try reader.bounds(in: json),
          fill: try fill { _ throws(Diagnostics) in try reader.number("missing", in: json) },
          hasIndicator: try reader.bool("indicator", in: json)
        ))
    case "categorical":
      guard !isOld else {
        self = .categorical(CategoricalTransform(try reader.strings("categories", in: json)))
        return
      }
      self = .categorical(try CategoricalTransform(reader, json))
    case "boolean" where !isOld:
      self = .boolean(
        BooleanTransform(
          fill: try fill { _ throws(Diagnostics) in try reader.bool("missing", in: json) },
          hasIndicator: try reader.bool("indicator", in: json)))
    case "date" where !isOld:
      guard let format = DateFormat(try reader.string("format", in: json)) else {
        throw reader.failure("format", json["format"] ?? json, "a date format")
      }
      var cycles: [DateTransform.Cycle] = []
      for name in json["cycles"]?.array ?? [] {
        guard let cycle = name.string.flatMap(DateTransform.Cycle.init) else { throw reader.failure("cycles", name, "names of cycles") }
        cycles.append(cycle)
      }
      let moment = try fill { item throws(Diagnostics) in
        Moment(clock: try reader.seconds("clock", in: item), instant: try reader.seconds("instant", in: item))
      }
      self = .date(
        DateTransform(
          format: format, origin: try reader.seconds("origin", in: json), scaling: try reader.scaling(in: json), cycles: cycles,
          fill: moment, hasIndicator: try reader.bool("indicator", in: json)))
    case "text" where !isOld:
      let words = try reader.strings("words", in: json, mayBeEmpty: true)
      let weights = (json["weights"]?.array ?? []).compactMap(\.number)
      guard weights.count == words.count else { throw reader.failure("weights", json["weights"] ?? json, "a number for each word") }
      self = .text(TextTransform(words: words, weights: weights, takesMissing: try reader.string("missing", in: json) == "empty"))
    default:
      let kinds = ColumnKind.allCases.filter(\.hasFeatures).map { quoted($0.rawValue) }.joined(separator: ", ")
      throw reader.failure("kind", json["kind"] ?? json, "one of \(kinds)")
    }
  }
}

extension CategoricalTransform {
  fileprivate var formMembers: [(String, JSON)] {
    switch form {
    case .onehot: [("encoding", "onehot")]
    case .ordinal(let scaling, let mean): [("encoding", "ordinal")] + scaling.members + [("mean_place", .number(mean))]
    }
  }

  fileprivate init(_ reader: StoredReader, _ json: JSON) throws(Diagnostics) {
    let categories = try reader.strings("categories", in: json, mayBeEmpty: true)
    let rare = try reader.strings("rare", in: json, mayBeEmpty: true)
    guard categories.count + rare.count > 0 else { throw reader.failure("categories", json["categories"] ?? json, "a list of strings") }
    let encoding: CategoricalRules.Encoding = try reader.choice("encoding", in: json)
    let form: Form =
      encoding == .onehot ? .onehot : .ordinal(try reader.scaling(in: json), mean: try reader.number("mean_place", in: json))
    self.init(
      categories, rare: rare, form: form, fill: try Fill(reader, json["missing"] ?? json), unknown: try reader.choice("unknown", in: json))
  }
}

extension CategoricalTransform.Fill {
  fileprivate var json: JSON {
    switch self {
    case .error: .string("error")
    case .feature: .string("feature")
    case .category(let name): .object([("category", name.map { .string($0) } ?? .null)])
    }
  }

  fileprivate init(_ reader: StoredReader, _ json: JSON) throws(Diagnostics) {
    switch json.string {
    case "error": self = .error
    case "feature": self = .feature
    default:
      guard let name = json["category"], name.isNull || name.string != nil else { throw reader.failure("missing", json, "a known rule") }
      self = .category(name.string)
    }
  }
}

extension InferredColumn {
  /// The stored form, without examples, because models are passed on to people who may not see the rows.
  public var json: JSON {
    .object([
      ("name", .string(name)), ("kind", .string(kind.rawValue)), ("declared", .bool(isDeclared)), ("why", .string(why)),
      ("rows", .integer(rows)), ("missing", .integer(missing)), ("distinct", distinct.map { .integer($0.count) } ?? .null),
      ("distinct_is_cut", .bool(distinct?.isCut ?? false)),
    ])
  }

  init(_ reader: StoredReader, _ json: JSON) throws(Diagnostics) {
    let isCut = try reader.bool("distinct_is_cut", in: json)
    let distinct = try reader.optional("distinct", in: json) { _ throws(Diagnostics) in
      DistinctValues(count: try reader.count("distinct", in: json), isCut: isCut)
    }
    let kind: ColumnKind = try reader.choice("kind", in: json)
    self.init(
      name: try reader.string("name", in: json), kind: kind, isDeclared: try reader.bool("declared", in: json),
      why: try reader.string("why", in: json), rows: try reader.count("rows", in: json), missing: try reader.count("missing", in: json),
      distinct: distinct, examples: [], missingWords: [], doubt: nil, suggestion: ColumnRules(kind))
  }
}
