import TemperJSON
import TemperMetrics
import TemperNN

/// What a run saw of itself at its evaluations, in a space that does not grow with their number.
public struct Ledger: Sendable {
  /// A number that an adaptive schedule changed.
  public struct Change: Sendable, Equatable {
    /// The step after which it changed.
    public let step: Int
    /// Its name.
    public let name: String
    /// Its new value.
    public let value: Double
  }

  /// Changes that are kept; later ones are counted only.
  private static let limit = 1000

  /// The monitored metric, by full name.
  public let monitor: String
  private let better: Metric.Direction
  /// The best value of the monitored metric, and the last.
  public private(set) var (best, last): ((step: Int, value: Double)?, (step: Int, value: Double)?)
  /// The course of each monitored number, by name.
  public private(set) var trends: [(name: String, trend: Trend)] = []
  /// The recall of each class.
  public private(set) var memory = ClassMemory()
  /// What adaptive schedules changed.
  public private(set) var changes: [Change] = []
  /// How many changes there were.
  public private(set) var changeCount = 0
  private var current: [String: Double] = [:]

  /// An empty ledger about `monitor`, of which values in the direction `better` are better.
  public init(monitor: String, better: Metric.Direction) { (self.monitor, self.better) = (monitor, better) }

  /// Adds an evaluation: the value of the monitored metric, whether it is the best so far (nil to compare it with those before), and other numbers in
  /// the order of guard.json.
  public mutating func observe(step: Int, _ value: Double?, isBest: Bool? = nil, _ numbers: [(name: String, value: Double)]) {
    if let value, !value.isNaN {
      last = (step, value)
      if isBest ?? best.map({ better.improves(value, on: $0.value) }) ?? true { best = (step, value) }
    }
    for (name, value) in numbers {
      if let index = trends.firstIndex(where: { $0.name == name }) {
        trends[index].trend.add(value)
      } else {
        var trend = Trend()
        trend.add(value)
        trends.append((name, trend))
      }
    }
  }

  /// Adds the recall of each class at an evaluation.
  public mutating func observe(recalls: [(name: String, recall: Double)]) { memory.observe(recalls) }

  /// Notes the present value of an adaptive number.
  public mutating func note(_ name: String, _ value: Double, step: Int) {
    defer { current[name] = value }
    guard let before = current[name], before != value else { return }
    changeCount += 1
    if changes.count < Self.limit { changes.append(Change(step: step, name: name, value: value)) }
  }

  /// How much worse the monitored metric is at the end than at its best, as a share of the best value; nil before there is one.
  public var decline: Double? {
    guard let best, let last else { return nil }
    let fall = better == .lower ? last.value - best.value : best.value - last.value
    return best.value == 0 ? (fall == 0 ? 0 : nil) : max(0, fall) / abs(best.value)
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON {
    func point(_ point: (step: Int, value: Double)?) -> JSON {
      point.map { ["step": .integer($0.step), "value": .exact($0.value)] } ?? .null
    }
    return .object([
      ("best", point(best)), ("last", point(last)),
      ("trends", .array(trends.map { ["name": .string($0.name), "trend": $0.trend.state] })), ("memory", memory.state),
      (
        "changes",
        .array(changes.map { ["step": .integer($0.step), "name": .string($0.name), "value": .exact($0.value)] })
      ), ("change_count", .integer(changeCount)),
      ("current", .object(current.sorted { $0.key < $1.key }.map { ($0.key, .exact($0.value)) })),
    ])
  }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    func point(_ json: JSON?) -> (step: Int, value: Double)? {
      guard let step = json?["step"]?.integer, case .some(.some(let value)) = json?["value"]?.exactNumber else { return nil }
      return (step, value)
    }
    guard let trends = state["trends"]?.array, let changes = state["changes"]?.array, let count = state["change_count"]?.integer else {
      throw MalformedState(of: "guard")
    }
    (best, last, changeCount) = (point(state["best"]), point(state["last"]), count)
    self.trends = try trends.map { json throws(MalformedState) in
      (json["name"]?.string ?? "", try Trend(restoring: json["trend"] ?? .null))
    }
    memory = try ClassMemory(restoring: state["memory"])
    self.changes = changes.compactMap { json in
      guard let (step, value) = point(json), let name = json["name"]?.string else { return nil }
      return Change(step: step, name: name, value: value)
    }
    current = (state["current"]?.members ?? []).reduce(into: [:]) {
      if case .some(.some(let value)) = $1.value.exactNumber { $0[$1.name] = value }
    }
  }
}
