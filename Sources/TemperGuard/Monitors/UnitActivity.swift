import TemperCore
import TemperNN

/// Detects hidden units that contribute nothing, or little, on a data set: dead ones, whose absolute activations sum to exactly zero (Dohare et al.
/// 2024), and dormant ones, whose mean absolute activation is at most 0.025 of the mean over their layer (Sokar et al. 2023); and counts how many are
/// active on a row. Run passes with its ``hooks``.
public final class UnitActivity {
  /// One group of units.
  public struct Group: Sendable, Equatable {
    /// The name of the group's layer.
    public let name: String
    /// The number of units.
    public let count: Int
    /// The number of dead units.
    public let dead: Int
    /// The number of dormant units, dead ones included.
    public let dormant: Int
    /// The mean share of a row's units that are not exactly zero; nil before the first row.
    public let activeFraction: Double?
  }

  /// The share of the mean activity of its layer up to which a unit is dormant: τ.
  public static let dormancy = 0.025

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
      var nonzero = 0
      activity[name, default: Array(repeating: 0, count: width)].withUnsafeMutableBufferPointer { sums in
        for row in 0..<(values.count / max(1, width)) {
          let p = values.pointer + row * width
          for j in 0..<width { sums[j] += abs(p[j]) }
          for j in 0..<width { nonzero += p[j] == 0 ? 0 : 1 }
        }
      }
      let before = active[name] ?? (0, 0)
      active[name] = (before.units + nonzero, before.of + values.count)
    }
  }

  /// The counts so far, by group.
  public var groups: [Group] {
    units.map { group in
      let sums = activity[group.activation] ?? []
      let most = Self.dormancy * sums.reduce(0) { $0 + Double($1) } / Double(max(1, sums.count))
      return Group(
        name: group.name, count: group.count, dead: sums.count { $0 == 0 }, dormant: sums.count { Double($0) <= most },
        activeFraction: active[group.activation].map { Double($0.units) / Double($0.of) })
    }
  }
}
