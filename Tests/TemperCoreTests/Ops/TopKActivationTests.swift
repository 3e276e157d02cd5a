import TemperCore
import TemperTestSupport
import Testing

@Suite struct TopKActivationTests {
  @Test func allKeptIsTheIdentity() {
    var random = RandomTensors("top k")
    let (x, seed) = (random.normal([3, 8]), random.normal([3, 8]))
    #expect(topKActivation(x, k: 8).pointer == x.pointer)
    let gradients = valueWithGradients(at: [x], seed: seed) { topKActivation($0[0], k: 8) }.gradients
    #expect(gradients[0]?.bits == seed.bits)
  }

  /// Exactly k of each row, whatever the ties, are the first k of a stable sort.
  @Test(arguments: 1..<12) func exactlyKAreKept(k: Int) {
    var random = RandomTensors("ties")
    let (rows, n) = (200, 12)
    // Five values: many ties, and never zero.
    let x = Tensor([rows, n], (0..<rows * n).map { _ in Float(random.below(5)) - 2.5 })
    let (y, gradients) = valueWithGradients(at: [x]) { topKActivation($0[0], k: k) }
    for i in 0..<rows {
      let row = Array(x.values[i * n..<(i + 1) * n])
      let kept = Set(row.indices.sorted { row[$0] != row[$1] ? row[$0] > row[$1] : $0 < $1 }.prefix(k))
      #expect(Array(y.values[i * n..<(i + 1) * n]) == row.indices.map { kept.contains($0) ? row[$0] : 0 })
      #expect(Array(gradients[0]!.values[i * n..<(i + 1) * n]) == row.indices.map { kept.contains($0) ? 1 : 0 })
    }
  }

  @Test func infinitiesAndNaN() {
    let y = topKActivation(Tensor([2, 4], [-.infinity, 1, .infinity, 2, .nan, 5, .nan, -.infinity]), k: 1).values
    #expect(Array(y[0..<4]) == [0, 0, .infinity, 0])
    #expect(y[4].isNaN && y[5] == 0 && y[6].isNaN && y[7] == 0)
  }

  @Test(arguments: [0, 4]) func kHasToFit(k: Int) async {
    await #expect(processExitsWith: .exitCode(1)) { [k] in _ = topKActivation(.filled([2, 3], 1), k: k) }
  }
}
