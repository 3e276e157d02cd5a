import TemperCore
import TemperNN

/// Detects hidden units that are inactive on a whole data set: those whose absolute activations sum to exactly zero (Dohare et al. 2024).
/// Run passes with its ``hooks``.
public final class UnitActivity {
  /// One group of units.
  public struct Group: Sendable, Equatable {
    /// The name of the group's layer.
    public let name: String
    /// The number of units.
    public let count: Int
    /// The number of dead units.
    public let dead: Int
  }

  private let units: [HiddenUnits]
  private var activity: [String: [Float]] = [:]

  /// A monitor of a model's units.
  public init(_ units: [HiddenUnits]) {
    self.units = units
  }

  /// The hooks to put into the context of every pass over the data set.
  public var hooks: ActivationHooks {
    ActivationHooks(units.map(\.activation)) { [self] name, values in
      let width = values.shape[-1]
      var sums = activity[name] ?? Array(repeating: 0, count: width)
      let p = values.pointer
      for i in 0..<(values.count / max(1, width)) { for j in 0..<width { sums[j] += abs(p[i * width + j]) } }
      activity[name] = sums
    }
  }

  /// The counts so far, by group.
  public var groups: [Group] {
    units.map { group in
      Group(name: group.name, count: group.count, dead: activity[group.activation]?.count { $0 == 0 } ?? 0)
    }
  }
}
