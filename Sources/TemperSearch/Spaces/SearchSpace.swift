/// The parameters that a sweep searches over, in the order of the config.
public struct SearchSpace: Sendable, Equatable {
  /// A parameter: a config key with its possible values.
  public struct Parameter: Sendable, Equatable {
    /// The config key, dotted: `optimizer.learning_rate`.
    public let name: String
    /// Its values.
    public let distribution: Distribution
    /// When it is part of a trial; nil if always.
    public let condition: Condition?

    /// Creates a parameter.
    public init(_ name: String, _ distribution: Distribution, when condition: Condition? = nil) {
      (self.name, self.distribution, self.condition) = (name, distribution, condition)
    }
  }

  /// A parameter is part of a trial only if another one, a choice that stands before it, has one of some values.
  public struct Condition: Sendable, Equatable {
    /// The name of the other parameter.
    public let parent: String
    /// The indices of its choices.
    public let choices: Set<Int>

    /// Creates a condition.
    public init(_ parent: String, isOneOf choices: Set<Int>) { (self.parent, self.choices) = (parent, choices) }
  }

  /// In order; the parent of a conditional parameter stands before it.
  public let parameters: [Parameter]

  /// Creates a space of `parameters`.
  public init(_ parameters: [Parameter]) { self.parameters = parameters }
}
