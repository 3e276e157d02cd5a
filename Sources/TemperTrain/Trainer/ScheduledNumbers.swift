import TemperJSON
import TemperNN
import TemperOptim

/// Numbers of a training that may follow a schedule. The raw value is the name on the command line and in a checkpoint.
public enum ScheduledNumber: String, CaseIterable, Sendable {
  /// The learning rate, warm-up included.
  case learningRate = "learning_rate"
  /// Decoupled weight decay.
  case weightDecay = "weight_decay"
  /// The strength of L1.
  case l1
  /// The strength of L2.
  case l2
  /// The dropout rate of the first hidden layer.
  case dropout
  /// The share of label smoothing.
  case labelSmoothing = "label_smoothing"
}

/// The schedules of one run's numbers. All of them hear of every evaluation, and are part of a checkpoint.
struct ScheduledNumbers {
  /// The learning rate's course.
  private(set) var learningRate: Schedule
  private let stepsPerEpoch: Int
  private var weightDecay: ScalarSchedule?
  private var l1: ScalarSchedule
  private var l2: ScalarSchedule
  private var dropout: [ScalarSchedule]
  private var labelSmoothing: ScalarSchedule?

  init(_ config: RunConfig, total: Int, stepsPerEpoch: Int) {
    learningRate = config.schedule.schedule(peak: config.optimizer.learningRate, total: total, stepsPerEpoch: stepsPerEpoch)
    self.stepsPerEpoch = stepsPerEpoch
    weightDecay = config.optimizer.weightDecay
    (l1, l2) = (config.regularization.penalties.l1, config.regularization.penalties.l2)
    dropout = config.regularization.dropout.rates
    labelSmoothing = config.loss.labelSmoothing
  }

  /// Decoupled weight decay at a step, counted from 0; nil for an optimiser without it.
  func weightDecay(at step: Int) -> Double? { weightDecay.map { value($0, step) } }

  /// The strength of L1 at a step.
  func l1(at step: Int) -> Double { value(l1, step) }

  /// The strength of L2 at a step.
  func l2(at step: Int) -> Double { value(l2, step) }

  /// The dropout rates of the hidden layers at a step; one for all.
  func dropout(at step: Int) -> [Double] { dropout.map { value($0, step) } }

  /// The share of label smoothing at a step, in training alone: losses of evaluations stay comparable. Nil where it never changes, and is part
  /// of the objective.
  func labelSmoothing(at step: Int) -> Double? { labelSmoothing.flatMap { $0.constant == nil ? value($0, step) : nil } }

  /// What `number` is at a step; nil where the config has no such number.
  func value(of number: ScheduledNumber, at step: Int) -> Double? {
    switch number {
    case .learningRate: learningRate(step)
    case .weightDecay: weightDecay(at: step)
    case .l1: l1(at: step)
    case .l2: l2(at: step)
    case .dropout: dropout(at: step).first
    case .labelSmoothing: labelSmoothing.map { value($0, step) }
    }
  }

  /// The metrics that ``observe(_:)`` must be given; none where every schedule depends on the step alone.
  var monitors: Set<String> {
    Set(
      learningRate.monitors + (weightDecay?.monitors ?? []) + l1.monitors + l2.monitors + dropout.flatMap(\.monitors)
        + (labelSmoothing?.monitors ?? []))
  }

  /// Takes the metrics of an evaluation, by their full names.
  mutating func observe(_ metrics: [String: Double]) {
    learningRate.observe(metrics)
    weightDecay?.observe(metrics)
    l1.observe(metrics)
    l2.observe(metrics)
    for index in dropout.indices { dropout[index].observe(metrics) }
    labelSmoothing?.observe(metrics)
  }

  /// What metrics have made of the schedules, for a checkpoint.
  var state: JSON {
    .object([
      (ScheduledNumber.learningRate.rawValue, learningRate.state), (ScheduledNumber.weightDecay.rawValue, weightDecay?.state ?? .null),
      (ScheduledNumber.l1.rawValue, l1.state), (ScheduledNumber.l2.rawValue, l2.state),
      (ScheduledNumber.dropout.rawValue, .array(dropout.map(\.state))),
      (ScheduledNumber.labelSmoothing.rawValue, labelSmoothing?.state ?? .null),
    ])
  }

  /// Goes on from a ``state``.
  mutating func restore(_ state: JSON) throws(MalformedState) {
    func saved(_ number: ScheduledNumber) -> JSON { state[number.rawValue] ?? .null }
    try learningRate.restore(saved(.learningRate))
    try weightDecay?.restore(saved(.weightDecay))
    try l1.restore(saved(.l1))
    try l2.restore(saved(.l2))
    try labelSmoothing?.restore(saved(.labelSmoothing))
    let rates = saved(.dropout).array ?? []
    guard rates.count == dropout.count else { throw MalformedState(of: "regularization.dropout") }
    for index in dropout.indices { try dropout[index].restore(rates[index]) }
  }

  private func value(_ schedule: ScalarSchedule, _ step: Int) -> Double {
    schedule.value(step: step, totalSteps: learningRate.total, stepsPerEpoch: stepsPerEpoch)
  }
}
