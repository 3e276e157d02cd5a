import CTemperSupport
import Glibc

/// How a sparse categorical cross-entropy treats classes and rows.
public struct CrossEntropyOptions: Sendable {
  /// What the summed loss is to be divided by for a mean.
  public enum Normalization: String, CaseIterable, Sendable {
    /// The sum of the weights of the rows' classes, as PyTorch's mean.
    case weight
    /// The number of rows, as Keras' `sum_over_batch_size`.
    case count
  }

  /// Rows with this label add nothing to loss, gradient or weight; it may lie outside the classes.
  public var ignoreIndex: Int32
  /// A weight for each class, nil for 1 everywhere.
  public var classWeights: [Float]?
  /// What ``softmaxCrossEntropy(_:_:options:)`` gives as weight.
  public var normalization: Normalization
  /// The share of the target that is spread evenly over all classes (Szegedy et al. 2016).
  public var labelSmoothing: Float

  /// The plain loss by default; `ignoreIndex` -100 is PyTorch's.
  public init(
    ignoreIndex: Int32 = -100, classWeights: [Float]? = nil, normalization: Normalization = .weight, labelSmoothing: Float = 0
  ) {
    self.ignoreIndex = ignoreIndex
    self.classWeights = classWeights
    self.normalization = normalization
    self.labelSmoothing = labelSmoothing
  }
}

extension CrossEntropyOptions {
  /// Calls `body` with the classes that take part in the target of `label`, and their weighted shares: (1 - ε) w_y for the label and ε/K
  /// w_c for every class, the label's own added up.
  @inline(__always)
  func forEachTarget(label: Int, classes: Int, _ body: (_ class: Int, _ share: Double) -> Void) {
    let hard = Double(1 - labelSmoothing) * Double(classWeights?[label] ?? 1)
    guard labelSmoothing > 0 else { return body(label, hard) }
    let soft = Double(labelSmoothing) / Double(classes)
    for c in 0..<classes { body(c, soft * Double(classWeights?[c] ?? 1) + (c == label ? hard : 0)) }
  }

  /// What a row of `label` adds to the weight.
  func weight(ofLabel label: Int) -> Double {
    normalization == .weight ? Double(classWeights?[label] ?? 1) : 1
  }
}

/// Ends the program unless there are a class at least, a label for each row that is a class or ignored, and a weight for each class and each
/// row if any; returns the number of classes.
func checkClassification(
  _ x: Tensor, _ labels: [Int32], _ options: CrossEntropyOptions, _ rowWeights: [Float]?, _ op: StaticString
) -> Int {
  require(
    x.shape.rank == 2 && x.shape[0] == labels.count && x.shape[1] > 0,
    "\(op): \(x.shape) needs a class at least and one label for each row, not \(labels.count)")
  let k = x.shape[1]
  require(options.classWeights == nil || options.classWeights!.count == k, "\(op): needs a weight for each of \(k) classes")
  require(
    rowWeights == nil || rowWeights!.count == labels.count,
    "\(op): \(x.shape) needs a weight for each row, not \(rowWeights?.count ?? 0)")
  for (i, label) in labels.enumerated() {
    require(label == options.ignoreIndex || (label >= 0 && label < k), "\(op): row \(i) has label \(label), there are \(k) classes")
  }
  return k
}

/// The sparse categorical cross-entropy of logits: the sum over rows, and the weight to divide it by for a mean. Nobody divides here, so
/// that micro-batches, padding and class weights agree.
///
/// A row of class y costs (1 - ε) w_y (lse - z_y) + ε/K Σ_c w_c (lse - z_c), where lse is the logarithm of Σ e^z; this is
/// `torch.nn.functional.cross_entropy` with `reduction="sum"`. The derivative reuses the one buffer of probabilities.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: a class in `0..<classes`, or `ignoreIndex`, for each row.
///   - options: smoothing, class weights and the ignored label.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever it holds.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func softmaxCrossEntropy(
  _ logits: Tensor, _ labels: [Int32], options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  let (rows, k) = (labels.count, checkClassification(logits, labels, options, rowWeights, "softmaxCrossEntropy"))
  let (hard, soft) = (1 - options.labelSmoothing, options.labelSmoothing / Float(k))
  let weights = options.classWeights
  let totalWeight = weights.map { $0.reduce(0, +) } ?? Float(k)

  let probabilities = Tensor(uninitialized: logits.shape)
  var (loss, weight) = (0.0, 0.0)
  for i in 0..<rows {
    let z = logits.pointer + i * k
    let (largest, sum) = Kernels.softmax(z, into: probabilities.pointer + i * k, count: k)
    let (label, factor) = (labels[i], rowWeights?[i] ?? 1)
    if label == options.ignoreIndex || factor == 0 { continue }
    let y = Int(label)
    let own = weights?[y] ?? 1
    let lse = Double(largest) + Double(Glibc.logf(sum))
    loss += Double(factor) * Double(hard * own) * (lse - Double(z[y]))
    if soft > 0 {
      var weighted = 0.0
      for c in 0..<k { weighted += Double(weights?[c] ?? 1) * Double(z[c]) }
      loss += Double(factor) * Double(soft) * (Double(totalWeight) * lse - weighted)
    }
    weight += Double(factor) * options.weight(ofLabel: y)
  }

  let target = logits.target
  let total = Tensor(Float(loss)).recording(logits) { dy, into in
    let g = dy.pointer[0]
    for i in 0..<rows {
      let p = probabilities.pointer + i * k
      let factor = rowWeights?[i] ?? 1
      guard labels[i] != options.ignoreIndex, factor != 0 else {
        p.update(repeating: 0, count: k)
        continue
      }
      let y = Int(labels[i])
      let g = g * factor
      let own = hard * (weights?[y] ?? 1)
      let scale = g * (own + soft * totalWeight)
      for c in 0..<k { p[c] *= scale }
      p[y] -= g * own
      if soft > 0 { for c in 0..<k { p[c] -= g * soft * (weights?[c] ?? 1) } }
    }
    into.hand(target, probabilities)
  }
  return (total, weight)
}
