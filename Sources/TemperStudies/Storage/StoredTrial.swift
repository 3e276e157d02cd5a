import TemperJSON
import TemperSearch

/// A trial as a database holds it.
public struct StoredTrial: Sendable, Equatable {
  /// A parameter and its value.
  public struct Parameter: Sendable, Equatable {
    /// Its name in the search space.
    public let name: String
    /// The value as `Distribution` of TemperSearch stores it: a choice as its index.
    public let value: Double
    /// Optuna's `distribution_json`.
    public let distribution: String

    /// A parameter with its value.
    public init(name: String, value: Double, distribution: String) {
      (self.name, self.value, self.distribution) = (name, value, distribution)
    }
  }

  /// The row number in the database, unique over all its studies.
  public let id: Int
  /// The number in the study, from 0.
  public let number: Int
  /// How far it is.
  public internal(set) var state: Trial.State
  /// In the order in which they were stored.
  public internal(set) var parameters: [Parameter] = []
  /// One for each objective if complete. Optuna also gives a pruned trial the last intermediate value.
  public internal(set) var values: [Double] = []
  /// Intermediate values by step, ascending.
  public internal(set) var reports: [Trial.Report] = []
  /// The JSON texts of user attributes by name, as Python wrote them: `NaN` and `Infinity` are possible.
  public internal(set) var userAttributes: [String: String] = [:]
  /// The same of system attributes, such as Optuna's `fixed_params`.
  public internal(set) var systemAttributes: [String: String] = [:]
  /// When it began, in seconds since 1970; nil while it waits.
  public internal(set) var started: Double?
  /// When it ended, in seconds since 1970; nil before.
  public internal(set) var ended: Double?

  /// The name of the user attribute that names the worker that runs a trial.
  public static let workerAttribute = "worker"
  /// The name of the user attribute that says why a trial failed.
  public static let failReasonAttribute = "fail_reason"

  /// A user attribute; nil if there is none, or if it is not JSON.
  public func userAttribute(_ name: String) -> JSON? { userAttributes[name].flatMap { try? JSON.parse($0, path: name) } }

  /// A system attribute; nil if there is none, or if it is not JSON.
  public func systemAttribute(_ name: String) -> JSON? { systemAttributes[name].flatMap { try? JSON.parse($0, path: name) } }

  /// The worker that runs or ran it; nil if it was another program.
  public var worker: String? { userAttribute(Self.workerAttribute)?.string }

  /// Why it failed, if it did and the reason is known.
  public var failReason: String? { userAttribute(Self.failReasonAttribute)?.string }

  /// Values that `study.enqueue_trial` of Optuna fixed, as values and not as indices of choices; nil if there are none.
  public var fixedParameters: JSON? { systemAttribute("fixed_params") }

  /// One number for each constraint, above 0 where it is violated.
  public var constraints: [Double] { StoredConstraints.read(systemAttributes) }

  /// The trial as samplers and pruners see it.
  public var searchTrial: Trial {
    Trial(
      number: number, state: state, parameters: Dictionary(parameters.map { ($0.name, $0.value) }) { _, last in last },
      values: state == .complete ? values : [], reports: reports, constraints: constraints)
  }
}
