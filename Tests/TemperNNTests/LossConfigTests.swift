import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@Suite struct LossConfigTests {
  private func config(_ text: String) throws -> LossConfig {
    try FieldReader.read(JSON.parse(text, path: "loss.json"), { LossConfig($0) }).get().value
  }

  private func options(_ text: String, classes: [String] = ["a", "b", "c"], counts: [Int] = [6, 3, 1]) throws -> CrossEntropyOptions {
    let loss = try config(text).classificationLoss(classes: classes, counts: counts)
    return try #require(loss as? SparseCategoricalCrossEntropy, "another kind of loss").options
  }

  @Test func defaults() throws {
    let options = try options("{}")
    #expect(options.classWeights == nil && options.labelSmoothing == 0 && options.normalization == .weight)
  }

  @Test func everyKeyIsUsed() throws {
    let text = #"{"label_smoothing": 0.1, "normalize": "count", "ignore_index": 7}"#
    let options = try options(text)
    #expect(options.labelSmoothing == 0.1 && options.normalization == .count)
    // It names a label, and is no number of a class.
    #expect(try config(text).ignoredLabel == 7 && options.ignoreIndex == CrossEntropyOptions().ignoreIndex)
    #expect(try config("{}").ignoredLabel == -100 && config(#"{"type": "mse"}"#).ignoredLabel == nil)
  }

  /// A loss has the share that never changes, or none where it follows a schedule; the trainer then gives it one for each step.
  @Test func smoothingMayFollowASchedule() throws {
    let text = #"{"label_smoothing": {"type": "linear", "from": 0.4, "to": 0}, "class_weights": {"c": 2}}"#
    let schedule = try #require(try config(text).labelSmoothing)
    #expect(schedule.constant == nil && abs(schedule.value(step: 1, totalSteps: 4, stepsPerEpoch: 1) - 0.3) < 1e-12)
    #expect(try options(text).labelSmoothing == 0)
    #expect(try config(#"{"label_smoothing": 0.1}"#).labelSmoothing?.constant == 0.1)
    #expect(try config(#"{"type": "mse"}"#).labelSmoothing == nil)
    for type in ["sparse_categorical_crossentropy", "focal", "binary_crossentropy"] {
      let tail = #""type": "\#(type)", "class_weights": {"a": 3}}"#
      let (classes, counts, labels): ([String], [Int], [Int32]) = (["a", "b"], [6, 3], [0, 1, 1])
      let plain = try config("{" + tail).classificationLoss(classes: classes, counts: counts)
      let smoothed = try config(#"{"label_smoothing": 0.25, "# + tail).classificationLoss(classes: classes, counts: counts)
      let outputs = Tensor([3, plain.outputs(classes: 2)], type == "binary_crossentropy" ? [1, 2, -3] : [1, 0, 2, 1, 0.5, -1])
      #expect(plain(outputs, labels).sum.bits != smoothed(outputs, labels).sum.bits)
      #expect(plain.smoothed(by: 0.25)(outputs, labels).sum.bits == smoothed(outputs, labels).sum.bits)
      #expect(smoothed.smoothed(by: 0)(outputs, labels).sum.bits == plain(outputs, labels).sum.bits)
    }
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
    let error = #expect(throws: Diagnostics.self) { try config.classificationLoss(classes: ["a", "b", "c"], counts: [1, 1, 1]) }
    let list = try #require(error).list
    #expect(list.map(\.code) == [.unknownClass, .unknownClass])
    #expect(list[0].description.contains("loss.json:1:"))
    #expect(list[0].message.contains("\"x\"") && list[1].message.contains("\"y\"") && list[0].message.contains("a, b, c"))
  }

  @Test(arguments: [
    #"{"label_smoothing": 1}"#, #"{"class_weights": {"a": -1}}"#, #"{"class_weights": "balance"}"#, #"{"normalize": "rows"}"#,
    #"{"type": "hinge"}"#, #"{"type": "mse", "label_smoothing": 0.1}"#, #"{"type": "huber", "delta": 0}"#,
    #"{"type": "focal", "gamma": -1}"#, #"{"gamma": 2}"#, #"{"type": "focal", "from": "logits"}"#, #"{"from": "scores"}"#,
    #"{"type": "alpha_entmax", "alpha": 1}"#, #"{"type": "top_k_crossentropy", "k": 0}"#, #"{"type": "as_softmax", "delta": 0}"#,
    #"{"type": "as_softmax", "delta": 1.5}"#, #"{"type": "sparsemax", "alpha": 2}"#, #"{"type": "sampled_softmax", "samples": 0}"#,
    #"{"type": "sparsemax", "label_smoothing": 0.1}"#, #"{"type": "top_k_crossentropy", "label_smoothing": 0.1}"#,
    #"{"type": "as_softmax", "label_smoothing": 0}"#, #"{"type": "sampled_softmax", "label_smoothing": 0.1}"#,
    #"{"type": "binary_crossentropy", "ignore_index": 1}"#, #"{"type": "mae", "delta": 1}"#,
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

  @Test func kindsOfClassification() throws {
    var random = RandomTensors("loss kinds")
    let (logits, labels) = (random.normal([4, 3]), random.labels(4, classes: 3))
    let smoothed = CrossEntropyOptions(labelSmoothing: 0.1)
    func value(_ text: String, _ x: Tensor) throws -> [UInt32] {
      let loss = try config(text).classificationLoss(classes: ["a", "b", "c"], counts: [6, 3, 1])
      return loss(x, labels).sum.bits
    }
    #expect(try value("{}", logits) == softmaxCrossEntropy(logits, labels).sum.bits)
    #expect(
      try value(#"{"type": "focal", "gamma": 3, "label_smoothing": 0.1}"#, logits)
        == focalLoss(logits, labels, gamma: 3, options: smoothed).sum.bits)
    let weighted = CrossEntropyOptions(classWeights: [1, 3, 1])
    let tail = #", "class_weights": {"b": 3}}"#
    #expect(try value(#"{"type": "sparsemax""# + tail, logits) == sparsemaxLoss(logits, labels, options: weighted).sum.bits)
    #expect(try value(#"{"type": "entmax15""# + tail, logits) == entmax15Loss(logits, labels, options: weighted).sum.bits)
    #expect(
      try value(#"{"type": "alpha_entmax", "alpha": 1.2"# + tail, logits)
        == entmaxLoss(logits, labels, alpha: 1.2, options: weighted).sum.bits)
    #expect(
      try value(#"{"type": "top_k_crossentropy", "k": 2"# + tail, logits)
        == topKCrossEntropy(logits, labels, k: 2, options: weighted).sum.bits)
    #expect(
      try value(#"{"type": "as_softmax", "delta": 0.2"# + tail, logits)
        == asSoftmaxCrossEntropy(logits, labels, delta: 0.2, options: weighted).sum.bits)
    #expect(try value(#"{"type": "sampled_softmax""# + tail, logits) == softmaxCrossEntropy(logits, labels, options: weighted).sum.bits)
    let p = logits.softmax()
    #expect(
      try value(#"{"from": "probabilities", "label_smoothing": 0.1}"#, p) == probabilityCrossEntropy(p, labels, options: smoothed).sum.bits)
  }

  @Test func binaryOfTwoClasses() throws {
    let text = #"{"type": "binary_crossentropy", "class_weights": {"yes": 3}, "normalize": "count", "label_smoothing": 0.2}"#
    let loss = try config(text).classificationLoss(classes: ["no", "yes"], counts: [3, 1])
    #expect(loss.outputs(classes: 2) == 1)
    let logits = Tensor([2, 1], [0.5, -1])
    let value = loss(logits, [1, 0])
    let expected = binaryCrossEntropy(
      logits, [1, 0],
      options: .init(positiveWeights: [3], negativeWeights: [1], normalization: .count, labelSmoothing: 0.2))
    #expect(value.sum.bits == expected.sum.bits && value.weight == 2)
    let p = loss.probabilities(logits).values
    let expectedP: [Double] = [0.377_540_67, 0.622_459_33, 0.731_058_58, 0.268_941_42]
    #expect(mismatch(p.map(Double.init), expectedP) == nil)
  }

  @Test func probabilitiesOfOutputs() throws {
    let outputs = Tensor([1, 3], [2, 1, 1])
    func probabilities(_ text: String) throws -> Tensor {
      try config(text).classificationLoss(classes: ["a", "b", "c"], counts: [1, 1, 1]).probabilities(outputs)
    }
    #expect(try probabilities("{}").bits == outputs.softmax().bits)
    #expect(try probabilities(#"{"type": "focal"}"#).bits == outputs.softmax().bits)
    #expect(try probabilities(#"{"from": "probabilities"}"#).values == [0.5, 0.25, 0.25])
    #expect(try probabilities(#"{"type": "sparsemax"}"#).values == [1, 0, 0])
    #expect(try probabilities(#"{"type": "entmax15"}"#).bits == outputs.entmax15().bits)
    #expect(try probabilities(#"{"type": "alpha_entmax", "alpha": 4}"#).bits == outputs.entmax(alpha: 4).bits)
    #expect(try probabilities(#"{"type": "top_k_crossentropy", "k": 2}"#).values[2] == 0)
    #expect(try probabilities(#"{"type": "as_softmax"}"#).bits == outputs.softmax().bits)
    #expect(try probabilities(#"{"type": "sampled_softmax"}"#).bits == outputs.softmax().bits)
  }

  @Test func weightsOfLabels() throws {
    let text = #"{"type": "binary_crossentropy", "class_weights": "balanced"}"#
    let balanced = try config(text).multiLabelLoss(labels: ["x", "y", "z"], positives: [2, 8, 0], rows: 10)
    #expect(balanced.options.positiveWeights == [4, 0.25, 1] && balanced.options.negativeWeights == nil)
    let named = try config(#"{"type": "binary_crossentropy", "class_weights": {"y": 5}}"#)
    #expect(try named.multiLabelLoss(labels: ["x", "y"], positives: [1, 1], rows: 4).options.positiveWeights == [1, 5])
    #expect(throws: Diagnostics.self) { try named.multiLabelLoss(labels: ["x", "z"], positives: [1, 1], rows: 4) }
  }

  @Test func kindsOfRegression() throws {
    #expect(try config(#"{"type": "mse"}"#).regressionLoss() == .meanSquaredError)
    #expect(try config(#"{"type": "mae"}"#).regressionLoss() == .meanAbsoluteError)
    #expect(try config(#"{"type": "huber", "delta": 0.5}"#).regressionLoss() == .huber(delta: 0.5))
    let (outputs, targets): (Tensor, [Float]) = (Tensor([2, 1], [1, 4]), [0, 1])
    let values = [RegressionLoss.meanSquaredError, .meanAbsoluteError, .huber(delta: 1)].map { $0(outputs, targets) }
    #expect(values.map(\.sum.scalar) == [10, 4, 3] && values.allSatisfy { $0.weight == 2 })
    #expect(RegressionLoss.meanSquaredError(outputs, targets, rowWeights: [2, 0]).sum.scalar == 2)
  }

  /// A loss of another task is a mistake in the file, told with its place and the way out.
  @Test func lossesOfAnotherTaskAreRefused() throws {
    func message(_ text: String, _ make: (LossConfig) throws -> Void) throws -> String {
      let config = try config(text)
      return try #require(#expect(throws: Diagnostics.self) { try make(config) }).description
    }
    let three = ["a", "b", "c"]
    let numbers = try message(#"{"type": "mse"}"#) { _ = try $0.classificationLoss(classes: three, counts: [1, 1, 1]) }
    #expect(numbers.hasPrefix("loss.json:1:1: loss.type: mse is a regression loss") && numbers.contains("sparse_categorical_crossentropy"))
    let binary = try message(#"{"type": "binary_crossentropy"}"#) { _ = try $0.classificationLoss(classes: three, counts: [1, 1, 1]) }
    #expect(binary.contains("two classes") && binary.contains("3"))
    #expect(try message("{}") { _ = try $0.regressionLoss() }.contains("use mse, mae or huber"))
    #expect(try message("{}") { _ = try $0.multiLabelLoss(labels: three, positives: [1, 1, 1], rows: 3) }.contains("binary_crossentropy"))
  }
}
