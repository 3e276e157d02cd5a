import TemperCore
import TemperJSON

/// The block `regularization.dropout` of a config: how units after hidden layers, or the places of a transformer, are dropped.
public enum DropoutConfig: Sendable {
  /// Scheduled rates, one for each hidden layer or one for all.
  case scheduled([ScalarSchedule], noise: DropoutNoise = .bernoulli)
  /// The less active a unit is, the more likely it is dropped.
  case standout(StandoutConfig)
  /// At a rate learned by each layer.
  case concrete(ConcreteConfig)
  /// Noise learned for each weight.
  case variational(VariationalConfig)

  /// No dropout.
  public static let none = DropoutConfig.scheduled([ScalarSchedule(0)])

  /// Reads the block; `metrics` are the names that a schedule may monitor.
  public init(_ c: FieldReader, metrics: [String]) {
    let range = (0..<1.0).bounds
    func rate(_ c: FieldReader, default standard: Double, doc: String) -> Double {
      c.number("rate", default: standard, in: range, doc: doc)
    }
    func rates(_ c: FieldReader, doc: String) -> [ScalarSchedule] {
      c.value("rate", .oneOrMany(.scalarOrSchedule(in: range, metrics: metrics)), default: 0.0, doc: doc)
    }
    self = c.variant(
      "type", default: "constant", doc: "How units are dropped in training.",
      [
        .init("constant", "Fixed or scheduled rate.") { c in
          .scheduled(
            rates(
              c,
              doc: "Probability that a hidden unit is dropped; an array gives each layer, or block of a transformer, its own. With the "
                + "default of 0 a transformer keeps its own rates, such as model.resid_pdrop."))
        },
        .init("gaussian", "Multiplies units by noise from N(1, rate / (1 - rate)) (Srivastava et al. 2014).") { c in
          .scheduled(
            rates(c, doc: "p of the variance p / (1 - p) of the noise; an array gives each layer, or block of a transformer, its own."),
            noise: .gaussian)
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
        .init("variational", "Sparse variational dropout: noise learned for each weight of an mlp (Molchanov et al. 2017).") {
          .variational(VariationalConfig($0, metrics: metrics))
        },
      ])
  }

  /// The rate of each hidden layer, or of all; empty where no schedule gives it.
  public var rates: [ScalarSchedule] {
    if case .scheduled(let rates, _) = self { rates } else { [] }
  }

  /// Whether it is the default, by which nothing is ever dropped, except at a transformer's own rates.
  public var isNone: Bool {
    if case .scheduled(let rates, .bernoulli) = self { rates.allSatisfy { $0.constant == 0 } } else { false }
  }

  /// The weight of the divergence of variational dropout; nil for other kinds.
  public var klWeight: ScalarSchedule? {
    if case .variational(let config) = self { config.klWeight } else { nil }
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
    case .variational: "variational"
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

/// The `variational` block.
public struct VariationalConfig: Sendable {
  /// The initial ln σ of every weight, where σ is the standard deviation of its noise.
  public let initialLogDeviation: Double
  /// The factor of the divergence.
  public let klWeight: ScalarSchedule

  /// Settings in code.
  public init(initialLogDeviation: Double = -5, klWeight: ScalarSchedule = ScalarSchedule(1)) {
    (self.initialLogDeviation, self.klWeight) = (initialLogDeviation, klWeight)
  }

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    initialLogDeviation = c.number(
      "initial_log_sigma", default: -5, in: -20...5, doc: "Initial ln σ, the logarithm of the standard deviation of every weight's noise.")
    klWeight = c.value(
      "kl_weight", .scalarOrSchedule(in: 0..., metrics: metrics), default: ["type": "linear", "from": 0, "to": 1, "epochs": 50],
      doc: "Factor of the divergence from the prior, which is divided by the training rows; by default it rises from 0 to 1 in 50 epochs.")
  }
}
