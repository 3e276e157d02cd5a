import Glibc
import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

/// Losses that leave out classes, against sparse_losses.json and what they promise.
@Suite struct SparseLossTests {
  typealias Function = (Tensor, [Int32], CrossEntropyOptions, [Float]?) -> (sum: Tensor, weight: Double)

  /// The losses of a map to sparse probabilities, with their α.
  private static var entmax: [(name: String, alpha: Double, loss: Function, map: (Tensor) -> Tensor)] {
    [
      ("sparsemax", 2, { sparsemaxLoss($0, $1, options: $2, rowWeights: $3) }, { $0.sparsemax() }),
      ("entmax15", 1.5, { entmax15Loss($0, $1, options: $2, rowWeights: $3) }, { $0.entmax15() }),
      ("alpha 1.2", 1.2, { entmaxLoss($0, $1, alpha: 1.2, options: $2, rowWeights: $3) }, { $0.entmax(alpha: 1.2) }),
      ("alpha 3", 3, { entmaxLoss($0, $1, alpha: 3, options: $2, rowWeights: $3) }, { $0.entmax(alpha: 3) }),
    ]
  }

  private static var all: [(name: String, loss: Function)] {
    let others: [(name: String, loss: Function)] = [
      ("top 2", { topKCrossEntropy($0, $1, k: 2, options: $2, rowWeights: $3) }),
      ("as", { asSoftmaxCrossEntropy($0, $1, delta: 0.1, options: $2, rowWeights: $3) }),
    ]
    return entmax.map { ($0.name, $0.loss) } + others
  }

  private func loss(_ record: JSON) throws -> (Tensor, [Int32]) -> Tensor {
    let attributes = try #require(record["attributes"])
    func number(_ key: String) throws -> Double { try #require(attributes[key]?.number) }
    switch try #require(record["op"]?.string) {
    case "sparsemax": return { sparsemaxLoss($0, $1).sum }
    case "entmax15": return { entmax15Loss($0, $1).sum }
    case "alpha_entmax":
      let alpha = try number("alpha")
      return { entmaxLoss($0, $1, alpha: alpha).sum }
    case "top_k":
      let k = Int(try number("k"))
      return { topKCrossEntropy($0, $1, k: k).sum }
    case "as_softmax":
      let delta = try number("delta")
      return { asSoftmaxCrossEntropy($0, $1, delta: delta).sum }
    default:
      let candidates = try #require(attributes["candidates"]?.integers).map { Int32($0) }
      let tries = try number("tries")
      // Weights of 1 and 0 make the features the logits.
      let identity = Tensor([4, 4], (0..<16).map { $0 % 5 == 0 ? 1 : 0 })
      func expected(_ c: Int32) -> Double { -expm1(tries * log1p(-log((Double(c) + 2) / (Double(c) + 1)) / log(5))) }
      return { sampledCrossEntropy($0, identity, nil, $1, candidates: candidates, expectedCount: expected).sum }
    }
  }

