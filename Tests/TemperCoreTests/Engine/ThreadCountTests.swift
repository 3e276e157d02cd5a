import TemperTestSupport
import Testing

import TemperCore

/// The same bits on any number of threads, at sizes that are cut into several chunks.
@Suite struct ThreadCountTests {
  @Test(arguments: [
    (2048, 384, 384), (128, 512, 784), (1, 4096, 3000), (3000, 1, 4096), (257, 263, 301), (768, 384, 128), (384, 128, 768),
    (128, 130, 5000), (2051, 1537, 385), (1031, 300, 450), (700, 8195, 100), (385, 1541, 2048), (2048, 65, 384),
  ])
  func products(m: Int, n: Int, k: Int) {
    var random = RandomTensors("products")
    let inputs = [random.normal([m, k]), random.normal([k, n])]
    expectSameBits { valueWithGradients(at: inputs) { matmul($0[0], $0[1]) } }
  }

  @Test(arguments: Activation.allCases) func linearLayers(activation: Activation) {
    var random = RandomTensors("linear")
    let inputs = [random.normal([1029, 131]), random.normal([259, 131]), random.normal([259])]
    expectSameBits { valueWithGradients(at: inputs) { linear($0[0], $0[1], $0[2], activation: activation) } }
  }

  /// What generation does for a token.
  @Test(arguments: [(3001, 301), (515, 1030)]) func linearLayersOfOneRow(outputs: Int, inputs: Int) {
    var random = RandomTensors("one row")
    let inputs = [random.normal([1, inputs]), random.normal([outputs, inputs]), random.normal([outputs])]
    expectSameBits { valueWithGradients(at: inputs) { linear($0[0], $0[1], $0[2]) } }
  }

  @Test(arguments: OpCase.elementwise) func elementwise(op: OpCase) {
    var random = RandomTensors("elementwise")
    let x = random.uniform([1_300_001], in: 0.5...2)
    expectSameBits { valueWithGradients(at: [x], op.function) }
  }

  @Test func softmaxes() {
    var random = RandomTensors("softmax")
    let inputs = [random.normal([515, 333])]
    expectSameBits { valueWithGradients(at: inputs) { $0[0].softmax() } }
    expectSameBits { valueWithGradients(at: inputs) { $0[0].logSoftmax() } }
  }

  @Test func layerNorms() {
    var random = RandomTensors("layerNorm")
    let inputs = [random.normal([1031, 257]), random.normal([257]), random.normal([257])]
    expectSameBits { valueWithGradients(at: inputs) { layerNorm($0[0], $0[1], $0[2]) } }
  }

  @Test func dropouts() {
    var random = RandomTensors("dropout")
    let x = random.normal([1031, 257])
    let source = DropoutSource(stream: Philox(key: 5), step: 3, rows: Array(0..<1031))
    expectSameBits { valueWithGradients(at: [x]) { dropout($0[0], rate: 0.3, source) + dropout($0[0], rate: 0.3, source) } }
    expectSameBits { valueWithGradients(at: [x]) { dropout($0[0], rate: 0.3, noise: .gaussian, source) } }
    let noisy = [x, x.squared() - 3]
    expectSameBits { valueWithGradients(at: noisy) { variationalDivergence($0[0], $0[1]) } }
    expectSameBits { (normalNoise([1031, 257], source), []) }
    expectSameBits { (keptWeights(noisy[0], noisy[1], threshold: 0), []) }
    expectSameBits { valueWithGradients(at: [x]) { standout($0[0], x, alpha: 1, beta: 0.5, source) } }
    expectSameBits { valueWithGradients(at: [x, Tensor([1], [-1])]) { concreteDropout($0[0], $0[1], temperature: 0.1, source) } }
  }

  @Test func columnSums() {
    var random = RandomTensors("columns")
    let x = random.normal([4001, 300])
    expectSameBits { valueWithGradients(at: [x]) { $0[0].sum(axis: 0) } }
    expectSameBits { valueWithGradients(at: [x]) { $0[0].sum(axis: 1) } }
    let sums = x.sum(axis: 0).values.map(Double.init)
    let (values, columns) = (x.values, 300)
    let expected = (0..<columns).map { j in (0..<4001).reduce(0.0) { $0 + Double(values[$1 * columns + j]) } }
    #expect(mismatch(sums, expected, Tolerance(absolute: 1e-3, relative: 0)) == nil)
  }

  @Test func batchNorms() {
    var random = RandomTensors("batchNorm")
    let inputs = [random.normal([2003, 257]), random.normal([257]), random.normal([257])]
    expectSameBits { valueWithGradients(at: inputs) { batchNorm($0[0], $0[1], $0[2]).y } }
  }

  @Test func groupNorms() {
    var random = RandomTensors("groupNorm")
    let inputs = [random.normal([37, 19, 11, 24]), random.normal([24]), random.normal([24])]
    expectSameBits { valueWithGradients(at: inputs) { groupNorm($0[0], $0[1], $0[2], groups: 6).squared() } }
  }

  @Test(arguments: [(64, 48, 40, 56), (3, 300, 280, 400)]) func batchedProducts(batch: Int, m: Int, k: Int, n: Int) {
    var random = RandomTensors("batched products")
    let inputs = [random.normal([batch, m, k]), random.normal([batch, k, n])]
    expectSameBits { valueWithGradients(at: inputs) { matmul($0[0], $0[1]) } }
    expectSameBits { valueWithGradients(at: [inputs[0], inputs[1].rows(0..<1).reshaped([k, n])]) { matmul($0[0], $0[1]) } }
  }

