import TemperJSON

/// A number that may change over a run: a constant, a ``ScheduleCurve`` over the steps, or one that depends on metrics.
///
/// A value type: users keep a copy of the config's, pass it the metrics of each evaluation, and save its ``state``.
public struct ScalarSchedule: Sendable {
  private enum Rule {
    case curve(any ScheduleCurve)
    case plateau(ReduceOnPlateau)
    case controller(GapController)
    case adaptive(AdaptiveDecay)
  }

  /// The number, where it is constant.
  public let constant: Double?
  private var rule: Rule

  /// A constant.
  public init(_ constant: Double) {
    (self.constant, rule) = (constant, .curve(ConstantCurve(constant)))
  }

  /// A number that depends on the step alone.
  public init(_ curve: any ScheduleCurve) {
    (constant, rule) = (nil, .curve(curve))
  }

  /// A number that is reduced when a metric stops improving.
  public init(_ plateau: ReduceOnPlateau) {
    (constant, rule) = (nil, .plateau(plateau))
  }

  /// A number controlled by the gap between training and validation loss.
  public init(_ controller: GapController) {
    (constant, rule) = (nil, .controller(controller))
  }

  /// Weight decay that follows the norms of gradient and weights.
  public init(_ decay: AdaptiveDecay) {
    (constant, rule) = (nil, .adaptive(decay))
  }

  /// The number at `step`, from 0, of a run of `totalSteps`; where it depends on metrics or norms, its current value.
  public func value(step: Int, totalSteps: Int, stepsPerEpoch: Int) -> Double {
    switch rule {
    case .curve(let curve): curve.value(at: step, of: RunLength(steps: totalSteps, stepsPerEpoch: stepsPerEpoch))
    case .plateau(let plateau): plateau.value
    case .controller(let controller): controller.value
    case .adaptive(let decay): decay.value
    }
  }

  /// The metrics that ``observe(_:)`` needs; empty where the number depends on none.
  public var monitors: [String] {
    switch rule {
    case .curve, .adaptive: []
    case .plateau(let plateau): [plateau.monitor]
    case .controller: GapController.metrics
    }
  }

  /// Updates on the metrics of an evaluation, by their full names such as `validation.loss`.
  public mutating func observe(_ metrics: [String: Double]) {
    switch rule {
    case .curve, .adaptive: break
    case .plateau(var plateau):
      plateau.observe(metrics[plateau.monitor])
      rule = .plateau(plateau)
    case .controller(var controller):
      controller.observe(training: metrics["train.loss"], validation: metrics["validation.loss"])
      rule = .controller(controller)
    }
  }

  /// Whether the number needs ``observe(gradientNorm:weightNorm:)`` before each step.
  public var followsNorms: Bool {
    if case .adaptive = rule { true } else { false }
  }

  /// Updates on the norms of a step, where the number follows them.
  public mutating func observe(gradientNorm: Double, weightNorm: Double) {
    guard case .adaptive(var decay) = rule else { return }
    decay.observe(gradientNorm: gradientNorm, weightNorm: weightNorm)
    rule = .adaptive(decay)
  }

  /// The mutable state, for a checkpoint; null where the number depends on the step alone.
  public var state: JSON {
    switch rule {
    case .curve: .null
    case .plateau(let plateau): plateau.state
    case .controller(let controller): controller.state
    case .adaptive(let decay): decay.state
    }
  }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    switch rule {
    case .curve:
      if !state.isNull { throw MalformedState(of: "a schedule without state") }
    case .plateau(var plateau):
      try plateau.restore(state)
      rule = .plateau(plateau)
    case .controller(var controller):
      try controller.restore(state)
      rule = .controller(controller)
    case .adaptive(var decay):
      try decay.restore(state)
      rule = .adaptive(decay)
    }
  }
}

/// CSV rows `step,value` for `steps`, with as many digits as distinguish the values, and a header before step 0.
public func scheduleCSV(steps: Range<Int>, _ value: (_ step: Int) -> Double) -> String {
  steps.reduce(into: steps.lowerBound == 0 ? "step,value\n" : "") { $0 += "\($1),\(value($1))\n" }
}
