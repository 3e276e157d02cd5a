import TemperCore
import TemperNN
import TemperTestSupport
import Testing

@Suite struct NormalizationTests {
  private func batch(_ shape: Shape, _ name: String) -> Tensor {
    var random = RandomTensors(name)
    return random.normal(shape)
  }

  @Test func runningStatisticsFollowTheBatches() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let norm = BatchNorm(store.root["norm"], size: 3)
    #expect(norm.runningMean.value.values == [0, 0, 0] && norm.runningVariance.value.values == [1, 1, 1])
    _ = store.arena
    var (mean, variance) = ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])
    for step in 0..<5 {
      let x = batch([7, 3], "batch \(step)")
      _ = norm(x, .training(step: step, rows: Array(0..<7)))
      for j in 0..<3 {
        let column = (0..<7).map { Double(x.values[$0 * 3 + j]) }
        let average = column.reduce(0, +) / 7
        mean[j] = 0.9 * mean[j] + 0.1 * average
        variance[j] = 0.9 * variance[j] + 0.1 * column.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 6
      }
    }
    #expect(mismatch(norm.runningMean.value.values.map(Double.init), mean) == nil)
    #expect(mismatch(norm.runningVariance.value.values.map(Double.init), variance) == nil)
    // They live in the arena, behind the trained ones.
    #expect(norm.runningMean.value.pointer == store.arena.pointer + norm.runningMean.range.lowerBound)
    #expect(norm.runningMean.range.lowerBound >= store.trainableCount)
  }

  @Test func evaluationUsesTheRunningStatistics() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let norm = BatchNorm(store.root["norm"], size: 2, eps: 0)
    norm.runningMean.value.pointer.update(from: [1, -2], count: 2)
    norm.runningVariance.value.pointer.update(from: [4, 0.25], count: 2)
    let y = norm(Tensor([1, 2], [5, 0]), .evaluation())
    #expect(y.values == [2, 4])
    #expect(norm.runningMean.value.values == [1, -2] && norm.runningVariance.value.values == [4, 0.25])
  }

  @Test func trainingNormalisesColumns() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let norm = BatchNorm(store.root["norm"], size: 4)
    let y = norm(batch([50, 4], "columns") * 3 + 5, .training(step: 0, rows: Array(0..<50))).values
    for j in 0..<4 {
      let column = (0..<50).map { Double(y[$0 * 4 + j]) }
      #expect(abs(column.reduce(0, +) / 50) < 1e-5)
      #expect(abs(column.reduce(0) { $0 + $1 * $1 } / 50 - 1) < 1e-4)
    }
  }

  @Test func layerNormNormalisesRowsInEveryPass() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let norm = Norm(store.root["norm"], .layer, size: 32)
    let x = batch([3, 32], "rows")
    let y = norm(x, .training(step: 0, rows: [0, 1, 2]))
    #expect(norm(x, .evaluation()).bits == y.bits)
    for i in 0..<3 { #expect(abs(y.rows(i..<i + 1).mean().scalar) < 1e-6) }
    #expect(store.parameters.map(\.name) == ["norm.weight", "norm.bias"])
  }

  @Test func noNormIsTheIdentity() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let x = batch([2, 3], "none")
    #expect(Norm(store.root, .none, size: 3)(x, .evaluation()).pointer == x.pointer)
    #expect(store.parameters.isEmpty)
  }
}
