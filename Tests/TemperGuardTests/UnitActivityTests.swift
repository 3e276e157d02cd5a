import TemperCore
import TemperNN
import Testing

import TemperGuard

@Suite struct UnitActivityTests {
  private let store: ParameterStore
  private let model: MLP

  init() {
    store = ParameterStore(random: RandomStreams(seed: 3))
    model = MLP(store.root, inputs: 5, hidden: [16, 8], classes: 3)
    _ = store.arena
  }

  private func groups(of model: MLP) -> [UnitActivity.Group] {
    let monitor = UnitActivity(model.units)
    let normals = RandomStreams(seed: 4).sequence("x")
    var sequence = normals
    // In two passes: a unit is dead only if it is silent in all of them.
    for _ in 0..<2 {
      let x = Tensor(uninitialized: [64, 5])
      for i in 0..<x.count { x.pointer[i] = Float(sequence.normal()) }
      _ = model(x, .evaluation(hooks: monitor.hooks))
    }
    return monitor.groups
  }

  @Test func countsExactlyTheUnitsThatAreSilenced() throws {
    let before = groups(of: model)
    #expect(before.map(\.name) == ["layers.0", "layers.1"])
    #expect(before.map(\.count) == [16, 8])
    let bias = try #require(model.units[0].bias)
    for unit in [1, 7, 15] { bias.value.pointer[unit] = -1e6 }
    let after = groups(of: model)
    #expect(after[0].dead == before[0].dead + 3)
    #expect(after[0].count == 16)
  }

  @Test func aUnitThatSpeaksInOnePassIsAlive() throws {
    let monitor = UnitActivity(model.units)
    let silent = Tensor.filled([4, 16], 0)
    monitor.hooks("layers.0.activation", silent)
    #expect(monitor.groups[0].dead == 16)
    let speaking = Tensor.filled([4, 16], 0)
    // Its values cancel; their sizes do not.
    (speaking.pointer[2 * 16 + 5], speaking.pointer[3 * 16 + 5]) = (0.5, -0.5)
    monitor.hooks("layers.0.activation", speaking)
    #expect(monitor.groups[0].dead == 15)
  }

  /// A unit is dormant up to 0.025 of the mean over its layer, of the sizes of its values over all passes.
  @Test func dormantUnitsAreFarBelowTheMean() {
    let monitor = UnitActivity(model.units)
    let values = Tensor.filled([2, 8], 1)
    // A mean of (5 + 0.02 + 0.03 + 0) / 8 = 0.63, of which 0.0158 is the share.
    for row in 0..<2 {
      (values.pointer[row * 8], values.pointer[row * 8 + 1], values.pointer[row * 8 + 2]) = (0, row == 0 ? 0.03 : -0.001, 0.02)
    }
    monitor.hooks("layers.1.activation", values)
    #expect(monitor.groups[1].dead == 1 && monitor.groups[1].dormant == 2)
    #expect(monitor.groups[0].dormant == 0)
  }

  @Test func groupsWithoutAPassHaveNoUnitActivity() {
    #expect(UnitActivity(model.units).groups.allSatisfy { $0.dead == 0 })
  }
}