  @Test func rowwise() {
    var random = RandomTensors("rowwise")
    let inputs = [random.normal([1031, 257]), random.normal([257])]
    expectSameBits { valueWithGradients(at: inputs) { rmsNorm($0[0], $0[1]) } }
    let x = [inputs[0]]
    expectSameBits { valueWithGradients(at: x) { topKActivation($0[0], k: 31) } }
    expectSameBits { valueWithGradients(at: x) { $0[0].maximum(axis: 1) } }
    let ids = (0..<5000).map { Int32($0 * 7919 % 1031) }
    expectSameBits { valueWithGradients(at: x) { gather($0[0], rows: ids) } }
    expectSameBits { valueWithGradients(at: x) { embedding($0[0], ids) } }
    expectSameBits { valueWithGradients(at: x) { concatenate([$0[0], $0[0]], axis: 1).slice(100..<400, axis: 1) } }
  }

  @Test func losses() {
    var random = RandomTensors("losses")
    let (x, labels) = ([random.normal([1031, 257])], random.labels(1031, classes: 257))
    let targets = random.uniform([1031, 257], in: 0...1).values
    expectSameBits { valueWithGradients(at: x) { focalLoss($0[0], labels).sum } }
    expectSameBits { valueWithGradients(at: x) { probabilityCrossEntropy($0[0].squared(), labels).sum } }
    expectSameBits { valueWithGradients(at: x) { binaryCrossEntropy($0[0], targets).sum } }
    expectSameBits { valueWithGradients(at: x) { huberError($0[0], targets).sum } }
  }

  @Test func sparseLosses() {
    var random = RandomTensors("sparse losses")
    let (x, labels) = ([random.normal([231, 1257])], random.labels(231, classes: 1257))
    expectSameBits { valueWithGradients(at: x) { sparsemaxLoss($0[0], labels).sum } }
    expectSameBits { valueWithGradients(at: x) { entmax15Loss($0[0], labels).sum } }
    expectSameBits { valueWithGradients(at: x) { entmaxLoss($0[0], labels, alpha: 1.3).sum } }
    expectSameBits { valueWithGradients(at: x) { topKCrossEntropy($0[0], labels, k: 10).sum } }
    expectSameBits { valueWithGradients(at: x) { asSoftmaxCrossEntropy($0[0], labels).sum } }
    expectSameBits { valueWithGradients(at: x) { $0[0].entmax15() } }
    let head = [random.normal([231, 40]), random.normal([1257, 40]), random.normal([1257])]
    expectSameBits {
      valueWithGradients(at: head) {
        sampledCrossEntropy($0[0], $0[1], $0[2], labels, candidates: Array(100..<400), expectedCount: { _ in 0.5 }).sum
      }
    }
  }

  @Test(arguments: [AttentionMask.causal, .full, .padded(lengths: [150, 7, 0, 99, 64, 32])]) func attentions(mask: AttentionMask) {
    var random = RandomTensors("attention")
    let x = [random.normal([6, 150, 256])]
    let dropout = AttentionDropout(rate: 0.2, source: DropoutSource(stream: Philox(key: 5), step: 3, rows: Array(0..<6)))
    expectSameBits { valueWithGradients(at: x) { attention($0[0], heads: 8, keyValueHeads: 4, mask: mask) } }
    expectSameBits { valueWithGradients(at: x) { attention($0[0], heads: 6, keyValueHeads: 1, mask: mask, dropout: dropout) } }
    let noise = AttentionDropout(rate: 0.2, noise: .gaussian, source: dropout.source)
    expectSameBits { valueWithGradients(at: x) { attention($0[0], heads: 6, keyValueHeads: 1, mask: mask, dropout: noise) } }
  }

  @Test func cachedAttentions() {
    var random = RandomTensors("cached attention")
    let x = random.normal([1, 300, 256])
    expectSameBits {
      let cache = KeyValueCache(layers: 1, capacity: 300, keyValueHeads: 4, headWidth: 16)
      return (cachedAttention(x, heads: 8, keyValueHeads: 4, cache: cache, layer: 0), [])
    }
  }

  @Test func transformerOps() {
    var random = RandomTensors("transformer ops")
    let x = random.normal([6, 150, 256])
    let table = RotaryTable(headWidth: 32, positions: 150)
    expectSameBits { valueWithGradients(at: [x]) { rotary($0[0], heads: 6, headWidth: 32, table: table) } }
    let pair = [random.normal([1031, 257]), random.normal([1031, 257])]
    expectSameBits { valueWithGradients(at: pair) { swiGLU(gate: $0[0], up: $0[1]) } }
    let packed = [x, random.normal([130, 256]), random.normal([130]), random.normal([259, 256])]
    expectSameBits { valueWithGradients(at: packed) { fusedLinear($0[0], [($0[1], $0[2]), ($0[3], nil)]) } }
    let head = [random.normal([300, 40]), random.normal([15_000, 40]), random.normal([15_000])]
    let labels = random.labels(300, classes: 15_000)
    expectSameBits { valueWithGradients(at: head) { linearCrossEntropy($0[0], $0[1], $0[2], labels).sum } }
    expectSameBits { valueWithGradients(at: [head[0]]) { softmaxCrossEntropy($0[0], labels.map { $0 % 40 }).sum } }
  }

  private func expectSameBits(_ body: () -> (value: Tensor, gradients: [Tensor?])) {
    let (one, gradients) = Engine.withThreads(1, body)
    for threads in 2...4 {
      let (many, others) = Engine.withThreads(threads, body)
      #expect(many.bits == one.bits, "the value on \(threads) threads")
      for index in gradients.indices {
        #expect(gradients[index] != nil && others[index]?.bits == gradients[index]?.bits, "gradient \(index) on \(threads) threads")
      }
    }
  }
}
