import TemperCore
import TemperJSON

/// A bound that a result must keep to: what `expect` in a config says.
public struct Expectation: Sendable, Equatable {
  /// The result, such as `test.accuracy`.
  public let metric: String
  /// The least it may be.
  public let min: Double?
  /// The most it may be.
  public let max: Double?

  /// An expectation, and the value it met.
  public struct Check: Sendable, Equatable {
    /// What was expected.
    public let expectation: Expectation
    /// The value; nil if there was nothing to measure.
    public let value: Double?

    /// Whether the value keeps to the bounds; a value that is missing does not.
    public var isMet: Bool {
      guard let value, !value.isNaN else { return false }
      return value >= expectation.min ?? -.infinity && value <= expectation.max ?? .infinity
    }

    /// As it is printed and stored.
    public var json: JSON {
      .object([
        ("metric", .string(expectation.metric)), ("min", .number(expectation.min)), ("max", .number(expectation.max)),
        ("value", .number(value)), ("met", .bool(isMet)),
      ])
    }
  }

  static func read(_ c: FieldReader, _ task: TaskDefinition) -> [Expectation] {
    let bounds = ValueReader.object { c in
      let min = c.optionalNumber("min", precision: .double, doc: "Least value.")
      let max = c.optionalNumber("max", precision: .double, doc: "Greatest value.")
      if let min, let max, min > max {
        c.fail("max", .invalidValue, "is below min, so nothing can meet both; correct one of them", with: ["min"])
      }
      return (min: min, max: max)
    }
    let entries = c.value(
      "expect", .map(of: bounds), default: .object([]),
      doc: "Bounds of results, such as `{\"test.accuracy\": {\"min\": 0.97}}`; the exit code is 10 where one is not met.")
    return entries.map { entry in
      if !task.has(entry.key) {
        c.fail(
          "expect.\(entry.key)", .invalidValue,
          "is no result of the task \(task.name). Results are train., validation. or test. and one of: "
            + task.metrics.joined(separator: ", "), with: ["task"])
      }
      return Expectation(metric: entry.key, min: entry.value.min, max: entry.value.max)
    }
  }
}
