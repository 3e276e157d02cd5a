import TemperJSON

extension Distribution {
  /// What Optuna 5.0 stores as `distribution_json`, with `high` lowered to the last value reached. Its choices are scalars: an array or object
  /// becomes the string of its JSON.
  public var optunaJSON: JSON {
    func record(_ name: String, _ attributes: [(String, JSON)]) -> JSON {
      .object([("name", .string(name)), ("attributes", .object(attributes))])
    }
    switch snapped {
    case .float(let low, let high, let isLog, let step):
      return record(
        "FloatDistribution", [("step", .number(step)), ("low", .number(low)), ("high", .number(high)), ("log", .bool(isLog))])
    case .int(let low, let high, let isLog, let step):
      return record(
        "IntDistribution", [("log", .bool(isLog)), ("step", .integer(step)), ("low", .integer(low)), ("high", .integer(high))])
    case .categorical(let choices):
      let scalars = choices.map { choice in choice.array == nil && choice.members == nil ? choice : .string(choice.serialized()) }
      return record("CategoricalDistribution", [("choices", .array(scalars))])
    }
  }

  /// Reads what ``optunaJSON`` or Optuna wrote. A choice that is the string of a JSON array or object becomes that again; `step` may be missing.
  ///
  /// - Throws: ``SearchError/notADistribution(_:)`` for anything else.
  public init(optunaJSON json: JSON) throws(SearchError) {
    guard let name = json["name"]?.string, let attributes = json["attributes"], let read = Self.read(name, attributes), read.problem == nil
    else { throw .notADistribution(json.serialized()) }
    self = read
  }

  private static func read(_ name: String, _ attributes: JSON) -> Distribution? {
    if name == "CategoricalDistribution" { return attributes["choices"]?.array.map { .categorical($0.map(compound)) } }
    let isLog = attributes["log"]?.bool ?? false
    let step = attributes["step"]
    if name == "FloatDistribution", let low = attributes["low"]?.number, let high = attributes["high"]?.number {
      return .float(low: low, high: high, isLog: isLog, step: step?.number)
    }
    if name == "IntDistribution", let low = attributes["low"]?.integer, let high = attributes["high"]?.integer {
      return .int(low: low, high: high, isLog: isLog, step: step?.integer ?? 1)
    }
    return nil
  }

  /// The array or object that a string spells, or the scalar itself.
  static func compound(_ choice: JSON) -> JSON {
    guard let text = choice.string, text.hasPrefix("[") || text.hasPrefix("{"), let value = try? JSON.parse(text, path: "choices") else {
      return choice
    }
    return value
  }
}
