import TemperCore
import TemperTestSupport
import Testing

/// What holds for attention beyond the goldens and the laws of all operations.
@Suite struct AttentionTests {
  private static let stream = RandomStreams(seed: 7).philox("attention.dropout")

  private func dropout(_ rate: Double, rows: [Int32], step: Int = 0) -> AttentionDropout {
    AttentionDropout(rate: rate, source: DropoutSource(stream: Self.stream, step: step, rows: rows))
  }

  /// Attention whose weights are all alike and whose values are the unit vectors: the result shows the weights, `[rows, length, heads, length]`.
  private func weights(_ rows: [Int32], length n: Int, heads: Int = 1, mask: AttentionMask, _ dropout: AttentionDropout?) -> [Float] {
    let columns = (heads + 2) * n
    var x = [Float](repeating: 0, count: rows.count * n * columns)
    for i in 0..<rows.count * n { x[i * columns + (heads + 1) * n + i % n] = 1 }
    return attention(Tensor([rows.count, n, columns], x), heads: heads, keyValueHeads: 1, mask: mask, dropout: dropout).values
  }

  @Test(arguments: [(1, 1), (4, 2)]) func cacheEqualsWhole(heads: Int, keyValueHeads: Int) {
    var random = RandomTensors("cache")
    let (width, pieces) = (8, [17, 1, 1, 40, 2])
    let length = pieces.reduce(0, +)
    let layers = (0..<2).map { _ in random.normal([1, length, (heads + 2 * keyValueHeads) * width]) }
    let cache = KeyValueCache(layers: 2, capacity: length + 3, keyValueHeads: keyValueHeads, headWidth: width)
    var start = 0
    func step(_ count: Int) {
      for (layer, x) in layers.enumerated() {
        #expect(cache.count == start)
        let y = cachedAttention(
          x.slice(start..<start + count, axis: 1), heads: heads, keyValueHeads: keyValueHeads, cache: cache, layer: layer)
        let whole = attention(x, heads: heads, keyValueHeads: keyValueHeads, mask: .causal)
        #expect(mismatch(y, whole.slice(start..<start + count, axis: 1), Tolerance(absolute: 2e-6, relative: 1e-5)) == nil)
      }
      start += count
    }
    for count in pieces { step(count) }
    #expect(cache.count == length)
    cache.truncate(to: 20)
    start = 20
    step(5)
  }

  /// What lies behind a position, or in padding, does not reach it, NaN included.
  @Test func hiddenPositionsDoNotMatter() {
    var random = RandomTensors("hidden")
    let x = random.normal([1, 40, 12])
    let spoilt = concatenate([x.slice(0..<33, axis: 1), .filled([1, 7, 12], 1e30)], axis: 1)
    let tolerance = Tolerance(absolute: 0, relative: 0)
    for mask in [AttentionMask.causal, .padded(lengths: [33])] {
      let (clean, other) = (
        attention(x, heads: 2, keyValueHeads: 2, mask: mask), attention(spoilt, heads: 2, keyValueHeads: 2, mask: mask)
      )
      #expect(mismatch(other.slice(0..<33, axis: 1), clean.slice(0..<33, axis: 1), tolerance) == nil)
    }
    let nan = concatenate([x.slice(0..<33, axis: 1), .filled([1, 7, 12], .nan)], axis: 1)
    let (value, gradients) = valueWithGradients(at: [nan]) { attention($0[0], heads: 2, keyValueHeads: 2, mask: .padded(lengths: [33])) }
    #expect(value.values.allSatisfy(\.isFinite) && gradients[0]!.values.allSatisfy(\.isFinite))
    #expect(value.slice(33..<40, axis: 1).values.allSatisfy { $0 == 0 })
    #expect(gradients[0]!.slice(33..<40, axis: 1).values.allSatisfy { $0 == 0 })
  }

