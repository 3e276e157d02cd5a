import TemperJSON
import TemperNN

/// What the learning rate of each parameter is multiplied by, by the parameter's name: the last pattern that matches gives the factor, and
/// where none does it is 1.
public struct RateFactors: Sendable {
  /// A pattern, its factor, and where a config has it.
  public struct Entry: Sendable {
    /// The names of the parameters.
    public let pattern: NamePattern
    /// The factor, above 0.
    public let factor: Double
    /// The place in a config; nil for a factor set in code.
    public let place: Place?

    /// A factor for the parameters that match `pattern`.
    public init(_ pattern: NamePattern, _ factor: Double, at place: Place? = nil) {
      (self.pattern, self.factor, self.place) = (pattern, factor, place)
    }
  }

  /// The entries, of which the last that matches counts.
  public let entries: [Entry]

  /// The same learning rate for all.
  public static let none = RateFactors([])

  /// Factors by pattern.
  public init(_ entries: [Entry]) {
    self.entries = entries
  }

  /// These factors, where they have none those of `others`.
  public func over(_ others: RateFactors) -> RateFactors { RateFactors(others.entries + entries) }

  /// The factor of the parameter `name`.
  public func factor(of name: String) -> Double { entries.last { $0.pattern.matches(name) }?.factor ?? 1 }
}

extension FieldReader {
  /// The key of the factors.
  func rateFactors() -> RateFactors {
    let entries = value(
      "learning_rate_factors", .map(of: .number(in: .above(0))), default: .object([]),
      doc: "Factors of the learning rate by parameter name, where `*` matches anything, as in `{\"*.bias\": 0.1}`; the last pattern that "
        + "matches counts. Decoupled decay and proximal L1 are multiplied too, as in the parameter groups of `torch.optim`.")
    return RateFactors(entries.map { .init(NamePattern($0.key), $0.value, at: $0.place) })
  }
}
