import TemperJSON
import TemperNN

// The criteria of Prechelt, "Early stopping - but when?" (1998), with evaluations in the place of epochs. E_va is the error by the monitored metric,
// E_opt its least value so far, and E_tr the training loss between two evaluations. A strip is a number of successive evaluations, 5 in the paper.

/// GL(t) = 100 (E_va(t) / E_opt(t) - 1), the generalization loss in percent. It is 0 where the least error is 0.
func generalizationLoss(_ error: Double, best: Double) -> Double { best == 0 ? 0 : 100 * (error - best) / abs(best) }

/// P_k(t) = 1000 (Σ E_tr / (k min E_tr) - 1) over a strip of k, the training progress in per mille.
func trainingProgress(_ strip: [Double]) -> Double {
  guard let least = strip.min(), least > 0 else { return 0 }
  return 1000 * (strip.reduce(0, +) / (Double(strip.count) * least) - 1)
}

/// GL_α: the generalization loss exceeds `threshold` percent.
public struct GeneralizationLoss: StoppingCriterion {
  private let error: MonitoredError
  private let threshold: Double
  private var (best, last): (Double?, Double?) = (nil, nil)

  /// A criterion by `error`; the paper studies thresholds from 1 to 5.
  public init(_ error: MonitoredError, threshold: Double = 5) { (self.error, self.threshold) = (error, threshold) }

  /// The one metric.
  public var monitors: [String] { [error.monitor] }

  /// An undefined value changes nothing.
  public mutating func observe(_ moment: TrainingMoment) {
    guard let value = error(moment) else { return }
    (best, last) = (min(value, best ?? value), value)
  }

  /// The loss in percent; nil before the first value.
  var value: Double? { best.flatMap { best in last.map { generalizationLoss($0, best: best) } } }

  /// Present while the loss is above the threshold.
  public var evidence: StoppingEvidence? {
    guard let value, value > threshold else { return nil }
    return StoppingEvidence(
      criterion: "generalization_loss", value: value, threshold: threshold,
      words: "\(error.words) is \(shortNumber(value)) % above its best, more than \(shortNumber(threshold)) %")
  }

  /// The least and the last error.
  public var state: JSON { .object([("best", .exact(best)), ("last", .exact(last))]) }
  /// Restores both.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let best = state["best"]?.exactNumber, let last = state["last"]?.exactNumber else {
      throw MalformedState(of: "generalization_loss")
    }
    (self.best, self.last) = (best, last)
  }
}

/// The last strip of training losses.
struct TrainingStrip: Sendable {
  /// Their number, k.
  let length: Int
  private var losses: [Double] = []

  init(_ length: Int) { self.length = length }

  mutating func add(_ loss: Double?) {
    guard let loss, loss.isFinite else { return }
    losses = Array((losses + [loss]).suffix(length))
  }

  /// P_k; nil before there are k values.
  var progress: Double? { losses.count == length ? trainingProgress(losses) : nil }

  var state: JSON { .array(losses.map { .exact($0) }) }
  mutating func restore(_ state: JSON?) throws(MalformedState) {
    guard let array = state?.array else { throw MalformedState(of: "a strip of training losses") }
    losses = array.compactMap { $0.exactNumber ?? nil }
  }
}

/// PQ_α: at the end of a strip the quotient of generalization loss and training progress exceeds `threshold`.
public struct ProgressQuotient: StoppingCriterion {
  private var loss: GeneralizationLoss
  private let threshold: Double
  private var strip: TrainingStrip
  private var observed = 0
  private var quotient: Double?

  /// A criterion by `error`; the paper studies thresholds from 0.5 to 3.
  public init(_ error: MonitoredError, threshold: Double = 0.75, strip: Int = 5) {
    (loss, self.threshold, self.strip) = (GeneralizationLoss(error), threshold, TrainingStrip(strip))
  }

  /// The one metric.
  public var monitors: [String] { loss.monitors }

