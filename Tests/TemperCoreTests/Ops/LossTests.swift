import TemperCore
import TemperTestSupport
import Testing

/// What losses promise besides the values of ops.json.
@Suite struct LossTests {
  private typealias Function = (Tensor) -> (sum: Tensor, weight: Double)

  /// Logits of ±1e4 give finite losses and gradients, as large as they should be.
  @Test func hugeLogits() throws {
    let logits = Tensor([4, 3], [1e4, 0, -1e4, 1e4, 0, -1e4, -1e4, -1e4, -1e4, 0, 1e4, 1e4])
    let labels: [Int32] = [0, 2, 1, 0]
    let targets: [Float] = [1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0]
    let weights = CrossEntropyOptions(classWeights: [1, 2, 0.5], labelSmoothing: 0.1)
    let functions: [(String, Function, Double?)] = [
      ("softmax", { softmaxCrossEntropy($0, labels) }, 20000 + 1.0986123 + 10000.6931472),
      ("focal", { focalLoss($0, labels) }, 20000 + 1.0986123 * 4 / 9 + 10000.6931472),
      ("focal, smoothed", { focalLoss($0, labels, gamma: 0.5, options: weights) }, nil),
      ("focal, gamma 0", { focalLoss($0, labels, gamma: 0) }, 20000 + 1.0986123 + 10000.6931472),
      ("binary", { binaryCrossEntropy($0, targets) }, nil),
      ("squared", { squaredError($0, targets) }, nil), ("Huber", { huberError($0, targets) }, nil),
    ]
    for (name, function, expected) in functions {
      let (value, gradients) = valueWithGradients(at: [logits]) { function($0[0]).sum }
      #expect(value.scalar.isFinite && gradients[0]!.values.allSatisfy(\.isFinite), "\(name)")
      if let expected { #expect(mismatch([Double(value.scalar)], [expected]) == nil, "\(name)") }
    }
  }

  @Test func focalWithoutGammaIsCrossEntropy() {
    var random = RandomTensors("focal")
    let (logits, labels) = (random.normal([6, 5]), random.labels(6, classes: 5))
    let options = CrossEntropyOptions(classWeights: [1, 2, 3, 0.5, 1], labelSmoothing: 0.2)
    let (focal, plain) = (focalLoss(logits, labels, gamma: 0, options: options), softmaxCrossEntropy(logits, labels, options: options))
    #expect(mismatch(focal.sum, plain.sum) == nil && focal.weight == plain.weight)
  }

  /// The loss of two classes is that of one logit, the difference of theirs.
  @Test func oneLogitIsTheDifferenceOfTwo() {
    var random = RandomTensors("binary")
    let two = random.normal([7, 2])
    let labels = random.labels(7, classes: 2)
    let one = two.slice(1..<2, axis: 1) - two.slice(0..<1, axis: 1)
    #expect(mismatch(binaryCrossEntropy(one, labels.map(Float.init)).sum, softmaxCrossEntropy(two, labels).sum) == nil)
  }

  /// A row's weight multiplies what the row alone has: loss, weight and gradient.
  @Test(arguments: CrossEntropyOptions.Normalization.allCases) func rowWeights(normalization: CrossEntropyOptions.Normalization) {
    let x = Tensor([4, 3], [0.2, 0.8, 0.4, 1.5, 0.3, 0.1, 0.5, 0.6, 2, 0.9, 0.1, 0.3])
    let (labels, weights): ([Int32], [Float]) = ([2, 0, -100, 1], [0.25, 3, 2, 1])
    let options = CrossEntropyOptions(classWeights: [1, 2, 0.5], normalization: normalization, labelSmoothing: 0.1)
    typealias Weighted = (Tensor, [Int32], [Float]?) -> (sum: Tensor, weight: Double)
    let functions: [(String, Weighted)] = [
      ("softmax", { softmaxCrossEntropy($0, $1, options: options, rowWeights: $2) }),
      ("focal", { focalLoss($0, $1, gamma: 1.5, options: options, rowWeights: $2) }),
      ("probabilities", { probabilityCrossEntropy($0, $1, options: options, rowWeights: $2) }),
    ]
    for (name, function) in functions {
      let whole = function(x, labels, weights)
      let gradient = valueWithGradients(at: [x]) { function($0[0], labels, weights).sum }.gradients[0]!.values
      var (sum, weight) = (0.0, 0.0)
      for row in 0..<4 {
        let one = x.rows(row..<row + 1).copy()
        let alone = function(one, [labels[row]], nil)
        sum += Double(weights[row]) * Double(alone.sum.scalar)
        weight += Double(weights[row]) * alone.weight
        let slope = valueWithGradients(at: [one]) { function($0[0], [labels[row]], nil).sum }.gradients[0]!.values
        for c in 0..<3 { #expect(abs(gradient[row * 3 + c] - weights[row] * slope[c]) < 1e-6, "\(name)") }
      }
      #expect(abs(Double(whole.sum.scalar) - sum) < 1e-5 && abs(whole.weight - weight) < 1e-6, "\(name)")
      // A weight of 1 everywhere is none.
      #expect(function(x, labels, [1, 1, 1, 1]).sum.scalar == function(x, labels, nil).sum.scalar, "\(name)")
    }
  }

  /// Rows that are ignored or weigh nothing may hold anything, NaN included.
  @Test func rowsWithoutWeightMayHoldNaN() {
    let x = Tensor([3, 2], [0.2, 0.8, .nan, .nan, 0.5, 0.5])
    let targets: [Float] = [1, 0, .nan, 0, 1, 1]
    let (labels, rowWeights): ([Int32], [Float]) = ([0, -100, 1], [1, 0, 1])
    let functions: [(String, Function)] = [
      ("softmax", { softmaxCrossEntropy($0, labels) }), ("focal", { focalLoss($0, labels) }),
      ("probabilities", { probabilityCrossEntropy($0, labels) }),
      ("softmax, weighted", { softmaxCrossEntropy($0, [0, 1, 1], rowWeights: rowWeights) }),
      ("focal, weighted", { focalLoss($0, [0, 1, 1], rowWeights: rowWeights) }),
      ("probabilities, weighted", { probabilityCrossEntropy($0, [0, 1, 1], rowWeights: rowWeights) }),
      ("binary", { binaryCrossEntropy($0, targets, rowWeights: rowWeights) }),
      ("squared", { squaredError($0, targets, rowWeights: rowWeights) }),
      ("absolute", { absoluteError($0, targets, rowWeights: rowWeights) }), ("Huber", { huberError($0, targets, rowWeights: rowWeights) }),
    ]
    for (name, function) in functions {
      let (value, gradients) = valueWithGradients(at: [x]) { function($0[0]).sum }
      #expect(value.scalar.isFinite && gradients[0]!.values.allSatisfy(\.isFinite), "\(name)")
      #expect(gradients[0]!.values[2] == 0 && gradients[0]!.values[3] == 0, "\(name)")
    }
  }

  /// Besides the logits a loss holds one buffer of their size, which becomes the gradient.
  @Test(arguments: ["softmax", "focal", "binary"]) func oneBufferOfTheSizeOfTheLogits(name: String) {
    let logits = Tensor.filled([512, 1000], 0.1)
    let labels = (0..<512).map { Int32($0) }
    let targets = [Float](repeating: 1, count: name == "binary" ? logits.count : 0)
    /// The identity, so that the gradient of the logits is an intermediate value, as that of a model's outputs is.
    func probe(_ x: Tensor, _ note: @escaping () -> Void) -> Tensor {
      x.detached.recording(x) { _, _ in note() }
    }
    let before = Engine.statistics.usedBytes
    let small = 64 * 1024
    var peak = 0
    let buffer = GradientBuffer(layout: [0..<1], count: 1)
    buffer.addGradients { tape in
      let leaf = tape.leaf(0, Tensor(0))
      let outputs = probe(logits.detached.recording(leaf) { _, _ in }) { peak = Engine.statistics.peakBytes }
      Engine.resetPeak()
      return switch name {
      case "softmax": softmaxCrossEntropy(outputs, labels).sum
      case "focal": focalLoss(outputs, labels).sum
      default: binaryCrossEntropy(outputs, targets).sum
      }
    }
    #expect(peak - before >= logits.count * 4)
    #expect(peak - before <= logits.count * 5 + small)
  }
}
