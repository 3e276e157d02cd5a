import TemperCore
import TemperJSON
import TemperNN
import TemperOptim

/// Training hyperparameters that may follow a schedule. The raw value is the name on the command line and in a checkpoint.
public enum ScheduledNumber: String, CaseIterable, Sendable {
  /// The learning rate, warm-up included.
  case learningRate = "learning_rate"
  /// Decoupled weight decay.
  case weightDecay = "weight_decay"
  /// The strength of L1.
  case l1
  /// The strength of L2.
  case l2
  /// The strength of L1 on activations.
  case activationL1 = "activation_l1"
  /// The dropout rate of the first hidden layer.
  case dropout
  /// The factor of the divergence of variational dropout.
  case klWeight = "kl_weight"
  /// The label smoothing.
  case labelSmoothing = "label_smoothing"
  /// The rate at which hidden weights are dropped.
  case dropConnect = "dropconnect"
  /// The rate at which the last residual block is dropped.
  case stochasticDepth = "stochastic_depth"
  /// The parameter of mixup, which can be set only where it has a schedule.
  case mixup

  /// Whether there may be one per hidden layer.
  fileprivate var isPerLayer: Bool { self == .dropout }
}

/// The schedules of one run. All of them observe every evaluation, and are part of a checkpoint.
struct ScheduledNumbers {
  /// The schedules of each number; empty for one that the config does not have.
  private var table: [(number: ScheduledNumber, schedules: [Schedule])]
  /// Whether a number follows the norms of gradient and weights, which each step then computes.
  let followNorms: Bool
  /// Numbers whose schedule is overridden.
  private var held: [ScheduledNumber: Double] = [:]

  init(_ config: RunConfig, total: Int, stepsPerEpoch: Int) {
    func schedules(_ numbers: ScalarSchedule?...) -> [Schedule] {
      numbers.compactMap { $0.map { Schedule($0, total: total, stepsPerEpoch: stepsPerEpoch) } }
    }
    let regularization = config.regularization
    let rate = config.schedule.schedule(peak: config.optimizer.learningRate, total: total, stepsPerEpoch: stepsPerEpoch)
    table = [
      (.learningRate, [rate]), (.weightDecay, schedules(config.optimizer.weightDecay)), (.l1, schedules(regularization.penalties.l1)),
      (.l2, schedules(regularization.penalties.l2)), (.activationL1, schedules(regularization.activationL1)),
      (.dropout, regularization.dropout.rates.flatMap { schedules($0) }), (.klWeight, schedules(regularization.dropout.klWeight)),
      (.labelSmoothing, schedules(config.loss.labelSmoothing)), (.dropConnect, schedules(regularization.dropConnect)),
      (.stochasticDepth, schedules(regularization.stochasticDepth)),
      (.mixup, schedules(config.train.augment?.mixup)),
    ]
    followNorms = table.contains { $0.schedules.contains(where: \.followsNorms) }
  }

  private func schedules(of number: ScheduledNumber) -> [Schedule] { table.first { $0.number == number }?.schedules ?? [] }

  /// The value of `number` at a step, counted from 0: dropout for each hidden layer or for all; empty if the config has no such number.
  func values(of number: ScheduledNumber, at step: Int) -> [Double] {
    let schedules = schedules(of: number)
    if let value = held[number] { return schedules.map { _ in value } }
    return schedules.map { $0(step) }
  }

  /// The value of `number` at a step; nil if the config has no such number.
  func value(of number: ScheduledNumber, at step: Int) -> Double? {
    schedules(of: number).first.map { held[number] ?? $0(step) }
  }

  /// The label smoothing at a step, in training only, so that evaluation losses stay comparable. Nil if it is constant, and thus part
  /// of the objective.
  func changingSmoothing(at step: Int) -> Double? {
    let isConstant = held[.labelSmoothing] == nil && schedules(of: .labelSmoothing).allSatisfy { $0.constant != nil }
    return isConstant ? nil : value(of: .labelSmoothing, at: step)
  }

  /// Overrides the schedule of `number`, which the config must have, by `value` from now on; nil returns to the schedule.
  mutating func hold(_ number: ScheduledNumber, at value: Double?) {
    require(!schedules(of: number).isEmpty, "the training has no \(number.rawValue) to set")
    // Rows of a constant mixup are mixed ahead.
    require(number != .mixup || schedules(of: number).contains { $0.constant == nil }, "mixup can only be set where it has a schedule")
    held[number] = value
  }

  /// The numbers with a schedule that depends on metrics.
  var adaptive: [ScheduledNumber] { table.filter { row in row.schedules.contains { !$0.monitors.isEmpty } }.map(\.number) }

  /// The metrics that ``observe(_:)`` needs; empty if all schedules depend only on the step.
  var monitors: Set<String> { Set(table.flatMap { $0.schedules.flatMap(\.monitors) }) }

  /// Passes the metrics of an evaluation, by full name, to the schedules.
  mutating func observe(_ metrics: [String: Double]) {
    for row in table.indices { for index in table[row].schedules.indices { table[row].schedules[index].observe(metrics) } }
  }

  /// Passes the norms of a step to the schedules, before it is taken.
  mutating func observe(gradientNorm: Double, weightNorm: Double) {
    for row in table.indices {
      for index in table[row].schedules.indices {
        table[row].schedules[index].observe(gradientNorm: gradientNorm, weightNorm: weightNorm)
      }
    }
  }

  /// The state of metric-dependent schedules and of overrides, for a checkpoint.
  var state: JSON {
    let schedules = table.map { number, schedules in
      (number.rawValue, number.isPerLayer ? JSON.array(schedules.map(\.state)) : schedules.first?.state ?? .null)
    }
    let held = table.compactMap { row in self.held[row.number].map { (row.number.rawValue, JSON.exact($0)) } }
    return .object(schedules + (held.isEmpty ? [] : [(Self.heldName, .object(held))]))
  }

  /// Restores a ``state``.
  mutating func restore(_ state: JSON) throws(MalformedState) {
    for row in table.indices {
      let number = table[row].number
      let saved = state[number.rawValue] ?? .null
      let states = number.isPerLayer ? saved.array ?? [] : table[row].schedules.map { _ in saved }
      guard states.count == table[row].schedules.count else { throw MalformedState(of: number.rawValue) }
      for index in states.indices { try table[row].schedules[index].restore(states[index]) }
    }
    for member in state[Self.heldName]?.members ?? [] {
      guard let number = ScheduledNumber(rawValue: member.name), !schedules(of: number).isEmpty, let value = member.value.exactNumber else {
        throw MalformedState(of: member.name)
      }
      held[number] = value
    }
  }

  private static let heldName = "held"
}
