import TemperData
import TemperJSON

/// One check of a preflight. A new one is a type in a file of its own, and a line in ``Doctor/checks``.
public protocol DoctorCheck: Sendable {
  /// Its name in reports.
  static var name: String { get }
  /// What it looks for, as a phrase.
  static var doc: String { get }
  /// Examines `subject` until `time` is over.
  static func run(_ subject: DoctorSubject, _ time: Deadline) throws(Diagnostics) -> DoctorCheckResult
}

/// The result of a check.
public struct DoctorCheckResult: Sendable {
  /// How far a check got.
  public enum Extent: Sendable, Equatable {
    /// All there is was examined.
    case complete
    /// Only a part was examined, for the reason given.
    case partial(String)
    /// The check does not apply to the config, for the reason given.
    case inapplicable(String)
  }

  /// How far it got.
  public var extent: Extent
  /// What was found, the most serious first.
  public var findings: [Finding]
  /// What was examined or measured, in a phrase.
  public var summary: String
  /// Measured numbers for `--json`.
  public var measured: [(String, JSON)] = []

  /// Creates a result.
  public init(_ findings: [Finding], summary: String, extent: Extent = .complete) {
    (self.findings, self.summary, self.extent) = (findings, summary, extent)
  }

  /// The check does not apply because of `reason`.
  public static func inapplicable(_ reason: String) -> DoctorCheckResult {
    DoctorCheckResult([], summary: "", extent: .inapplicable(reason))
  }

  /// The time was over before there was a result.
  public static var outOfTime: DoctorCheckResult {
    DoctorCheckResult([], summary: "", extent: .partial("the time was over; raise --seconds"))
  }
}

extension DataSplit {
  /// Its name before a noun.
  var adjective: String { self == .train ? "training" : rawValue }
}

/// The moment at which a check has to come to an end.
public struct Deadline: Sendable {
  private let end: ContinuousClock.Instant

  /// The moment in `seconds` seconds.
  public init(seconds: Double) { end = .now + .seconds(seconds) }

  /// Whether it has passed.
  public var isOver: Bool { ContinuousClock.now >= end }

  /// The seconds that are left.
  public var left: Double { max(0, (end - .now) / .seconds(1)) }

  /// The first of so many equal parts of the time that is left.
  public func part(of parts: Int) -> Deadline { Deadline(seconds: left / Double(parts)) }
}
