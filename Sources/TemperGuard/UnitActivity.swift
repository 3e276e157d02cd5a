import TemperCore
import TemperNN

/// Sees which hidden units are silent on a whole data set: those whose activations sum to exactly zero in absolute value (Dohare et al.
/// 2024). Feed it a pass through its ``hooks``.
public final class UnitActivity {
  /// One group of units.
  public struct Group: Sendable, Equatable {
    /// The group's name, that of its layer.
    public let name: String
    /// How many units it has.
    public let count: Int
    /// How many of them were silent.
    public let dead: Int
  }

  private let units: [HiddenUnits]
  private var activity: [String: [Float]] = [:]

  /// A monitor of a model's units.
  public init(_ units: [HiddenUnits]) {
    self.units = units
  }

  /// Give these to the context of every pass over the data set.
  public var hooks: ActivationHooks {
    ActivationHooks(units.map(\.activation)) { [self] name, values in
      let width = values.shape[-1]
      var sums = activity[name] ?? Array(repeating: 0, count: width)
      let p = values.pointer
      for i in 0..<(values.count / max(1, width)) { for j in 0..<width { sums[j] += abs(p[i * width + j]) } }
      activity[name] = sums
    }
  }

  /// What has been seen so far, group by group.
  public var groups: [Group] {
    units.map { group in
      Group(name: group.name, count: group.count, dead: activity[group.activation]?.count { $0 == 0 } ?? 0)
    }
  }
}
