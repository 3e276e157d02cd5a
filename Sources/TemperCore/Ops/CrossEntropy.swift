import CTemperSupport
import Glibc

/// Options of a sparse categorical cross-entropy.
public struct CrossEntropyOptions: Sendable {
  /// The divisor of the summed loss for a mean.
  public enum Normalization: String, CaseIterable, Sendable {
    /// The sum of the weights of the rows' classes, as PyTorch's mean.
    case weight
    /// The number of rows, as Keras' `sum_over_batch_size`.
    case count
  }

  /// Rows with this label add nothing to loss, gradient or weight; it may be outside the range of classes.
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

  /// The weight that a row of `label` adds.
  func weight(ofLabel label: Int) -> Double {
    normalization == .weight ? Double(classWeights?[label] ?? 1) : 1
  }
}

/// Ends the program unless there is at least one class, a label for each row that is a class or ignored, and a weight for each class and each
/// row if any; returns the number of classes.
func checkClassification(
  _ x: Tensor, _ labels: [Int32], _ options: CrossEntropyOptions, _ rowWeights: [Float]?, _ op: StaticString
) -> Int {
  require(
    x.shape.rank == 2 && x.shape[0] == labels.count && x.shape[1] > 0,
    "\(op): \(x.shape) needs a class at least and one label for each row, not \(labels.count)")
  let k = x.shape[1]
  require(
    rowWeights == nil || rowWeights!.count == labels.count,
    "\(op): \(x.shape) needs a weight for each row, not \(rowWeights?.count ?? 0)")
  checkLabels(labels, rows: x.shape[0], classes: k, options, op)
  return k
}

/// Ends the program unless there is a label for each row that is a class or ignored, and a weight for each class if any.
func checkLabels(_ labels: [Int32], rows: Int, classes: Int, _ options: CrossEntropyOptions, _ op: StaticString) {
  require(labels.count == rows && classes > 0, "\(op): needs a class at least and one label for each of \(rows) rows, not \(labels.count)")
  require(
    options.classWeights == nil || options.classWeights!.count == classes, "\(op): needs a weight for each of \(classes) classes")
  for (i, label) in labels.enumerated() {
    require(
      label == options.ignoreIndex || (label >= 0 && label < classes), "\(op): row \(i) has label \(label), there are \(classes) classes")
  }
}

/// The sparse categorical cross-entropy of logits: the sum over rows, and the weight to divide it by for a mean. The division is left to the
/// caller, so that micro-batches, padding and class weights agree.
///
/// A row of class y costs (1 - ε) w_y (lse - z_y) + ε/K Σ_c w_c (lse - z_c), where lse is the logarithm of Σ e^z; this is
/// `torch.nn.functional.cross_entropy` with `reduction="sum"`. The derivative reuses the one buffer of probabilities.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: a class in `0..<classes`, or `ignoreIndex`, for each row.
///   - options: smoothing, class weights and the ignored label.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func softmaxCrossEntropy(
  _ logits: Tensor, _ labels: [Int32], options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  let (rows, k) = (labels.count, checkClassification(logits, labels, options, rowWeights, "softmaxCrossEntropy"))
  let kernel = CrossEntropyKernel(options, classes: k)
  let probabilities = Tensor(uninitialized: logits.shape)
  let (pz, pp) = (logits.pointer, probabilities.pointer)
  let partition = Partition(rows, cost: 30 * k, minItems: 1)
  let loss = sumOfRows(partition) { i in
    let loss = kernel.loss(pz + i * k, probabilities: pp + i * k, label: labels[i])
    let factor = rowWeights?[i] ?? 1
    return factor == 0 ? 0 : Double(factor) * loss
  }
  let weight = (0..<rows).reduce(0.0) { $0 + Double(rowWeights?[$1] ?? 1) * kernel.weight(ofLabel: labels[$1]) }

  let target = logits.target
  let total = Tensor(Float(loss)).recording(logits) { dy, into in
    let (g, p) = (dy.pointer[0], probabilities.pointer)
    partition.run { _, items in
      for i in items { kernel.derivative(p + i * k, label: labels[i], upstream: g * (rowWeights?[i] ?? 1)) }
    }
    into.accumulate(target, consuming: probabilities)
  }
  return (total, weight)
}

/// The loss and the derivative of one row of logits.
struct CrossEntropyKernel {
  private let options: CrossEntropyOptions
  private let classes: Int
  private let hard: Float
  private let soft: Float
  private let totalWeight: Float

  init(_ options: CrossEntropyOptions, classes: Int) {
    (self.options, self.classes) = (options, classes)
    (hard, soft) = (1 - options.labelSmoothing, options.labelSmoothing / Float(classes))
    totalWeight = options.classWeights.map { $0.reduce(0, +) } ?? Float(classes)
  }

  /// The weight that a row adds.
  func weight(ofLabel label: Int32) -> Double {
    label == options.ignoreIndex ? 0 : options.weight(ofLabel: Int(label))
  }

  /// p = softmax(z), where p may be z itself; returns the loss, 0 for an ignored row.
  @inline(__always)
  func loss(_ z: UnsafePointer<Float>, probabilities p: UnsafeMutablePointer<Float>, label: Int32) -> Double {
    guard label != options.ignoreIndex else {
      Kernels.softmax(z, into: p, count: classes)
      return 0
    }
    let own = Double(z[Int(label)])
    var weighted = 0.0
    if soft > 0 { for c in 0..<classes { weighted += Double(options.classWeights?[c] ?? 1) * Double(z[c]) } }
    let (largest, sum) = Kernels.softmax(z, into: p, count: classes)
    let lse = Double(largest) + Double(Glibc.logf(sum))
    let loss = Double(hard * (options.classWeights?[Int(label)] ?? 1)) * (lse - own)
    return soft > 0 ? loss + Double(soft) * (Double(totalWeight) * lse - weighted) : loss
  }

  /// Replaces the probabilities of a row by `g` times the derivative of its loss.
  @inline(__always)
  func derivative(_ p: UnsafeMutablePointer<Float>, label: Int32, upstream g: Float) {
    guard label != options.ignoreIndex, g != 0 else { return p.update(repeating: 0, count: classes) }
    let y = Int(label)
    let own = hard * (options.classWeights?[y] ?? 1)
    let scale = g * (own + soft * totalWeight)
    for c in 0..<classes { p[c] *= scale }
    p[y] -= g * own
    if soft > 0 { for c in 0..<classes { p[c] -= g * soft * (options.classWeights?[c] ?? 1) } }
  }
}

/// The sum of the results of `row`, added in the order of rows: the same bits on any number of threads.
@inline(__always)
func sumOfRows(_ partition: Partition, _ row: (Int) -> Double) -> Double {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: partition.count) { losses in
    let base = losses.baseAddress
    partition.run { _, items in
      for i in items { base![i] = row(i) }
    }
    return losses.reduce(0, +)
  }
}
