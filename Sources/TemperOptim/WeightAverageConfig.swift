import TemperJSON

/// Which weights a model has: those that are trained, or an average of them. The raw value is the name in results.
public enum WeightSource: String, Sendable {
  /// The trained weights themselves.
  case raw
  /// Their exponential moving average.
  case ema
  /// Their equal mean, a stochastic weight average.
  case swa
}

/// The block `weight_average` of a config.
public struct WeightAverageConfig: Sendable {
  /// The kinds of averages, in the units of a config.
  public enum Kind: Sendable {
    /// Exponential: the share that a step keeps, and the steps after which averaging begins.
    case exponential(decay: Double, startStep: Int)
    /// Equal shares.
    case equal(SWAConfig)
  }

  /// The average.
  public let kind: Kind
  /// Whether evaluations try the weights themselves too, and the best are of either kind.
  public let comparesRaw: Bool

  /// Reads the block.
  public init(_ c: FieldReader) {
    kind = c.variant(
      "type", default: "ema", doc: "Which average of the weights.",
      [
        .init("ema", "Exponential moving average (Polyak and Juditsky 1992); running statistics are those of the weights.") { c in
          .exponential(
            decay: c.number("decay", default: 0.999, in: 0..<1, doc: "Decay: the share of the old average that a step keeps."),
            startStep: c.integer(
              "start_step", default: 0, in: 0..., doc: "Steps after which averaging begins; until then the average equals the weights."))
        },
        .init(
          "swa",
          "Stochastic weight average (Izmailov et al. 2018): the mean of the weights at regular steps; running statistics are its own."
        ) {
          .equal(SWAConfig($0))
        },
      ])
    comparesRaw = c.bool(
      "compare_raw", default: false,
      doc: "Evaluate the weights themselves too: the better by `early_stopping.monitor` counts as the evaluation, and may be the best.")
  }

  /// The rule for a run of `total` steps.
  public func rule(total: Int, stepsPerEpoch: Int) -> WeightAverageRule {
    switch kind {
    case .exponential(let decay, let startStep): .exponential(decay: decay, startStep: startStep)
    case .equal(let config): config.rule(total: total, stepsPerEpoch: stepsPerEpoch)
    }
  }
}

/// The settings of a stochastic weight average.
public struct SWAConfig: Sendable {
  private enum Unit { case steps, epochs }
  /// The moment of the first weights; nil for after three quarters of the run.
  private let start: (count: Int, unit: Unit)?
  private let every: (count: Int, unit: Unit)

  /// Reads the keys.
  public init(_ c: FieldReader) {
    c.exclusive("start_step", "start_epoch")
    let step = c.optionalInteger(
      "start_step", in: 0..., doc: "Step of the first weights of the mean; by default after three quarters of the run.")
    let epoch = c.optionalInteger("start_epoch", in: 0..., doc: "Epoch after which the first are taken, instead of a step.")
    start = step.map { ($0, .steps) } ?? epoch.map { ($0, .epochs) }
    c.exclusive("every_steps", "every_epochs")
    let steps = c.optionalInteger("every_steps", in: 1..., doc: "Steps between weights of the mean, instead of epochs.")
    let epochs = c.optionalInteger("every_epochs", in: 1..., doc: "Epochs between weights of the mean; by default 1.")
    every = steps.map { ($0, .steps) } ?? (epochs ?? 1, .epochs)
  }

  func rule(total: Int, stepsPerEpoch: Int) -> WeightAverageRule {
    func steps(_ length: (count: Int, unit: Unit)) -> Int { length.unit == .steps ? length.count : length.count * stepsPerEpoch }
    return .equal(startStep: start.map(steps) ?? total - total / 4, every: steps(every))
  }
}

/// How an average follows the weights, in steps.
public enum WeightAverageRule: Sendable, Equatable {
  /// θ̄ ← d θ̄ + (1 - d) θ after each step beyond `startStep`.
  case exponential(decay: Double, startStep: Int)
  /// The mean of the weights at `startStep`, or the first `every` if that is 0, and every so many steps from there.
  case equal(startStep: Int, every: Int)

  /// Which weights the average is.
  public var source: WeightSource {
    switch self {
    case .exponential: .ema
    case .equal: .swa
    }
  }

  /// Whether the average is more than the weights after `step` steps.
  func hasBegun(at step: Int) -> Bool {
    switch self {
    case .exponential(_, let start): step > start
    case .equal(let start, let every): members(at: step, start, every) > 0
    }
  }

  /// The share of the old average that step number `step`, counted from 1, keeps.
  func kept(at step: Int) -> Float {
    switch self {
    case .exponential(let decay, let start): return step > start ? Float(decay) : 0
    case .equal(let start, let every):
      let members = members(at: step, start, every)
      if members == 0 { return 0 }
      return (step - start) % every == 0 ? Float(members - 1) / Float(members) : 1
    }
  }

  /// The number of weights in the mean after `step` steps; the untrained ones are none of them.
  private func members(at step: Int, _ start: Int, _ every: Int) -> Int {
    step < start ? 0 : (step - start) / every + (start > 0 ? 1 : 0)
  }
}
