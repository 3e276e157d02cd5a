import Glibc
import TemperCore
import Testing

import TemperGuard

@Suite struct TemperatureScalingTests {
  private func loss(_ logits: [Float], _ labels: [Int32], classes: Int, temperature: Double) -> Double {
    labels.enumerated().reduce(0) { sum, row in
      let z = logits[row.offset * classes..<(row.offset + 1) * classes].map { Double($0) / temperature }
      return sum + log(z.reduce(0) { $0 + exp($1) }) - z[Int(row.element)]
    }
  }

  /// Two classes whose logits always differ by a, of which a share s is right: the best temperature makes σ(a / T) = s.
  @Test(arguments: [(2.0, 0.75), (0.5, 0.9), (6, 0.6)]) func twoClassesHaveAClosedForm(difference: Double, right: Double) throws {
    let labels = (0..<100).map { Int32(Double($0) < 100 * right ? 0 : 1) }
    let scaling = try #require(TemperatureScaling(logits: labels.flatMap { _ in [Float(difference), 0] }, labels: labels, classes: 2))
    #expect(abs(scaling.temperature / (difference / log(right / (1 - right))) - 1) < 1e-6)
  }

  /// No other temperature has a lower loss, that without scaling included.
  @Test(arguments: [0.02, 0.3, 1, 5, 30], 0..<20) func itIsTheBest(scale: Float, seed: UInt64) throws {
    var sequence = RandomStreams(seed: seed).sequence("logits")
    let labels = (0..<300).map { _ in Int32(sequence.below(4)) }
    let logits = labels.flatMap { label in (0..<4).map { scale * Float(sequence.normal() + ($0 == Int(label) ? 1.5 : 0)) } }
    let scaling = try #require(TemperatureScaling(logits: logits, labels: labels, classes: 4))
    let best = loss(logits, labels, classes: 4, temperature: scaling.temperature)
    for temperature in [1] + [0.5, 0.99, 1.01, 2].map({ $0 * scaling.temperature }) {
      #expect(best <= loss(logits, labels, classes: 4, temperature: temperature))
    }
  }

  @Test func whatHasNoBestTemperature() throws {
    // Every row is right, and every row is wrong.
    #expect(TemperatureScaling(logits: [1, 0, 0, 2], labels: [0, 1], classes: 2) == nil)
    #expect(TemperatureScaling(logits: [1, 0, 0, 2], labels: [1, 0], classes: 2) == nil)
    #expect(TemperatureScaling(logits: [], labels: [], classes: 2) == nil)
    #expect(TemperatureScaling(logits: [1, 0], labels: [-100], classes: 2) == nil)
    #expect(TemperatureScaling(logits: [1, .infinity], labels: [0], classes: 2) == nil)
    #expect(TemperatureScaling(logits: [0, 0, 0, 0], labels: [0, 1], classes: 2) == nil)
    // A row whose label is ignored changes nothing.
    let two = TemperatureScaling(logits: [2, 0, 2, 0, 2, 0], labels: [0, 0, 1], classes: 2)
    #expect(TemperatureScaling(logits: [2, 0, 2, 0, 9, 0, 2, 0], labels: [0, 0, -1, 1], classes: 2) == two)
  }
}
