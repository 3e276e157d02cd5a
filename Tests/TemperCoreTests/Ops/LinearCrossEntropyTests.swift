import TemperCore
import TemperTestSupport
import Testing

/// The fused head against a linear layer and its cross-entropy.
@Suite struct LinearCrossEntropyTests {
  private typealias Head = ([Tensor], [Int32], CrossEntropyOptions) -> (sum: Tensor, weight: Double)

  private static var fused: Head { { linearCrossEntropy($0[0], $0[1], $0.count > 2 ? $0[2] : nil, $1, options: $2) } }
  private static var apart: Head { { softmaxCrossEntropy(linear($0[0], $0[1], $0.count > 2 ? $0[2] : nil), $1, options: $2) } }

  /// Mean loss and its gradients.
  private func mean(_ head: Head, _ inputs: [Tensor], _ labels: [Int32], _ options: CrossEntropyOptions) -> (Double, [Tensor?]) {
    let weight = head(inputs, labels, options).weight
    let (sum, gradients) = valueWithGradients(at: inputs, seed: Tensor(Float(1 / weight))) { head($0, labels, options).sum }
    return (Double(sum.scalar) / weight, gradients)
  }

  /// 300 rows of 20,000 classes are several pieces.
  @Test(arguments: [Float(0), 0.1], [true, false]) func equalsItsParts(smoothing: Float, isIgnoring: Bool) {
    var random = RandomTensors("head")
    let (rows, classes, width) = (300, 20_000, 8)
    let inputs = [random.normal([rows, width]), random.normal([classes, width]), random.normal([classes])]
    var labels = random.labels(rows, classes: classes)
    if isIgnoring { for i in stride(from: 0, to: rows, by: 3) { labels[i] = -1 } }
    let options = CrossEntropyOptions(ignoreIndex: -1, labelSmoothing: smoothing)
    for count in [2, 3] {
      let (loss, gradients) = mean(Self.fused, Array(inputs.prefix(count)), labels, options)
      let (expected, references) = mean(Self.apart, Array(inputs.prefix(count)), labels, options)
      #expect(abs(loss - expected) <= 1e-6 * expected)
      for (gradient, reference) in zip(gradients, references) {
        #expect(mismatch(gradient, reference!, Tolerance(absolute: 1e-6, relative: 1e-5)) == nil)
      }
    }
  }

  @Test func takesUnderHalfOfTheMemory() {
    var random = RandomTensors("head")
    let inputs = [random.normal([2048, 128]), random.normal([16_000, 128])]
    let labels = random.labels(2048, classes: 16_000)
    func peak(_ head: Head) -> Int {
      let before = Engine.statistics.usedBytes
      Engine.resetPeak()
      _ = valueWithGradients(at: inputs) { head($0, labels, .init()).sum }
      return Engine.statistics.peakBytes - before
    }
    let (fused, apart) = Engine.withThreads(2) { (peak(Self.fused), peak(Self.apart)) }
    #expect(fused < apart / 2, "\(fused) bytes, \(apart) for logits that lie in memory")
  }

  /// A table that is read by rows before the head, after it, or both: its gradient is the sum.
  @Test(arguments: [[0, 1], [1, 0], [0, 1, 0]]) func tiedTables(order: [Int]) {
    var random = RandomTensors("tied")
    let (table, x) = (random.normal([9, 4]), random.normal([5, 4]))
    let (ids, labels): ([Int32], [Int32]) = ([3, 0, 3], [8, 1, 1, 0, 3])
    func lookUp(_ table: Tensor) -> Tensor { embedding(table, ids).squared().sum() }
    func loss(_ table: Tensor) -> Tensor { linearCrossEntropy(x, table, nil, labels).sum }
    func gradient(_ body: @escaping (Tensor) -> Tensor) -> Tensor { valueWithGradients(at: [table]) { body($0[0]) }.gradients[0]! }
    let joint = gradient { table in
      order.dropFirst().reduce(order[0] == 0 ? lookUp(table) : loss(table)) { $0 + ($1 == 0 ? lookUp(table) : loss(table)) }
    }
    let (rows, whole) = (gradient(lookUp), gradient(loss))
    #expect(mismatch(joint, rows * Float(order.count { $0 == 0 }) + whole) == nil)
    // Into one buffer in separate passes.
    let buffer = GradientBuffer(layout: [0..<36], count: 36)
    for kind in order { buffer.addGradients { tape in kind == 0 ? lookUp(tape.leaf(0, table)) : loss(tape.leaf(0, table)) } }
    #expect(mismatch(buffer.gradient(0, shape: table.shape), joint) == nil)
  }

  /// Padding may hold anything, NaN included; only what counts is computed.
  @Test func ignoredRowsMayHoldNaN() {
    var random = RandomTensors("ignored")
    let (w, clean) = (random.normal([7, 4]), random.normal([2, 4]))
    let x = concatenate([clean.rows(0..<1), .filled([1, 4], .nan), clean.rows(1..<2)])
    let (sum, gradients) = valueWithGradients(at: [x, w]) { linearCrossEntropy($0[0], $0[1], nil, [2, -100, 5]).sum }
    let (expected, references) = valueWithGradients(at: [clean, w]) { linearCrossEntropy($0[0], $0[1], nil, [2, 5]).sum }
    #expect(sum.bits == expected.bits && gradients[1]?.bits == references[1]?.bits)
    #expect(gradients[0]?.rows(1..<2).values == [0, 0, 0, 0])
  }
}
