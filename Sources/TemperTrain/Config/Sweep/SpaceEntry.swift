import TemperJSON
import TemperSearch

/// The values of one key of a search space, and the value of another key on which it depends, if any.
public struct SpaceEntry: Sendable, Equatable {
  /// The value of another key for which this one is part of a trial.
  public struct Condition: Sendable, Equatable {
    /// The other key, a choice.
    public let key: String
    /// Its values.
    public let values: [JSON]
  }

  /// The values.
  public let distribution: Distribution
  /// When it is part of a trial; nil if always.
  public let condition: Condition?

  /// An object, or the same as an expression: `log_uniform(1e-4, 1e-1)`.
  static var reader: ValueReader<SpaceEntry> {
    ValueReader<Either<SpaceEntry, SpaceEntry>>.either(expression, .object(read)).map { either in
      switch either {
      case .first(let entry), .second(let entry): entry
      }
    }
  }

  private static var expression: ValueReader<SpaceEntry> {
    ValueReader<String>.string.parsed(noun: "expression", example: "log_uniform(1e-4, 1e-1)") { text throws(SpaceExpression.Mistake) in
      try SpaceExpression(text).entry
    }
  }

  private static func read(_ c: FieldReader) -> SpaceEntry {
    let distribution = c.variant(
      "type", doc: "The kind of values.",
      [
        .init("choice", "One of some values.") { c in
          .categorical(c.value("values", .list(of: .anything, count: 1...), doc: "The values, of any type; each once."))
        },
        .init("uniform", "A number, uniform between two bounds.") { bounded($0, isLog: false) },
        .init("log_uniform", "A number whose logarithm is uniform between those of two bounds.") { bounded($0, isLog: true) },
        .init("int", "A whole number between two bounds, both included.") { c in
          let (low, high) = (c.integer("low", doc: "Lowest value."), c.integer("high", doc: "Highest value."))
          let step = c.integer("step", default: 1, in: 1..., doc: "Distance of the values, from low on.")
          let isLog = c.bool("log", default: false, doc: "Whether the logarithm is uniform.")
          return .int(low: low, high: high, isLog: isLog, step: step)
        },
      ] as [FieldReader.Variant<Distribution>])
    let isComplete = c.has("values") || c.has("low") && c.has("high")
    if isComplete, let problem = distribution.problem { c.fail("type", .invalidValue, problem) }
    let condition = c.optionalObject("conditional", doc: "On which value of another choice it depends; `null` for none.") { c in
      Condition(
        key: c.string("key", doc: "The other key, a choice that stands before this one."),
        values: c.value("values", .list(of: .anything, count: 1...), doc: "Its values for which this key is part of a trial."))
    }
    return SpaceEntry(distribution: distribution, condition: condition)
  }

  private static func bounded(_ c: FieldReader, isLog: Bool) -> Distribution {
    let low = c.number("low", precision: .double, doc: "Lowest value.")
    let high = c.number("high", precision: .double, doc: "Highest value.")
    let step = isLog ? nil : c.optionalNumber("step", in: .above(0), precision: .double, doc: "Distance of the values, from low on.")
    return .float(low: low, high: high, isLog: isLog, step: step)
  }
}
