import TemperCore
import TemperJSON

/// What `regularization.dropout` in a config says: by what rule units behind hidden layers are dropped.
public enum DropoutConfig: Sendable {
  /// At rates that do not depend on the units: one for each hidden layer, or one for all.
  case scheduled([ScalarSchedule])
  /// The more a unit is off, the likelier it is dropped.
  case standout(StandoutConfig)
  /// At a rate that each layer learns.
  case concrete(ConcreteConfig)

  /// No dropout.
  public static let none = DropoutConfig.scheduled([ScalarSchedule(0)])

  /// Reads the block; `metrics` are the names that a schedule may watch.
  public init(_ c: FieldReader, metrics: [String]) {
    let range = (0..<1.0).bounds
    func rate(_ c: FieldReader, default standard: Double, doc: String) -> Double {
      c.number("rate", default: standard, in: range, doc: doc)
    }
    self = c.variant(
      "type", default: "constant", doc: "How units are dropped in training.",
      [
        .init("constant", "At a rate of one's own.") { c in
          .scheduled(
            c.value(
              "rate", .oneOrMany(.scalarOrSchedule(in: range, metrics: metrics)), default: 0.0,
              doc: "Probability that a hidden unit is dropped; an array gives each layer its own."))
        },
        .init("early", "At first, ever less (Liu et al. 2023).") { c in
          .scheduled([.earlyDropout(rate(c, default: 0.1, doc: "First rate, from which it falls to 0."), cutoff: c.dropoutCutoff())])
        },
        .init("late", "Not at first (Liu et al. 2023).") { c in
          .scheduled([.lateDropout(rate(c, default: 0.4, doc: "Rate from the cutoff on."), cutoff: c.dropoutCutoff())])
        },
        .init("curriculum", "Ever more (Morerio et al. 2017).") { c in
          let rate = rate(c, default: 0.5, doc: "Rate that is approached from 0, as rate (1 - e^(-gamma step)).")
          let gamma = c.optionalNumber("gamma", in: .above(0), doc: "How fast; by default 10 / the steps of the run.")
          return .scheduled([.curriculumDropout(rate, gamma: gamma)])
        },
        .init("gap_controlled", "The more, the wider the gap between training and validation loss.") { c in
          .scheduled([ScalarSchedule(Feedback.read(c, range, defaultMaximum: 0.7))])
        },
        .init("standout", "The more, the less a unit is active (Ba and Frey 2013).") { .standout(StandoutConfig($0)) },
        .init("concrete", "At a rate that each layer learns (Gal, Hron and Kendall 2017).") { .concrete(ConcreteConfig($0)) },
      ])
  }

  /// The rate of each hidden layer, or of all; none where no schedule gives it.
  public var rates: [ScalarSchedule] {
    if case .scheduled(let rates) = self { rates } else { [] }
  }

  /// Whether it looks at the inputs of the activation.
  var needsActivationInput: Bool {
    if case .standout = self { true } else { false }
  }

  /// Its name where the rate is not given by a schedule but comes of the units themselves or of training.
  public var nameWithoutSchedule: String? {
    switch self {
    case .scheduled: nil
    case .standout: "standout"
    case .concrete: "concrete"
    }
  }
}

/// What the block of `standout` says: a unit stays with probability σ(alpha a + beta), where a is the input of its activation.
public struct StandoutConfig: Sendable {
  /// The slope.
  public let alpha: Double
  /// What is added.
  public let beta: Double

  /// Settings in code.
  public init(alpha: Double = 1, beta: Double = 0) {
    (self.alpha, self.beta) = (alpha, beta)
  }

  /// Reads the keys.
  public init(_ c: FieldReader) {
    alpha = c.number("alpha", default: 1, doc: "A unit stays with probability σ(alpha a + beta), where a is the input of its activation.")
    beta = c.number("beta", default: 0, doc: "The higher, the more units stay.")
  }
}

/// What the block of `concrete` says.
public struct ConcreteConfig: Sendable {
  /// The rate that every layer starts with.
  public let initialRate: Double
  /// How soft masks are.
  public let temperature: Double
  /// The factor of |w|² / (1 - p) in the objective; nil for 1e-8 / training rows, the paper's length scale of 1e-4 squared.
  public let weightRegularizer: Double?
  /// The factor of the units times p ln p + (1 - p) ln(1 - p) in the objective; nil for 1 / training rows, and 2 / training rows where the
  /// loss is a squared error, which is twice a negative log-likelihood.
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
    initialRate = c.number("initial_rate", default: 0.1, in: .above(0, below: 1), doc: "Rate p that every layer starts with.")
    temperature = c.number("temperature", default: 0.1, in: .above(0), doc: "The lower, the nearer masks are to dropping or keeping.")
    weightRegularizer = c.optionalNumber(
      "weight_regularizer", in: 0..., doc: "Factor of |w|² / (1 - p) in the objective; by default 1e-8 / training rows.")
    dropoutRegularizer = c.optionalNumber(
      "dropout_regularizer", in: 0...,
      doc:
        "Factor of units (p ln p + (1 - p) ln(1 - p)) in the objective; by default 1 / training rows, 2 / training rows with the loss `mse`."
    )
  }
}