  @Test func goldens() throws {
    let json = try Goldens.json("sparse_losses.json")
    let logits = Tensor([3, 4], try #require(json["logits"]?.numbers).map { Float($0) })
    let labels = try #require(json["labels"]?.integers).map { Int32($0) }
    let records = try #require(json["records"]?.array)
    #expect(records.count == 9)
    for record in records {
      let name = record["attributes"]?.serialized() ?? ""
      let loss = try loss(record)
      let each = (0..<3).map { Double(loss(logits.rows($0..<$0 + 1), [labels[$0]]).scalar) }
      #expect(mismatch(each, try #require(record["each"]?.numbers)) == nil, "\(name)")
      let gradient = valueWithGradients(at: [logits]) { loss($0[0], labels) * (1 / 3) }.gradients[0]?.values.map(Double.init)
      #expect(mismatch(gradient ?? [], try #require(record["gradient"]?.numbers)) == nil, "\(name)")
    }
    for (map, (_, alpha, _, function)) in zip(try #require(json["maps"]?.array), Self.entmax) {
      #expect(map["alpha"]?.number == alpha)
      #expect(mismatch(function(logits).values.map(Double.init), try #require(map["probabilities"]?.numbers)) == nil, "α \(alpha)")
    }
  }

  /// The loss of a row is exactly 0, and so is its gradient, if and only if its class leads by 1 / (α - 1).
  @Test func marginProperty() {
    var random = RandomTensors("margins")
    for (name, alpha, loss, _) in Self.entmax {
      let margin = Float(1 / (alpha - 1))
      var zeros = 0
      for row in 0..<1000 {
        let k = 2 + random.below(12)
        var z = random.normal([1, k]).values
        let y = random.below(k)
        let other = z.enumerated().filter { $0.offset != y }.map(\.element).max() ?? 0
        // A quarter of the rows are drawn; the leads of the rest are around the margin, and exactly it.
        if row % 4 == 1 { z[y] = other + margin }
        if row % 4 == 2 { z[y] = other + margin * 1.001 }
        // Towards α 1 the loss is tiny long before.
        if row % 4 == 3 { z[y] = other + margin * (alpha < 1.5 ? 0.8 : 0.999) }
        let (value, gradients) = valueWithGradients(at: [Tensor([1, k], z)]) { loss($0[0], [Int32(y)], .init(), nil).sum }
        let isZero = gradients[0]!.values.allSatisfy { $0 == 0 }
        // As a 32-bit difference, which is what the loss sees.
        let leads = other - z[y] <= -margin
        #expect((value.scalar == 0) == leads && isZero == leads, "\(name) row \(row): \(z), class \(y): \(value.scalar)")
        #expect(value.scalar >= 0)
        zeros += leads ? 1 : 0
      }
      #expect(zeros > 250 && zeros < 900, "\(name)")
    }
  }

  /// Probabilities sum to 1 and are those of bisection in float64, with few classes and with thousands, near each other and far apart.
  @Test(arguments: [(5, 1.0), (3000, 1.0), (3000, 0.01), (3000, 8.0)]) func mapsOfManyClasses(classes: Int, spread: Double) {
    var random = RandomTensors("maps \(classes) \(spread)")
    let z = random.normal([2, classes]).values.map { Float(spread) * $0 }
    for (name, alpha, _, map) in Self.entmax {
      let p = map(Tensor([2, classes], z)).values.map(Double.init)
      for row in 0..<2 {
        let scaled = z[row * classes..<(row + 1) * classes].map { (alpha - 1) * Double($0) }
        var (low, high) = ((scaled.max() ?? 0) - 1, scaled.max() ?? 0)
        for _ in 0..<60 {
          let middle = (low + high) / 2
          let sum = scaled.reduce(0.0) { $0 + pow(max($1 - middle, 0), 1 / (alpha - 1)) }
          if sum >= 1 { low = middle } else { high = middle }
        }
        let expected = scaled.map { pow(max($0 - low, 0), 1 / (alpha - 1)) }
        let own = Array(p[row * classes..<(row + 1) * classes])
        #expect(mismatch(own, expected, Tolerance(absolute: 2e-6, relative: 1e-5)) == nil, "\(name)")
        #expect(abs(own.reduce(0, +) - 1) < 1e-5, "\(name)")
        if classes == 3000, spread >= 1 { #expect(own.contains(0), "\(name)") }
      }
    }
  }

  @Test func anyAlphaIncludesTheFastOnes() {
    var random = RandomTensors("alphas")
    let (x, labels) = (random.normal([9, 30]), random.labels(9, classes: 30))
    func gradient(_ loss: (Tensor) -> Tensor) -> Tensor { valueWithGradients(at: [x]) { loss($0[0]) }.gradients[0]! }
    #expect(mismatch(gradient { entmaxLoss($0, labels, alpha: 2).sum }, gradient { sparsemaxLoss($0, labels).sum }) == nil)
    #expect(mismatch(gradient { entmaxLoss($0, labels, alpha: 1.5).sum }, gradient { entmax15Loss($0, labels).sum }) == nil)
    // Towards 1 it is cross-entropy.
    let near = Tolerance(absolute: 2e-3, relative: 1e-2)
    #expect(mismatch(gradient { entmaxLoss($0, labels, alpha: 1.001).sum }, gradient { softmaxCrossEntropy($0, labels).sum }, near) == nil)
  }

  @Test func allClassesAreCrossEntropy() {
    var random = RandomTensors("all classes")
    let (x, labels) = (random.normal([9, 30]), random.labels(9, classes: 30))
    let options = CrossEntropyOptions(classWeights: (1...30).map { Float($0) / 8 })
    let (value, gradients) = valueWithGradients(at: [x]) { softmaxCrossEntropy($0[0], labels, options: options).sum }
    let same: [(Tensor) -> Tensor] = [
      { topKCrossEntropy($0, labels, k: 30, options: options).sum }, { topKCrossEntropy($0, labels, k: .max, options: options).sum },
      { asSoftmaxCrossEntropy($0, labels, delta: 1, options: options).sum },
    ]
    for loss in same {
      let (own, derivative) = valueWithGradients(at: [x]) { loss($0[0]) }
      #expect(mismatch(own, value) == nil && mismatch(derivative[0], gradients[0]!) == nil)
    }
    // All classes once, each expected as often as the others.
    let identity = Tensor([30, 30], (0..<900).map { $0 % 31 == 0 ? 1 : 0 })
    let sampled = valueWithGradients(at: [x]) {
      sampledCrossEntropy($0[0], identity, nil, labels, candidates: Array(0..<30), expectedCount: { _ in 0.7 }, options: options).sum
    }
    #expect(mismatch(sampled.value, value) == nil && mismatch(sampled.gradients[0], gradients[0]!) == nil)
  }

  /// Of equal logits the first are taken, however many there are.
  @Test func topKOfTies() {
    let z = Tensor([1, 300], Array(repeating: 2, count: 300))
    let p = z.topKSoftmax(k: 7).values
    #expect(p[..<7].allSatisfy { abs($0 - 1 / 7) < 1e-6 } && p[7...].allSatisfy { $0 == 0 })
    let rising = Tensor([1, 3000], (0..<3000).map { Float($0 * 7919 % 3000) / 100 })
    let kept = rising.topKSoftmax(k: 10).values.indices.filter { rising.topKSoftmax(k: 10).values[$0] > 0 }
    #expect(kept.allSatisfy { rising.values[$0] >= 29.9 } && kept.count == 10)
  }

  /// Rows with the ignored label count nowhere, not in the divisor either, whatever the label's sign.
  @Test(arguments: [-100, 2]) func ignoredRows(label: Int32) {
    var random = RandomTensors("ignored")
    let x = random.normal([4, 3])
    let options = CrossEntropyOptions(ignoreIndex: label)
    let identity = Tensor([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let sampled: Function = {
      sampledCrossEntropy($0, identity, nil, $1, candidates: [1, 2], expectedCount: { 0.2 + Double($0) / 10 }, options: $2, rowWeights: $3)
    }
    for (name, loss) in Self.all + [("sampled", sampled)] {
      let whole = loss(x, [0, label, 1, label], options, nil)
      let counted = loss(gather(x, rows: [0, 2]), [0, 1], options, nil)
      #expect(mismatch(whole.sum, counted.sum) == nil && whole.weight == 2, "\(name)")
      let gradient = valueWithGradients(at: [x]) { loss($0[0], [0, label, 1, label], options, nil).sum }.gradients[0]!.values
      #expect(gradient[3..<6].allSatisfy { $0 == 0 } && gradient[9...].allSatisfy { $0 == 0 }, "\(name)")
      let none = loss(x, [label, label, label, label], options, nil)
      #expect(none.sum.scalar == 0 && none.weight == 0, "\(name)")
    }
  }

  /// A weight multiplies a row's loss and gradient, and the divisor where it is that of weights.
  @Test(arguments: CrossEntropyOptions.Normalization.allCases) func weights(normalization: CrossEntropyOptions.Normalization) {
    var random = RandomTensors("weights")
    let (x, labels): (Tensor, [Int32]) = (random.normal([3, 3]), [0, 2, 1])
    let options = CrossEntropyOptions(classWeights: [1, 2, 0.5], normalization: normalization)
    for (name, loss) in Self.all {
      let gradient = valueWithGradients(at: [x]) { loss($0[0], labels, options, [1, 3, 0]).sum }.gradients[0]!.values
      for (row, weight) in [Float(1), 1.5, 0].enumerated() {
        let one = x.rows(row..<row + 1)
        let own = valueWithGradients(at: [one]) { loss($0[0], [labels[row]], .init(), nil).sum }.gradients[0]!.values
        #expect(mismatch(gradient[row * 3..<row * 3 + 3].map(Double.init), own.map { Double($0 * weight) }) == nil, "\(name) row \(row)")
      }
      let total = loss(x, labels, options, [1, 3, 0]).weight
      #expect(total == (normalization == .weight ? 2.5 : 4), "\(name)")
    }
  }

  /// A diverged run must not look like one that has learned.
  @Test func notANumberPropagates() {
    for bad in [Float.nan, .infinity] {
      let x = Tensor([1, 40], (0..<40).map { $0 == 17 ? bad : Float($0) / 10 })
      for (name, loss) in Self.all { #expect(loss(x, [39], .init(), nil).sum.scalar.isNaN, "\(name) \(bad)") }
      for (name, _, _, map) in Self.entmax { #expect(map(x).values.allSatisfy { $0.isNaN }, "\(name)") }
      #expect(x.topKSoftmax(k: 3).values.contains { $0.isNaN })
    }
    let huge = Tensor([1, 3], [1e30, -1e30, 0])
    for (name, loss) in Self.all { #expect(loss(huge, [0], .init(), nil).sum.scalar == 0, "\(name)") }
  }

  @Test func misuseEndsTheProgram() async {
    await #expect(processExitsWith: .exitCode(1)) { _ = entmaxLoss(.filled([1, 2], 0), [0], alpha: 1) }
    await #expect(processExitsWith: .exitCode(1)) { _ = topKCrossEntropy(.filled([1, 2], 0), [0], k: 0) }
    await #expect(processExitsWith: .exitCode(1)) { _ = asSoftmaxCrossEntropy(.filled([1, 2], 0), [0], delta: 0) }
    await #expect(processExitsWith: .exitCode(1)) { _ = sparsemaxLoss(.filled([1, 2], 0), [0], options: .init(labelSmoothing: 0.1)) }
  }
}
