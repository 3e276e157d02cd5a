import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@Suite struct LossConfigTests {
  private func config(_ text: String) throws -> LossConfig {
    try FieldReader.read(JSON.parse(text, path: "loss.json"), LossConfig.init).get().value
  }

  private func options(_ text: String, classes: [String] = ["a", "b", "c"], counts: [Int] = [6, 3, 1]) throws -> CrossEntropyOptions {
    try config(text).loss(classes: classes, counts: counts).options
  }

  @Test func defaults() throws {
    let options = try options("{}")
    #expect(options.classWeights == nil && options.labelSmoothing == 0 && options.ignoreIndex == -100 && options.normalization == .weight)
  }

  @Test func everyKeyIsUsed() throws {
    let options = try options(#"{"label_smoothing": 0.1, "normalize": "count", "ignore_index": 7}"#)
    #expect(options.labelSmoothing == 0.1 && options.normalization == .count && options.ignoreIndex == 7)
  }

  @Test func balancedWeightsAreInverseToCounts() throws {
    let options = try options(#"{"class_weights": "balanced"}"#)
    let expected: [Float] = [10 / 18, 10 / 9, 10 / 3]
    #expect(options.classWeights == expected)
  }

  @Test func aClassWithoutRowsWeighsOne() throws {
    let weights = try options(#"{"class_weights": "balanced"}"#, counts: [5, 0, 5]).classWeights
    #expect(weights?[1] == 1)
    #expect(weights?.allSatisfy { $0.isFinite } == true)
  }

  @Test func classesNotNamedWeighOne() throws {
    let options = try options(#"{"class_weights": {"c": 2.5, "a": 0}}"#)
    #expect(options.classWeights == [0, 1, 2.5])
  }

  @Test func unknownClassesAreNamedWithTheirPlace() throws {
    let config = try config(#"{"class_weights": {"c": 2.5, "x": 1, "y": 1}}"#)
    let error = #expect(throws: Diagnostics.self) { try config.loss(classes: ["a", "b", "c"], counts: [1, 1, 1]) }
    let list = try #require(error).list
    #expect(list.map(\.code) == [.unknownClass, .unknownClass])
    #expect(list[0].description.contains("loss.json:1:"))
    #expect(list[0].message.contains("\"x\"") && list[1].message.contains("\"y\"") && list[0].message.contains("a, b, c"))
  }

  @Test(arguments: [
    #"{"label_smoothing": 1}"#, #"{"class_weights": {"a": -1}}"#, #"{"class_weights": "balance"}"#, #"{"normalize": "rows"}"#,
    #"{"type": "mse"}"#,
  ])
  func whatIsOutOfRangeIsRefused(text: String) {
    #expect(throws: Diagnostics.self) { try config(text) }
  }

  @Test func theLossIsTheOpsSum() {
    var random = RandomTensors("loss")
    let (logits, labels) = (random.normal([4, 3]), random.labels(4, classes: 3))
    let options = CrossEntropyOptions(classWeights: [1, 2, 3])
    let loss = SparseCategoricalCrossEntropy(options)(logits, labels)
    let (sum, weight) = softmaxCrossEntropy(logits, labels, options: options)
    #expect(loss.sum.bits == sum.bits && loss.weight == weight)
  }
}
