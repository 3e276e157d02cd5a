import TemperCore
import TemperTestSupport
import Testing

/// When the buffers of a traced computation come back. A test runs on one thread, whose pool nobody else uses meanwhile.
@Suite struct TapeMemoryTests {
  /// A length of its own, so that other tests leave no buffers of this class.
  private static let shape: Shape = [113, 1009]
  private static let bytes = 113 * 1009 * 4
  private static let depth = 40

  private struct Interrupted: Error {}

  private static func chain(_ x: Tensor) -> Tensor {
    (0..<depth).reduce(x) { x, _ in x.gelu() }
  }

  /// The identity, which calls `note` when its derivative runs.
  private static func probe(_ x: Tensor, _ note: @escaping () -> Void) -> Tensor {
    let target = x.target
    return x.detached.recording(x) { dy, into in
      note()
      into.accumulate(target, consuming: dy)
    }
  }

  @Test func activationsAreFreedAsTheDerivativesRun() {
    var (atStart, atEnd) = (Engine.statistics, Engine.statistics)
    _ = valueWithGradients(at: [.filled(Self.shape, 0.5)]) { leaves in
      let first = Self.probe(leaves[0]) { atEnd = Engine.statistics }
      return Self.probe(Self.chain(first)) { atStart = Engine.statistics }
    }
    #expect(atEnd.idleBytes - atStart.idleBytes >= (Self.depth - 3) * Self.bytes)
    #expect(atEnd.allocated - atStart.allocated <= 2)
  }

  @Test func buffersComeBackAfterBackward() {
    expectNothingKept { _ = valueWithGradients(at: [.filled(Self.shape, 0.5)], Self.chain0) }
  }

