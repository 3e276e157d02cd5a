import Glibc
import TemperCore
import TemperNN
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

  /// `rows` labels, of which the class of rank r is a share that is proportional to 1 / (r + 1), and the number of rows of each class in
  /// so many that each has some.
  private static func zipf(_ rows: Int) -> (labels: [Int32], counts: [Int]) {
    let counts = (0..<classes).map { Int((1e6 / Double($0 + 1)).rounded(.up)) }
    let total = counts.reduce(0, +)
    // Evenly spread over all rows in the order of classes, so that no draw is lucky.
    var (labels, label, end): ([Int32], Int, Int) = ([], 0, counts[0])
    for row in 0..<rows {
      while end <= (2 * row + 1) * total / (2 * rows) {
        label += 1
        end += counts[label]
      }
      labels.append(Int32(label))
    }
    return (labels, counts)
  }

  /// A step of adaptive softmax on features that get a gradient too.
  private func adaptive(_ features: Tensor) -> () -> Void {
    let (labels, counts) = Self.zipf(features.shape[0])
    let clusters = ClassClusters(counts: counts, cutoffs: ClassClusters.cutoffs(classes: Self.classes))
    let store = ParameterStore(random: RandomStreams(seed: 0))
    let x = store.root.parameter("x", features.shape, .zeros)
    let head = Head(store.root, inputs: Self.width, outputs: Self.classes, clusters: clusters, initializer: .kaimingUniform(gain: 1))
    let (gradients, loss) = (store.makeGradients(), AdaptiveSoftmaxLoss(clusters))
    x.value.pointer.update(from: features.pointer, count: features.count)
    return {
      gradients.reset()
      _ = store.addGradients(to: gradients) { loss(x.value, head, labels, rowWeights: nil, .evaluation()).sum }
    }
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
    func cost(_ name: String, _ milliseconds: Double?, _ step: () -> Void) -> Cost {
      let time = shortest(step)
      let before = Engine.statistics.usedBytes
      Engine.resetPeak()
      step()
      return Cost(name: name, milliseconds: milliseconds, whole: time, bytes: Engine.statistics.peakBytes - before)
    }
    func cost(_ name: String, _ alone: Loss?, _ whole: @escaping HeadLoss) -> Cost {
      let (own, both) = (gradients([logits]), gradients(inputs))
      let milliseconds = alone.map { alone in shortest { run([logits], own) { alone($0[0], labels) } } }
      return cost(name, milliseconds) { run(inputs, both) { whole($0[0], $0[1], labels) } }
    }
    return Engine.withThreads(1) {
      Self.losses.map { name, loss in cost(name, loss) { loss(linear($0, $1), $2) } }
        + Self.headLosses.map { cost($0.name, nil as Loss?, $0.loss) }
        + [cost("adaptive softmax", nil as Double?, adaptive(inputs[0]))]
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
    let (full, linear, sampled, adaptive) = (costs[0], costs[costs.count - 3], costs[costs.count - 2], costs[costs.count - 1])
    #expect(adaptive.whole < full.whole / 2 && adaptive.bytes < full.bytes / 2)
    #expect(sampled.whole < full.whole / 2 && sampled.bytes < full.bytes / 2)
    #expect(linear.bytes < full.bytes)
  }
}
