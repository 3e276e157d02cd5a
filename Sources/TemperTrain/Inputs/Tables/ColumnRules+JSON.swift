import TemperJSON
import TemperTables

extension ColumnRules {
  /// The config value that declares such a column: the name of its kind, or an object with options. It round-trips.
  public var json: JSON {
    let members: [(String, JSON)] =
      switch self {
      case .numeric(let rules): rules.members
      case .categorical(let rules): rules.members
      case .boolean(let rules): [("impute", .name(rules.impute)), ("indicator", .flag(rules.indicator))].compacted
      case .date(let rules):
        [
          ("format", rules.format.map { .string($0.text) }), ("impute", .name(rules.impute)), ("indicator", .flag(rules.indicator)),
          ("normalize", .name(rules.normalize)),
        ].compacted
      case .text(let rules):
        [("max_words", rules.maxWords == TextRules().maxWords ? nil : .integer(rules.maxWords)), ("impute", .name(rules.impute))].compacted
      case .identifier, .ignore: []
      }
    return members.isEmpty ? .string(kind.rawValue) : .object([("kind", .string(kind.rawValue))] + members)
  }
}

extension NumericRules {
  fileprivate var members: [(String, JSON)] {
    [
      ("impute", .name(impute)), ("fill", fill.map { .number($0) }), ("indicator", .flag(indicator)), ("normalize", .name(normalize)),
      ("clip", clip.map { .number($0) }),
    ].compacted
  }
}

extension CategoricalRules {
  fileprivate var members: [(String, JSON)] {
    [
      ("encoding", encoding == .onehot ? nil : .name(encoding)), ("categories", categories.map { .array($0.map { .string($0) }) }),
      ("rare", rare?.json), ("unknown", .name(unknown)), ("impute", .name(impute)), ("fill", fill.map { .string($0) }),
      ("normalize", .name(normalize)),
    ].compacted
  }
}

extension RareCategories {
  /// The config value for it.
  fileprivate var json: JSON {
    switch self {
    case .count(let count): ["min_count": .integer(count)]
    case .share(let share): ["min_share": .number(share)]
    }
  }
}

extension Optional<JSON> {
  /// The name of a choice; nil if none was made.
  fileprivate static func name(_ choice: (some RawRepresentable<String>)?) -> JSON? { choice.map { .string($0.rawValue) } }

  /// A boolean; nil if not given.
  fileprivate static func flag(_ value: Bool?) -> JSON? { value.map { .bool($0) } }
}

extension [(String, JSON?)] {
  /// The members that have a value.
  fileprivate var compacted: [(String, JSON)] { compactMap { member in member.1.map { (member.0, $0) } } }
}
