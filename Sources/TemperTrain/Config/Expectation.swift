import TemperCore
import TemperJSON

/// A bound on a result: an entry of `expect` in a config.
public struct Expectation: Sendable, Equatable {
  /// The metric, such as `test.accuracy`.
  public let metric: String
  /// The minimum.
  public let min: Double?
  /// The maximum.
  public let max: Double?

  /// An expectation with the actual value.
  public struct Check: Sendable, Equatable {
    /// The expectation.
    public let expectation: Expectation
    /// The value; nil if it is undefined.
    public let value: Double?

    /// Whether the value is within the bounds; an undefined one is not.
    public var isMet: Bool {
      guard let value, !value.isNaN else { return false }
      return value >= expectation.min ?? -.infinity && value <= expectation.max ?? .infinity
    }

    /// The printed and stored form.
    public var json: JSON {
      .object([
        ("metric", .string(expectation.metric)), ("min", .number(expectation.min)), ("max", .number(expectation.max)),
        ("value", .number(value)), ("met", .bool(isMet)),
      ])
    }
  }

  static func read(_ c: FieldReader, _ task: TaskDefinition) -> [Expectation] {
    let bounds = ValueReader.object { c in
      let min = c.optionalNumber("min", precision: .double, doc: "Minimum.")
      let max = c.optionalNumber("max", precision: .double, doc: "Maximum.")
      if let min, let max, min > max {
        c.fail("max", .invalidValue, "is below min, so no value can meet both; correct one of the two", with: ["min"])
      }
      return (min: min, max: max)
    }
    let entries = c.value(
      "expect", .map(of: bounds), default: .object([]),
      doc: "Bounds on metrics, such as `{\"test.accuracy\": {\"min\": 0.97}}`; the exit code is 10 if one is not met.")
    return entries.map { entry in
      if !task.has(entry.key) {
        c.fail(
          "expect.\(entry.key)", .invalidValue,
          "is not a metric of the task \(task.name). Metrics are train., validation. or test. followed by one of: "
            + task.metrics.joined(separator: ", "), with: ["task"])
      }
      return Expectation(metric: entry.key, min: entry.value.min, max: entry.value.max)
    }
  }
}
