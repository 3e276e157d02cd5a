import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

/// Mean losses, and their gradients, against reference.json: the caller divides the sum by the weight.
@Suite struct CrossEntropyTests {
  private let reference: JSON
  private let logits: Tensor

  init() throws {
    reference = try Goldens.json("reference.json")
    let rows = try #require(reference["logits"]?.array).map { try #require($0.numbers) }
    logits = Tensor([rows.count, rows[0].count], rows.flatMap { $0 }.map { Float($0) })
  }

  @Test(arguments: ["mean", "ignored", "weighted", "weighted_ignored", "smoothed", "smoothed_weighted_ignored"])
  func means(name: String) throws {
    let golden = try #require(reference["cross_entropy"]?[name])
    let labels = try #require(golden["labels"]?.integers).map { Int32($0) }
    let options = CrossEntropyOptions(
      classWeights: golden["class_weights"]?.numbers.map { $0.map { Float($0) } },
      labelSmoothing: Float(try #require(golden["label_smoothing"]?.number)))
    let (sum, weight) = softmaxCrossEntropy(logits, labels, options: options)
    #expect(mismatch([Double(sum.scalar) / weight], [try #require(golden["loss"]?.number)]) == nil)
    let gradient = valueWithGradients(at: [logits], seed: Tensor(Float(1 / weight))) {
      softmaxCrossEntropy($0[0], labels, options: options).sum
    }.gradients[0]
    #expect(mismatch(gradient, try GoldenTensor(golden["gradient"])) == nil)
  }

  @Test func eachRow() throws {
    let golden = try #require(reference["cross_entropy_each"])
    let labels = try #require(golden["labels"]?.integers).map { Int32($0) }
    let losses = labels.indices.map { Double(softmaxCrossEntropy(logits.rows($0..<$0 + 1), [labels[$0]]).sum.scalar) }
    #expect(mismatch(losses, try #require(golden["losses"]?.numbers)) == nil)
  }

  @Test func weightedByCount() throws {
    let golden = try #require(reference["cross_entropy_weighted_by_count"])
    let labels = try #require(golden["labels"]?.integers).map { Int32($0) }
    let weights = try #require(golden["class_weights"]?.numbers).map { Float($0) }
    let (sum, weight) = softmaxCrossEntropy(logits, labels, options: .init(classWeights: weights, normalization: .count))
    #expect(weight == 3)
    #expect(mismatch([Double(sum.scalar) / weight], [try #require(golden["loss"]?.number)]) == nil)
  }

  @Test func hugeLogits() throws {
    let golden = try #require(reference["cross_entropy_huge"])
    let rows = try #require(golden["logits"]?.array).map { try #require($0.numbers) }
    let labels = try #require(golden["labels"]?.integers).map { Int32($0) }
    let expected = try #require(golden["losses"]?.numbers)
    for (index, row) in rows.enumerated() {
      let loss = softmaxCrossEntropy(Tensor([1, row.count], row.map { Float($0) }), [labels[index]]).sum.scalar
      #expect(mismatch([Double(loss)], [expected[index]]) == nil)
    }
  }

  @Test(arguments: CrossEntropyOptions.Normalization.allCases)
  func nothingComesFromIgnoredRows(normalization: CrossEntropyOptions.Normalization) {
    let options = CrossEntropyOptions(ignoreIndex: 1, normalization: normalization, labelSmoothing: 0.1)
    var weight = -1.0
    let (sum, gradients) = valueWithGradients(at: [logits]) { leaves in
      let loss = softmaxCrossEntropy(leaves[0], [1, 1, 1], options: options)
      weight = loss.weight
      return loss.sum
    }
    #expect(weight == 0)
    #expect(sum.scalar == 0)
    #expect(gradients[0]?.values == [Float](repeating: 0, count: 12))
  }

  /// Padding may hold anything, NaN included.
  @Test func ignoredRowsMayHoldNaN() {
    var values = logits.values
    values[4] = .nan
    let (sum, gradients) = valueWithGradients(at: [Tensor(logits.shape, values)]) {
      softmaxCrossEntropy($0[0], [0, -100, 2]).sum
    }
    #expect(sum.scalar.isFinite)
    #expect(gradients[0]?.values.allSatisfy(\.isFinite) == true)
  }
}