  @Test func buffersComeBackWithoutBackward() {
    expectNothingKept {
      #expect(throws: Interrupted.self) {
        try valueWithGradients(at: [.filled(Self.shape, 0.5)]) { leaves in
          _ = Self.chain(leaves[0])
          throw Interrupted()
        }
      }
    }
  }

  @Test func buffersComeBackWhenTheResultIsUntraced() {
    expectNothingKept {
      let gradients = valueWithGradients(at: [.filled(Self.shape, 0.5)]) { leaves in
        _ = Self.chain(leaves[0])
        return Tensor(1)
      }.gradients
      #expect(gradients[0] == nil)
    }
  }

  private static func chain0(_ leaves: [Tensor]) -> Tensor { chain(leaves[0]) }

  /// A second run finds every buffer of the first in the pool.
  private func expectNothingKept(_ body: () -> Void) {
    body()
    let before = Engine.statistics
    body()
    let after = Engine.statistics
    #expect(after.taken > before.taken + Self.depth)
    #expect(after.allocated == before.allocated)
    #expect(after.idleBytes == before.idleBytes)
  }

  @Test func aTrainingStepAllocatesNothingOnceItHasRun() {
    var random = RandomTensors("steps")
    let (x, labels) = (random.normal([37, 19]), random.labels(37, classes: 5))
    let inputs = [random.normal([23, 19]), random.normal([23]), random.normal([23]), random.normal([23]), random.normal([5, 23])]
    func step(_ number: Int) {
      let source = DropoutSource(stream: RandomStreams(seed: 1).philox("d"), step: number, rows: Array(0..<37))
      _ = valueWithGradients(at: inputs) { leaves in
        let h = dropout(layerNorm(linear(x, leaves[0], leaves[1], activation: .gelu), leaves[2], leaves[3]), rate: 0.2, source)
        return softmaxCrossEntropy(linear(h, leaves[4]), labels).sum
      }
    }
    for number in 0..<3 { step(number) }
    let before = Engine.statistics
    for number in 3..<20 { step(number) }
    #expect(Engine.statistics.allocated == before.allocated)
    #expect(Engine.statistics.taken > before.taken)
  }

  @Test func aTransformersStepAllocatesNothingOnceItHasRun() {
    var random = RandomTensors("steps")
    let (x, labels) = (random.normal([2, 37, 16]), random.labels(74, classes: 5000))
    let shapes: [Shape] = [[48, 16], [32, 16], [32, 16], [16, 32], [5000, 16]]
    let inputs = shapes.map { random.normal($0) }
    let table = RotaryTable(headWidth: 8, positions: 37)
    func step(_ number: Int) {
      let source = DropoutSource(stream: RandomStreams(seed: 1).philox("d"), step: number, rows: [0, 1])
      _ = valueWithGradients(at: inputs) { leaves in
        let qkv = rotary(fusedLinear(x, [(leaves[0], nil)]), heads: 4, headWidth: 8, table: table)
        let y = attention(qkv, heads: 2, keyValueHeads: 2, mask: .causal, dropout: AttentionDropout(rate: 0.2, source: source))
        let h = y + linear(swiGLU(gate: linear(y, leaves[1]), up: linear(y, leaves[2])), leaves[3])
        return linearCrossEntropy(h.reshaped([74, 16]), leaves[4], nil, labels).sum
      }
    }
    for number in 0..<3 { step(number) }
    let before = Engine.statistics
    for number in 3..<12 { step(number) }
    #expect(Engine.statistics.allocated == before.allocated)
    #expect(Engine.statistics.taken > before.taken)
  }

  /// Of a large activation or norm only what went into it is kept, and the gradients are those of ops that keep all.
  @Test func whatIsCheapIsMadeAgain() {
    let (rows, width, inner) = (8192, 64, 128)
    var random = RandomTensors("cheap")
    let shapes: [Shape] = [[rows, width], [width], [width], [inner, width], [inner], [width, inner], [inner, width]]
    let inputs = shapes.map { random.normal($0) }
    func peak(_ body: ([Tensor]) -> Tensor) -> (gradients: [Tensor?], bytes: Int) {
      var bytes = 0
      let before = Engine.statistics.usedBytes
      let gradients = valueWithGradients(at: inputs) { leaves in
        let sum = body(leaves).sum()
        bytes = Engine.statistics.usedBytes - before
        return sum
      }.gradients
      return (gradients, bytes)
    }
    let lean = peak { x in
      let inner = linear(rmsNorm(layerNorm(x[0], x[1], x[2]), x[1]), x[3], x[4], activation: .gelu)
      return linear(swiGLU(gate: inner, up: inner), x[5])
    }
    let full = peak { x in
      // What a view of the result is made of is kept: adding 0 makes it a result like any other.
      let inner = (linear(rmsNorm(layerNorm(x[0], x[1], x[2]) + 0, x[1]) + 0, x[3], x[4]).gelu()) + 0
      return linear((inner * inner.sigmoid()) * inner, x[5])
    }
    for (a, b) in zip(lean.gradients, full.gradients) {
      guard let a, let b else {
        #expect(a == nil && b == nil)
        continue
      }
      #expect(mismatch(a, b, Tolerance(absolute: 2e-3, relative: 1e-3)) == nil)
    }
    #expect(lean.bytes * 3 < full.bytes * 2, "\(lean.bytes) of \(full.bytes)")
  }

  @Test(arguments: [true, false]) func longChainsDoNotOverflowTheStack(isRunBackward: Bool) throws {
    let length = 200_000
    let x = Tensor([1, 2])
    func body(_ leaves: [Tensor]) throws -> Tensor {
      var y = leaves[0]
      for _ in 0..<length { y = -y }
      if !isRunBackward { throw Interrupted() }
      return y
    }
    if isRunBackward {
      let (value, gradients) = try valueWithGradients(at: [x], body)
      #expect(value.values == [1, 2])
      #expect(gradients[0]?.values == [1, 1])
    } else {
      #expect(throws: Interrupted.self) { try valueWithGradients(at: [x], body) }
    }
  }
}
