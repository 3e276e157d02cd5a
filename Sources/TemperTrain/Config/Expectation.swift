import TemperCore
import TemperJSON
import TemperMetrics

/// A bound on a result: an entry of `expect` in a config.
public struct Expectation: Sendable, Equatable {
  /// The metric, such as `test.accuracy`.
  public let metric: String
  /// The minimum.
  public let min: Double?
  /// The maximum.
  public let max: Double?
  /// What the bound is relative to; nil if the config states the bound itself.
  public let reference: Reference?

  /// A baseline file with values of the metric.
  public struct Reference: Sendable, Equatable {
    /// How much worse than their mean the value may be.
    public let within: Double
    /// The path of the file.
    public let path: String
    /// The config in the file; nil for the one with the name of the run.
    public let config: String?
  }

  /// An expectation with the actual value.
  public struct Check: Sendable, Equatable {
    /// The expectation.
    public let expectation: Expectation
    /// The value; nil if it is undefined.
    public let value: Double?

    /// Whether the value is within the bounds; an undefined one is not.
    public var isMet: Bool {
      guard let value, !value.isNaN, expectation.isBounded else { return false }
      return value >= expectation.min ?? -.infinity && value <= expectation.max ?? .infinity
    }

    /// The printed and stored form.
    public var json: JSON {
      let reference: [(String, JSON)] =
        expectation.reference.map { [("within", .number($0.within)), ("of", .string($0.path))] } ?? []
      return .object(
        [("metric", .string(expectation.metric)), ("min", .number(expectation.min)), ("max", .number(expectation.max))] + reference + [
          ("value", .number(value)), ("met", .bool(isMet)),
        ])
    }
  }

  /// The keys that hold paths.
  static let pathKeys = ["of"]

  /// Whether the bounds are known: those relative to a baseline are once its file has been read; see ``ConfigFile/expectations(besides:)``.
  private var isBounded: Bool { reference == nil || min != nil || max != nil }

  /// The same with the bound that follows from the mean of the baseline's values.
  func bounded(by mean: Double) -> Expectation {
    guard let reference, let better = Metric.named(metric)?.better else { return self }
    return Expectation(
      metric: metric, min: better == .higher ? mean - reference.within : nil, max: better == .lower ? mean + reference.within : nil,
      reference: reference)
  }

  static func read(_ c: FieldReader, _ task: TaskDefinition) -> [Expectation] {
    let bounds = ValueReader.object { c in
      c.exclusive("min", "within")
      c.exclusive("max", "within")
      let min = c.optionalNumber("min", precision: .double, doc: "Minimum.")
      let max = c.optionalNumber("max", precision: .double, doc: "Maximum.")
      if let min, let max, min > max {
        c.fail("max", .invalidValue, "is below min, so no value can meet both; correct one of the two", with: ["min"])
      }
      let within = c.optionalNumber(
        "within", in: 0..., precision: .double, doc: "How much worse than the mean of a baseline the metric may be; requires of.")
      let of = c.optionalString(
        "of", doc: "Baseline file, written by `temper check --update-baseline`; relative to this config.")
      let config = c.optionalString(
        "config", doc: "Name of the config in the baseline; by default that of this config, without `--name`.")
      if c.has("within") != c.has("of") {
        c.fail("", .missingKey, "requires both \"within\", a difference, and \"of\", a baseline file", with: ["within", "of"])
      }
      if config != nil, of == nil { c.fail("config", .missingKey, "requires \"of\", the baseline file that it is looked up in") }
      return (min: min, max: max, reference: within.flatMap { within in of.map { Reference(within: within, path: $0, config: config) } })
    }
    let entries = c.value(
      "expect", .map(of: bounds), default: .object([]),
      doc: "Bounds on metrics, such as `{\"test.accuracy\": {\"min\": 0.97}}`, or `{\"within\": 0.02, \"of\": \"baseline.json\"}`; "
        + "the exit code is 10 if one is not met.")
    return entries.map { entry in
      if !task.has(entry.key) {
        c.fail(
          "expect.\(entry.key)", .invalidValue,
          "is not a metric of the task \(task.name). Metrics are train., validation. or test. followed by one of: "
            + task.metrics.joined(separator: ", "), with: ["task"])
      } else if entry.value.reference != nil, Metric.named(entry.key) == nil {
        c.fail(
          "expect.\(entry.key)", .invalidValue, "has no known direction, so there is no worse; use min or max in place of within",
          with: ["task"])
      }
      return Expectation(metric: entry.key, min: entry.value.min, max: entry.value.max, reference: entry.value.reference)
    }
  }
}
