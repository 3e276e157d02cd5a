import TemperJSON
import TemperNN

/// A number of steps, or of seconds of training, is reached.
public struct Budget: StoppingCriterion {
  /// What is counted.
  public enum Unit: String, Sendable {
    /// Updates of the weights.
    case steps
    /// Minutes of training: results then differ from machine to machine.
    case minutes
  }

  private let unit: Unit
  private let limit: Double
  private var used = 0.0

  /// A criterion that is met once `limit` is reached.
  public init(_ limit: Double, _ unit: Unit) { (self.limit, self.unit) = (limit, unit) }

  /// Whether it counts minutes.
  public var watchesClock: Bool { unit == .minutes }
  /// None.
  public var monitors: [String] { [] }
  /// Remembers what has been used.
  public mutating func observe(_ moment: TrainingMoment) { used = unit == .steps ? Double(moment.step) : moment.seconds / 60 }

  /// Present from the limit on.
  public var evidence: StoppingEvidence? {
    guard used >= limit else { return nil }
    return StoppingEvidence(
      criterion: unit.rawValue, value: used, threshold: limit,
      words: "\(shortNumber(used)) \(unit.rawValue) are used, of a budget of \(shortNumber(limit))")
  }

  /// What has been used.
  public var state: JSON { .object([("used", .exact(used))]) }
  /// Restores it.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let used = state["used"]?.number else { throw MalformedState(of: "a budget") }
    self.used = used
  }
}
