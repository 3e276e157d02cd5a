import Glibc
import TemperCore
import TemperTestSupport
import Testing

/// What losses cost with 10,000 classes, as a table: `TEMPER_LOSS_COST=1 swift test --filter LossCostTests`.
@Suite(.serialized, .enabled(if: getenv("TEMPER_LOSS_COST") != nil, "it takes half a minute"))
struct LossCostTests {
  private static let (classes, width, sample) = (10_000, 128, 100)

  private struct Cost {
    let name: String
    /// Of the logits alone, forward and backward; nil for a loss that never has them.
    let milliseconds: Double?
    /// With the last layer and the derivatives of its input and weight.
    let whole: Double
    /// The most memory of buffers at once, without input, weight and their gradients.
    let bytes: Int
  }

  private typealias Loss = @Sendable (_ logits: Tensor, _ labels: [Int32]) -> Tensor
  private typealias HeadLoss = @Sendable (_ x: Tensor, _ w: Tensor, _ labels: [Int32]) -> Tensor

  private static let losses: [(name: String, loss: Loss)] = [
    ("cross-entropy", { softmaxCrossEntropy($0, $1).sum }), ("top 10", { topKCrossEntropy($0, $1, k: 10).sum }),
    ("AS-softmax", { asSoftmaxCrossEntropy($0, $1).sum }), ("sparsemax", { sparsemaxLoss($0, $1).sum }),
    ("entmax15", { entmax15Loss($0, $1).sum }), ("alpha_entmax 1.3", { entmaxLoss($0, $1, alpha: 1.3).sum }),
  ]

  private static let headLosses: [(name: String, loss: HeadLoss)] = [
    ("linear cross-entropy", { linearCrossEntropy($0, $1, nil, $2).sum }),
    (
      "sampled softmax, 100",
      { x, w, labels in
        let candidates = (0..<sample).map { Int32($0 * 97) }
        return sampledCrossEntropy(x, w, nil, labels, candidates: candidates, expectedCount: { _ in 0.01 }).sum
      }
    ),
  ]

  /// The shortest of fifteen times of `body`, in milliseconds: on a shared machine what is above it is other work.
  private func shortest(_ body: () -> Void) -> Double {
    for _ in 0..<3 { body() }
    let times = (0..<15).map { _ in
      let start = ContinuousClock.now
      body()
      return (ContinuousClock.now - start) / .milliseconds(1)
    }
    return times.min() ?? 0
  }

  private func costs(rows: Int) -> [Cost] {
    var random = RandomTensors("loss cost")
    let inputs = [random.normal([rows, Self.width]), random.uniform([Self.classes, Self.width], in: -0.15...0.15)]
    let (labels, logits) = (random.labels(rows, classes: Self.classes), random.normal([rows, Self.classes]))
    func gradients(_ leaves: [Tensor]) -> GradientBuffer {
      let layout = leaves.reduce(into: [Range<Int>]()) { $0.append(($0.last?.upperBound ?? 0)..<($0.last?.upperBound ?? 0) + $1.count) }
      return GradientBuffer(layout: layout, count: layout.last?.upperBound ?? 0)
    }
    func run(_ leaves: [Tensor], _ buffer: GradientBuffer, _ loss: ([Tensor]) -> Tensor) {
      buffer.reset()
      _ = buffer.addGradients { tape in loss(leaves.enumerated().map { tape.leaf($0.offset, $0.element) }) }
    }
    func cost(_ name: String, _ alone: Loss?, _ whole: @escaping HeadLoss) -> Cost {
      let own = gradients([logits])
      let milliseconds = alone.map { alone in shortest { run([logits], own) { alone($0[0], labels) } } }
      let both = gradients(inputs)
      let time = shortest { run(inputs, both) { whole($0[0], $0[1], labels) } }
      let before = Engine.statistics.usedBytes
      Engine.resetPeak()
      run(inputs, both) { whole($0[0], $0[1], labels) }
      return Cost(name: name, milliseconds: milliseconds, whole: time, bytes: Engine.statistics.peakBytes - before)
    }
    return Engine.withThreads(1) {
      Self.losses.map { name, loss in cost(name, loss) { loss(linear($0, $1), $2) } } + Self.headLosses.map { cost($0.name, nil, $0.loss) }
    }
  }

  @Test(arguments: [256, 2048]) func costOfManyClasses(rows: Int) throws {
    func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    func rounded(_ x: Double) -> String { "\((x * 10).rounded() / 10)" }
    let costs = costs(rows: rows)
    print("\(rows) rows, \(Self.classes) classes, \(Self.width) features, one thread, ms forward and backward")
    print("                 loss   of logits  with layer  MB")
    for cost in costs {
      let alone = cost.milliseconds.map(rounded) ?? "-"
      print(padded(cost.name, 21), padded(alone, 11), padded(rounded(cost.whole), 11), padded(rounded(Double(cost.bytes) / 1e6), 6))
    }
    let (full, linear, sampled) = (costs[0], costs[costs.count - 2], costs[costs.count - 1])
    #expect(sampled.whole < full.whole / 2 && sampled.bytes < full.bytes / 2)
    #expect(linear.bytes < full.bytes)
  }
}
