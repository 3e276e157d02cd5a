import TemperCore
import TemperJSON

/// Adaptive softmax (Grave et al. 2017): cross-entropy over clusters of classes, of which a batch computes only those that its classes are
/// in. It needs an ``AdaptiveSoftmax`` as the last layer. Of outputs, the logarithms of all probabilities, it is cross-entropy, so that
/// evaluations report the same loss.
public struct AdaptiveSoftmaxLoss: HeadLoss {
  private let layout: ClassClusters
  /// Class weights and the ignored label.
  public let options: CrossEntropyOptions

  /// A loss for classes in these clusters.
  public init(_ clusters: ClassClusters, _ options: CrossEntropyOptions = .init()) { (layout, self.options) = (clusters, options) }

  /// See ``ClassificationLoss``.
  public var clusters: ClassClusters? { layout }

  /// See ``ClassificationLoss``. The softmax of logarithms of probabilities changes nothing.
  public func callAsFunction(_ logProbabilities: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(softmaxCrossEntropy(logProbabilities, labels, options: options, rowWeights: rowWeights))
  }

  /// See ``HeadLoss``.
  public func callAsFunction(_ features: Tensor, _ head: Head, _ labels: [Int32], rowWeights: [Float]?, _ context: Context) -> Loss {
    guard case .adaptive(let layer) = head else { return self(head(features), labels, rowWeights: rowWeights) }
    let ignored = CrossEntropyOptions().ignoreIndex
    // The row's class in the head, and the rows of each tail with their classes there.
    var own = [Int32](repeating: ignored, count: labels.count)
    var tails = layout.tails.map { _ in (rows: [Int32](), labels: [Int32]()) }
    var factors = [Float](repeating: 0, count: labels.count)
    var weight = 0.0
    for (row, label) in labels.enumerated() where label != options.ignoreIndex {
      let (classWeight, rowWeight) = (options.classWeights?[Int(label)] ?? 1, rowWeights?[row] ?? 1)
      factors[row] = classWeight * rowWeight
      weight += Double(options.normalization == .weight ? factors[row] : rowWeight)
      let rank = Int(layout.frequency.rank[Int(label)])
      guard rank >= layout.shortlist else {
        own[row] = Int32(rank)
        continue
      }
      let tail = layout.tail(of: rank)
      own[row] = Int32(layout.shortlist + tail)
      tails[tail].rows.append(Int32(row))
      tails[tail].labels.append(Int32(rank - layout.tails[tail].lowerBound))
    }
    var sum = softmaxCrossEntropy(layer.head(features), own, rowWeights: factors).sum
    for (index, tail) in tails.enumerated() where !tail.rows.isEmpty {
      let logits = layer.logits(ofTail: index, gather(features, rows: tail.rows))
      sum = sum + softmaxCrossEntropy(logits, tail.labels, rowWeights: tail.rows.map { factors[Int($0)] }).sum
    }
    return Loss(sum: sum, weight: weight)
  }

  /// See ``HeadLoss``.
  public func problem(with head: Head) -> String? {
    guard case .adaptive(let layer) = head, let tail = layer.emptyTail else { return nil }
    let inputs = layer.head.weight.shape[1]
    return "leaves no features for tail \(tail + 1) of \(layout.tails.count): the last layer reads \(inputs), and \(inputs) / "
      + "loss.div_value^\(tail + 1) is below 1; make that layer wider, lower loss.div_value, or give fewer loss.cutoffs"
  }
}

/// Settings of `adaptive_softmax`.
public struct AdaptiveSoftmaxConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "adaptive_softmax"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Cross-entropy over clusters of classes by frequency, as the last layer; for thousands of classes."
  /// The ranks at which tails begin; nil for ``ClassClusters/cutoffs(classes:)``.
  public let cutoffs: [Int]?
  /// What the features of each tail are divided by.
  public let divisor: Double
  /// Whether the head has a bias.
  public let hasHeadBias: Bool
  /// Weights and the ignored class.
  public let options: ClassLossOptions
  private let place: Place

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    place = c.place
    cutoffs = c.optionalIntegers(
      "cutoffs", in: 1...1_000_000_000, count: 1...100,
      doc: "Ranks by frequency, ascending, at which tails of rarer classes begin; by default after a fifth of the classes, from 1,000 on "
        + "after a twentieth and a quarter.")
    divisor = c.number(
      "div_value", default: 4, in: 1...1_000_000,
      doc: "Tail i is computed from inputs / div_value^i features, the first from inputs / div_value.")
    hasHeadBias = c.bool("head_bias", default: false, doc: "Whether the layer of the frequent classes and of the tails has a bias.")
    options = ClassLossOptions(c, metrics: metrics, isSmooth: false)
    if let cutoffs, zip(cutoffs, cutoffs.dropFirst()).contains(where: { $0 >= $1 }) {
      c.fail("cutoffs", .invalidValue, "must ascend; put them in order, each once")
    }
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    let count = classes.names.count
    guard count > 1 else {
      throw LossConfig.unfit(Self.type, at: place, "requires two classes or more, but the training rows have \(count)")
    }
    if let last = cutoffs?.last, last >= count {
      throw LossConfig.unfit(
        Self.type, at: place, "has a cutoff of \(last), but the training rows have \(count) classes; lower loss.cutoffs below that")
    }
    let clusters = ClassClusters(
      counts: classes.counts, cutoffs: cutoffs ?? ClassClusters.cutoffs(classes: count), divisor: divisor, hasHeadBias: hasHeadBias)
    return AdaptiveSoftmaxLoss(clusters, try options.options(classes))
  }
}
