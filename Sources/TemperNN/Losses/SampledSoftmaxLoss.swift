import Glibc
import TemperCore
import TemperJSON

/// Sampled softmax: in training the class of a row competes with a sample of the others, the same for all rows of a batch, instead of with all.
/// See ``TemperCore/sampledCrossEntropy(_:_:_:_:candidates:expectedCount:options:rowWeights:)``. Of outputs, as in evaluations, it is
/// cross-entropy.
public struct SampledSoftmaxLoss: HeadLoss {
  /// The number of classes in a sample; with all of them or more it is cross-entropy.
  public let samples: Int
  /// Class weights and the ignored label.
  public let options: CrossEntropyOptions
  private let sampler: LogUniformSampler

  /// A loss for classes with `counts` training rows.
  public init(samples: Int, counts: [Int], _ options: CrossEntropyOptions = .init()) {
    (self.samples, self.options, sampler) = (samples, options, LogUniformSampler(counts: counts))
  }

  /// See ``ClassificationLoss``.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(softmaxCrossEntropy(logits, labels, options: options, rowWeights: rowWeights))
  }

  /// See ``HeadLoss``.
  public func callAsFunction(_ features: Tensor, _ head: Head, _ labels: [Int32], rowWeights: [Float]?, _ context: Context) -> Loss {
    guard let random = context.random, samples < sampler.classes, case .linear(let layer) = head else {
      return self(head(features), labels, rowWeights: rowWeights)
    }
    let position = context.step << 32 | Int(context.rows.first ?? 0)
    var sequence = random.sequence("sampled_softmax", position)
    let sample = sampler.sample(samples, using: &sequence)
    return Loss(
      sampledCrossEntropy(
        features, layer.weight.value, layer.bias?.value, labels, candidates: sample.classes,
        expectedCount: { sampler.expectedCount($0, tries: sample.tries) }, options: options, rowWeights: rowWeights))
  }
}

/// Draws classes with the log-uniform (Zipfian) distribution q(r) = ln((r + 2) / (r + 1)) / ln(classes + 1), where r is the rank of a class by its
/// training rows, from 0 for the most frequent.
public struct LogUniformSampler: Sendable {
  private let frequency: FrequencyOrder

  /// A sampler of classes with `counts` training rows.
  public init(counts: [Int]) { frequency = FrequencyOrder(counts: counts) }

  /// The number of classes.
  public var classes: Int { frequency.order.count }

  /// The probability of class `c` in one draw.
  public func probability(_ c: Int32) -> Double {
    let r = Double(frequency.rank[Int(c)])
    return Glibc.log1p(1 / (r + 1)) / Glibc.log(Double(classes + 1))
  }

  /// How often class `c` is expected in a sample of classes, each once, that took so many `tries`.
  public func expectedCount(_ c: Int32, tries: Int) -> Double { -Glibc.expm1(Double(tries) * Glibc.log1p(-probability(c))) }

  /// The first `count` different classes that are drawn, at most as many as there are, and how many draws that took.
  public func sample(_ count: Int, using random: inout RandomSequence) -> (classes: [Int32], tries: Int) {
    let range = Glibc.log(Double(classes + 1))
    var isDrawn = [Bool](repeating: false, count: classes)
    var (drawn, tries): ([Int32], Int) = ([], 0)
    while drawn.count < min(count, classes) {
      tries += 1
      let r = min(Int(Glibc.exp(random.uniform() * range)) - 1, classes - 1)
      if isDrawn[r] { continue }
      isDrawn[r] = true
      drawn.append(frequency.order[r])
    }
    return (drawn, tries)
  }
}

/// Settings of `sampled_softmax`.
public struct SampledSoftmaxConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "sampled_softmax"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Cross-entropy over a sample of the classes in training, and over all in evaluations; for thousands of classes."
  /// The number of classes in a sample.
  public let samples: Int
  /// Weights and the ignored class.
  public let options: ClassLossOptions

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    samples = c.integer(
      "samples", default: 100, in: 1...1_000_000,
      doc: "Classes drawn for a batch, frequent ones more often; if there are no more classes, it is cross-entropy.")
    options = ClassLossOptions(c, metrics: metrics, isSmooth: false)
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    SampledSoftmaxLoss(samples: samples, counts: classes.counts, try options.options(classes))
  }
}
