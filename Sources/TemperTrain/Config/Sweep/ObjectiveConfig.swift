import TemperJSON
import TemperMetrics
import TemperSearch

/// What a sweep optimizes: `sweep.objective`.
public struct ObjectiveConfig: Sendable, Equatable {
  /// A value of a trial and which values are better.
  public struct Goal: Sendable, Equatable {
    /// A metric such as `validation.loss`, or one of ``costs``.
    public let metric: String
    /// Which values are better.
    public let direction: Direction

    /// Creates a goal.
    public init(metric: String, direction: Direction) { (self.metric, self.direction) = (metric, direction) }
  }

  /// The greatest value that a trial may have.
  public struct Limit: Sendable, Equatable {
    /// A metric, or one of ``costs``.
    public let metric: String
    /// The least value; nil for none.
    public let min: Double?
    /// The greatest value; nil for none.
    public let max: Double?

    /// Creates a limit.
    public init(metric: String, min: Double?, max: Double?) { (self.metric, self.min, self.max) = (metric, min, max) }
  }

  /// What a trial costs, besides metrics: the seconds of its training, the trainable parameters, and the bytes of the stored weights.
  public static let costs = ["time_s", "parameters", "bytes"]

  /// One or two.
  public let goals: [Goal]
  /// What trials have to meet.
  public let limits: [Limit]

  init(_ c: FieldReader, _ task: TaskDefinition) {
    func goal(_ c: FieldReader, default metric: String?) -> Goal {
      let doc = "Metric of the validation rows, such as `validation.loss`, or of the training rows, such as `train.loss`"
      let name =
        metric.map { c.string("metric", default: $0, doc: doc + ".") } ?? c.string("metric", doc: doc + "; or time_s, parameters or bytes.")
      let chosen = c.optionalChoice(
        "direction", of: ["minimize", "maximize"], doc: "Which values are better; by default the metric's own.")
      Self.check(name, task, c)
      let isHigher = Metric.named(name)?.higherIsBetter ?? false
      return Goal(metric: name, direction: chosen.map { $0 == "maximize" ? .maximize : .minimize } ?? (isHigher ? .maximize : .minimize))
    }
    let first = goal(c, default: "validation.loss")
    let second = c.optionalObject("second", doc: "A second objective; the best trials of both are then a front. `null` for none.") {
      goal($0, default: nil)
    }
    goals = [first] + (second.map { [$0] } ?? [])
    if second?.metric == first.metric { c.fail("second.metric", .invalidValue, "is the first objective; name another, or remove it") }
    if ObjectiveConfig.costs.contains(first.metric) {
      c.fail(
        "metric", .invalidValue,
        "a sweep for cost alone finds the smallest model; make \(first.metric) the second objective or a constraint")
    }
    let bounds = ValueReader.object { c in
      let least = c.optionalNumber("min", precision: .double, doc: "Least value.")
      let most = c.optionalNumber("max", precision: .double, doc: "Greatest value.")
      if least == nil, most == nil { c.fail("", .missingKey, "requires \"min\" or \"max\"") }
      if let least, let most, least > most { c.fail("min", .invalidValue, "must be at most max, \(most), not \(least)") }
      return (min: least, max: most)
    }
    let entries = c.value(
      "constraints", .map(of: bounds), default: .object([]),
      doc: "What the best trial has to meet, such as `{\"time_s\": {\"max\": 5}}`: a metric, or time_s, parameters or bytes.")
    limits = entries.map { entry in
      Self.check(entry.key, task, c, key: "constraints.\(entry.key)")
      return Limit(metric: entry.key, min: entry.value.min, max: entry.value.max)
    }
  }

  private static func check(_ name: String, _ task: TaskDefinition, _ c: FieldReader, key: String = "metric") {
    if name.hasPrefix("test.") {
      c.fail(
        key, .invalidValue,
        "is of the test rows, which are evaluated once, for the winner: a choice by test results makes them worthless. Use validation."
          + name.dropFirst("test.".count))
    } else if !costs.contains(name), !task.has(name) {
      c.fail(
        key, .invalidValue, "\(task.unknown(name)), with validation. or train. before them, and \(costs.joined(separator: ", "))",
        with: ["task"])
    }
  }
}
