import TemperCore
import TemperNN

/// Detects hidden units that are inactive on a whole data set: those whose absolute activations sum to exactly zero (Dohare et al. 2024), and
/// counts how many are active on a row.
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
    /// The mean share of a row's units that are not exactly zero; nil before the first row.
    public let activeFraction: Double?
  }

  private let units: [HiddenUnits]
  private var activity: [String: [Float]] = [:]
  private var active: [String: (units: Int, of: Int)] = [:]

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
      var nonzero = 0
      for i in 0..<(values.count / max(1, width)) {
        for j in 0..<width {
          sums[j] += abs(p[i * width + j])
          nonzero += p[i * width + j] == 0 ? 0 : 1
        }
      }
      activity[name] = sums
      let before = active[name] ?? (0, 0)
      active[name] = (before.units + nonzero, before.of + values.count)
    }
  }

  /// The counts so far, by group.
  public var groups: [Group] {
    units.map { group in
      Group(
        name: group.name, count: group.count, dead: activity[group.activation]?.count { $0 == 0 } ?? 0,
        activeFraction: active[group.activation].map { Double($0.units) / Double($0.of) })
    }
  }
}