  /// Without progress the quotient is infinite, unless there is no loss either.
  public mutating func observe(_ moment: TrainingMoment) {
    loss.observe(moment)
    strip.add(moment.trainLoss)
    observed += 1
    guard observed % strip.length == 0, let progress = strip.progress, let loss = loss.value else { return }
    quotient = progress > 0 ? loss / progress : loss > 0 ? .infinity : 0
  }

  /// Present from the end of a strip with a quotient above the threshold to the end of the next strip.
  public var evidence: StoppingEvidence? {
    guard let quotient, quotient > threshold else { return nil }
    return StoppingEvidence(
      criterion: "progress_quotient", value: quotient, threshold: threshold,
      words: "generalization loss over training progress is \(shortNumber(quotient)), more than \(shortNumber(threshold))")
  }

  /// The errors, the strip and the last quotient.
  public var state: JSON {
    .object([
      ("loss", loss.state), ("strip", strip.state), ("observed", .integer(observed)), ("quotient", .exact(quotient)),
    ])
  }
  /// Restores them.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let own = state["loss"], let observed = state["observed"]?.integer, let quotient = state["quotient"]?.exactNumber else {
      throw MalformedState(of: "progress_quotient")
    }
    try loss.restore(own)
    try strip.restore(state["strip"])
    (self.observed, self.quotient) = (observed, quotient)
  }
}

/// P_k < threshold: training makes no progress any more. The paper ends every run so, at 0.1.
public struct TrainingProgress: StoppingCriterion {
  private let threshold: Double
  private var strip: TrainingStrip

  /// A criterion by the training loss.
  public init(threshold: Double = 0.1, strip: Int = 5) { (self.threshold, self.strip) = (threshold, TrainingStrip(strip)) }

  /// None: the training loss comes with the steps.
  public var monitors: [String] { [] }
  /// A missing value changes nothing.
  public mutating func observe(_ moment: TrainingMoment) { strip.add(moment.trainLoss) }

  /// Present while the progress is below the threshold.
  public var evidence: StoppingEvidence? {
    guard let progress = strip.progress, progress < threshold else { return nil }
    return StoppingEvidence(
      criterion: "training_progress", value: progress, threshold: threshold,
      words: "training progress over \(strip.length) evaluations is \(shortNumber(progress)) per mille, less than \(shortNumber(threshold))"
    )
  }

  /// The strip.
  public var state: JSON { strip.state }
  /// Restores it.
  public mutating func restore(_ state: JSON) throws(MalformedState) { try strip.restore(state) }
}

/// UP_s: the error is higher at the end of s successive strips than at the end of the strip before.
public struct SuccessiveIncreases: StoppingCriterion {
  private let error: MonitoredError
  private let (threshold, length): (Int, Int)
  private var (observed, increases): (Int, Int) = (0, 0)
  private var previous: Double?

  /// A criterion by `error`; the paper studies from 2 to 8 strips.
  public init(_ error: MonitoredError, strips: Int = 3, strip: Int = 5) {
    (self.error, threshold, length) = (error, strips, strip)
  }

  /// The one metric.
  public var monitors: [String] { [error.monitor] }

  /// The end of a strip without a value is as if it had not been.
  public mutating func observe(_ moment: TrainingMoment) {
    observed += 1
    guard observed % length == 0, let value = error(moment) else { return }
    if let previous { increases = value > previous ? increases + 1 : 0 }
    previous = value
  }

  /// Present while there are so many increases.
  public var evidence: StoppingEvidence? {
    guard increases >= threshold else { return nil }
    return StoppingEvidence(
      criterion: "successive_increases", value: Double(increases), threshold: Double(threshold),
      words: "\(error.words) rose over \(increases) strips of \(length) evaluations in a row")
  }

  /// The counts and the error of the last strip.
  public var state: JSON {
    .object([("observed", .integer(observed)), ("increases", .integer(increases)), ("previous", .exact(previous))])
  }
  /// Restores them.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let observed = state["observed"]?.integer, let increases = state["increases"]?.integer,
      let previous = state["previous"]?.exactNumber
    else { throw MalformedState(of: "successive_increases") }
    (self.observed, self.increases, self.previous) = (observed, increases, previous)
  }
}
