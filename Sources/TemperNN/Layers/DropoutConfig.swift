import TemperCore
import TemperJSON

/// The block `regularization.dropout` of a config: how units after hidden layers are dropped.
public enum DropoutConfig: Sendable {
  /// Scheduled rates, one for each hidden layer or one for all.
  case scheduled([ScalarSchedule])
  /// The less active a unit is, the more likely it is dropped.
  case standout(StandoutConfig)
  /// At a rate learned by each layer.
  case concrete(ConcreteConfig)

  /// No dropout.
  public static let none = DropoutConfig.scheduled([ScalarSchedule(0)])

  /// Reads the block; `metrics` are the names that a schedule may monitor.
  public init(_ c: FieldReader, metrics: [String]) {
    let range = (0..<1.0).bounds
    func rate(_ c: FieldReader, default standard: Double, doc: String) -> Double {
      c.number("rate", default: standard, in: range, doc: doc)
    }
    self = c.variant(
      "type", default: "constant", doc: "How units are dropped in training.",
      [
        .init("constant", "Fixed or scheduled rate.") { c in
          .scheduled(
            c.value(
              "rate", .oneOrMany(.scalarOrSchedule(in: range, metrics: metrics)), default: 0.0,
              doc: "Probability that a hidden unit is dropped; an array gives each layer its own."))
        },
        .init("early", "Early dropout, decreasing to 0 (Liu et al. 2023).") { c in
          .scheduled([.earlyDropout(rate(c, default: 0.1, doc: "Initial rate, which falls linearly to 0."), cutoff: c.dropoutCutoff())])
        },
        .init("late", "Late dropout, none at first (Liu et al. 2023).") { c in
          .scheduled([.lateDropout(rate(c, default: 0.4, doc: "Rate after the cutoff."), cutoff: c.dropoutCutoff())])
        },
        .init("curriculum", "Curriculum dropout, increasing from 0 (Morerio et al. 2017).") { c in
          let rate = rate(c, default: 0.5, doc: "Final rate, approached from 0 as rate (1 - e^(-gamma step)).")
          let gamma = c.optionalNumber("gamma", in: .above(0), doc: "Speed of the increase; by default 10 / the steps of the run.")
          return .scheduled([.curriculumDropout(rate, gamma: gamma)])
        },
        .init("gap_controlled", "Increases with the gap between training and validation loss.") { c in
          .scheduled([ScalarSchedule(GapController.read(c, range, maxima: (proportional: 0.9, sign: 0.7)))])
        },
        .init("standout", "Drops less active units more often (Ba and Frey 2013).") { .standout(StandoutConfig($0)) },
        .init("concrete", "Concrete dropout: each layer learns its rate (Gal, Hron and Kendall 2017).") { .concrete(ConcreteConfig($0)) },
      ])
  }

  /// The rate of each hidden layer, or of all; empty where no schedule gives it.
  public var rates: [ScalarSchedule] {
    if case .scheduled(let rates) = self { rates } else { [] }
  }

  /// Whether it needs the inputs of the activation.
  var needsActivationInput: Bool {
    if case .standout = self { true } else { false }
  }

  /// Its name where the rate has no schedule but is computed from activations or learned.
  public var nameWithoutSchedule: String? {
    switch self {
    case .scheduled: nil
    case .standout: "standout"
    case .concrete: "concrete"
    }
  }
}

/// The `standout` block: a unit is kept with probability σ(alpha a + beta), where a is the input of its activation.
public struct StandoutConfig: Sendable {
  /// The slope.
  public let alpha: Double
  /// The offset.
  public let beta: Double

  /// Settings in code.
  public init(alpha: Double = 1, beta: Double = 0) {
    (self.alpha, self.beta) = (alpha, beta)
  }

  /// Reads the keys.
  public init(_ c: FieldReader) {
    alpha = c.number("alpha", default: 1, doc: "A unit is kept with probability σ(alpha a + beta), where a is the input of its activation.")
    beta = c.number("beta", default: 0, doc: "Offset; higher values keep more units.")
  }
}

/// The `concrete` block.
public struct ConcreteConfig: Sendable {
  /// The initial rate of every layer.
  public let initialRate: Double
  /// How soft the masks are.
  public let temperature: Double
  /// The factor of |w|² / (1 - p) in the objective; nil for 1e-8 / training rows, the paper's length scale of 1e-4 squared.
  public let weightRegularizer: Double?
  /// The factor of units (p ln p + (1 - p) ln(1 - p)) in the objective; nil for 1 / training rows, or 2 / training rows with a
  /// squared-error loss, which is twice a negative log-likelihood.
  public let dropoutRegularizer: Double?

  /// Settings in code.
  public init(
    initialRate: Double = 0.1, temperature: Double = 0.1, weightRegularizer: Double? = nil, dropoutRegularizer: Double? = nil
  ) {
    (self.initialRate, self.temperature) = (initialRate, temperature)
    (self.weightRegularizer, self.dropoutRegularizer) = (weightRegularizer, dropoutRegularizer)
  }

  /// Reads the keys.
  public init(_ c: FieldReader) {
    initialRate = c.number("initial_rate", default: 0.1, in: .above(0, below: 1), doc: "Initial rate p of every layer.")
    temperature = c.number("temperature", default: 0.1, in: .above(0), doc: "Lower temperatures make masks closer to binary.")
    weightRegularizer = c.optionalNumber(
      "weight_regularizer", in: 0..., doc: "Factor of |w|² / (1 - p) in the objective; by default 1e-8 / training rows.")
    dropoutRegularizer = c.optionalNumber(
      "dropout_regularizer", in: 0...,
      doc:
        "Factor of units (p ln p + (1 - p) ln(1 - p)) in the objective; by default 1 / training rows, 2 / training rows with the loss `mse`."
    )
  }
}