  /// Each weight has noise of its own, of the mean 1 and the variance rate / (1 - rate), which the mask of a padded batch does not change.
  @Test func gaussianDropoutIsNoiseOnWeights() {
    let (rate, n, expected) = (0.25, 41, 1 / 3.0)
    let rows = (0..<60).map { Int32($0) }
    func values(_ mask: AttentionMask, step: Int = 0, length: Int = 41) -> [Float] {
      let source = DropoutSource(stream: Self.stream, step: step, rows: rows)
      return weights(rows, length: length, heads: 2, mask: mask, AttentionDropout(rate: rate, noise: .gaussian, source: source))
    }
    let all = values(.full)
    let factors = all.map { Double($0) * Double(n) }
    let mean = factors.reduce(0, +) / Double(factors.count)
    let variance = factors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(factors.count)
    let deviation = (expected / Double(factors.count)).squareRoot()
    #expect(abs(mean - 1) < 4 * deviation)
    let deviationOfVariance = expected * (2 / Double(factors.count)).squareRoot()
    #expect(abs(variance - expected) < 4 * deviationOfVariance)
    #expect(Set(all).count > all.count * 9 / 10)
    #expect(values(.full, step: 1) != all)
    let short = AttentionMask.padded(lengths: rows.map { _ in 20 })
    let (padded, less) = (values(short), values(short, length: 30))
    #expect(padded[0..<20] == less[0..<20] && padded[n..<n + 20] == less[30..<50])
  }

  @Test func dropoutDropsWeights() {
    let (rate, n) = (0.25, 40)
    let rows = (0..<50).map { Int32($0) }
    let values = weights(rows, length: n, heads: 2, mask: .full, dropout(rate, rows: rows))
    let kept = Float(1 / (Double(n) * (1 - rate)))
    #expect(values.allSatisfy { $0 == 0 || abs($0 - kept) < 1e-6 })
    let deviation = (rate * (1 - rate) / Double(values.count)).squareRoot()
    #expect(abs(Double(values.count { $0 == 0 }) / Double(values.count) - rate) < 4 * deviation)
    // Masks of heads, queries, rows and steps differ.
    func part(_ row: Int, _ query: Int, _ head: Int) -> [Float] {
      let start = ((row * n + query) * 2 + head) * n
      return Array(values[start..<start + n])
    }
    #expect(Set([part(0, 0, 0), part(0, 0, 1), part(0, 1, 0), part(1, 0, 0)]).count == 4)
    #expect(weights(rows, length: n, heads: 2, mask: .full, dropout(rate, rows: rows, step: 1)) != values)
  }

  @Test func masksBelongToSequences() {
    let (n, wide) = (19, 40)
    let one = weights([5], length: n, mask: .padded(lengths: [19]), dropout(0.5, rows: [5]))
    let two = weights([2, 5], length: wide, mask: .padded(lengths: [30, 19]), dropout(0.5, rows: [2, 5]))
    for i in 0..<n { #expect(Array(one[i * n..<(i + 1) * n]) == Array(two[(wide + i) * wide..<(wide + i) * wide + n])) }
  }

  @Test func noDropoutAtRateZero() {
    var random = RandomTensors("rate 0")
    let x = random.normal([2, 9, 12])
    let with = attention(x, heads: 2, keyValueHeads: 2, mask: .causal, dropout: dropout(0, rows: [0, 1]))
    #expect(with.bits == attention(x, heads: 2, keyValueHeads: 2, mask: .causal).bits)
  }

  /// Twice the length takes twice the memory, not four times, and far less than one matrix of weights.
  @Test func memoryIsLinearInTheLength() {
    func peak(_ length: Int) -> Int {
      let x = Tensor.filled([1, length, 12], 0.1)
      return Engine.withThreads(1) {
        let before = Engine.statistics.usedBytes
        Engine.resetPeak()
        _ = valueWithGradients(at: [x]) { attention($0[0], heads: 1, keyValueHeads: 1, mask: .full) }
        return Engine.statistics.peakBytes - before
      }
    }
    let (short, long) = (peak(1024), peak(2048))
    #expect(Double(long) / Double(short) < 2.1)
    #expect(long < 2048 * 2048 * 4 / 8)
  }
}
