import Glibc
import TemperCore

/// Dropout in training; the identity in evaluation. The rate is constant, or comes from the context of a pass, since it may change from step
/// to step. It has no parameters; its scope names its random stream.
public struct Dropout {
  private enum Rate {
    case constant(Double)
    case ofLayer(Int)
  }

  private let stream: Philox
  private let rate: Rate
  private let noise: DropoutNoise

  /// Dropout at the rate of hidden layer `index` where the context has several.
  public init(_ scope: ParameterScope, index: Int = 0, noise: DropoutNoise = .bernoulli) {
    (stream, rate, self.noise) = (scope.maskStream, .ofLayer(index), noise)
  }

  /// Dropout at a constant `rate`, in 0..<1.
  public init(_ scope: ParameterScope, rate: Double) {
    (stream, self.rate, noise) = (scope.maskStream, .constant(rate), .bernoulli)
  }

  /// The rate in a pass, 0 in evaluation.
  private func rate(_ context: Context) -> Double {
    guard context.isTraining else { return 0 }
    return switch rate {
    case .constant(let rate): rate
    case .ofLayer(let index): context.dropoutRate(index)
    }
  }

  /// The shape is unchanged; the first axis is the rows of the batch.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let rate = rate(context)
    return rate > 0 ? dropout(x, rate: rate, noise: noise, context.source(stream)) : x
  }

  /// The same for attention weights, which are never materialised as a tensor.
  public func ofAttention(_ context: Context) -> AttentionDropout? {
    let rate = rate(context)
    return rate > 0 ? AttentionDropout(rate: rate, noise: noise, source: context.source(stream)) : nil
  }
}

/// Standout after a hidden layer: in training a unit is kept with probability σ(alpha a + beta), where a is the input of its activation; in
/// evaluation it is multiplied by that probability. It has no parameters.
public struct Standout {
  private let stream: Philox
  private let config: StandoutConfig

  /// Standout with the settings in `config`.
  public init(_ scope: ParameterScope, _ config: StandoutConfig) {
    stream = scope.maskStream
    self.config = config
  }

  /// `x` are the units and `a` the inputs of their activation, of the same shape, which is unchanged.
  public func callAsFunction(_ x: Tensor, _ a: Tensor, _ context: Context) -> Tensor {
    let (alpha, beta) = (Float(config.alpha), Float(config.beta))
    return context.isTraining
      ? standout(x, a, alpha: alpha, beta: beta, context.source(stream)) : standoutMean(x, a, alpha: alpha, beta: beta)
  }
}

/// Concrete dropout in training; the identity in evaluation. Parameter: `logit`, `[1]`, of the learned rate p: ln p - ln(1 - p).
public struct ConcreteDropout {
  /// The name of the penalty among the loss terms.
  public static let termName = "concrete_dropout"

  /// ln p - ln(1 - p).
  public let logit: Parameter
  private let stream: Philox
  private let config: ConcreteConfig

  /// Makes or loads the parameter.
  public init(_ scope: ParameterScope, _ config: ConcreteConfig) {
    logit = scope["dropout"].parameter("logit", [1], .constant(log(config.initialRate / (1 - config.initialRate))))
    stream = scope.maskStream
    self.config = config
  }

  /// The shape is unchanged.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    context.isTraining ? concreteDropout(x, logit.value, temperature: Float(config.temperature), context.source(stream)) : x
  }

  /// Adds the penalty of dropping `units` to the objective; `weights` is what they feed into, or come from.
  public func addPenalty(units: Int, _ weights: Parameter, _ context: Context) {
    guard let terms = context.terms else { return }
    let facts = terms.facts
    terms.add(Self.termName) { penalty(units: units, weights, facts) }
  }

  /// The learned rate.
  public var rate: Double { 1 / (1 + exp(-Double(logit.value.pointer[0]))) }

  private func penalty(units: Int, _ weights: Parameter, _ facts: TrainingFacts) -> Tensor {
    let rows = Double(facts.rows)
    return concretePenalty(
      logit.value, weights.value, units: units, weightRegularizer: Float(config.weightRegularizer ?? 1e-8 / rows),
      dropoutRegularizer: Float(config.dropoutRegularizer ?? facts.likelihoodFactor / rows))
  }
}

/// One of the kinds of dropout at one place.
public enum AnyDropout {
  /// Nothing is dropped here.
  case none
  /// At a constant rate, or one given by the context.
  case scheduled(Dropout)
  /// At the rate of each unit.
  case standout(Standout)
  /// At a learned rate.
  case concrete(ConcreteDropout)

  /// Makes or loads the parameters of dropout of the units of hidden layer `index`.
  public init(_ scope: ParameterScope, _ config: DropoutConfig, index: Int) {
    self =
      switch config {
      case .scheduled(_, let noise): .scheduled(Dropout(scope, index: index, noise: noise))
      case .standout(let config): .standout(Standout(scope, config))
      case .concrete(let config): .concrete(ConcreteDropout(scope, config))
      case .variational: .none
      }
  }

  /// The learned rate, if any, of the layer called `name`.
  func learned(at name: String) -> LearnedDropout? {
    if case .concrete(let dropout) = self { LearnedDropout(name, .rate) { dropout.rate } } else { nil }
  }

  /// The shape of `x` is unchanged; `a` are the inputs of the activation, where needed, which by default are `x`.
  public func callAsFunction(_ x: Tensor, activationInput a: Tensor? = nil, _ context: Context) -> Tensor {
    switch self {
    case .none: x
    case .scheduled(let dropout): dropout(x, context)
    case .standout(let dropout): dropout(x, a ?? x, context)
    case .concrete(let dropout): dropout(x, context)
    }
  }

  /// As above for the units of a hidden layer that feed into `outgoing`; a learned rate adds its penalty to the objective.
  public func callAsFunction(_ x: Tensor, activationInput a: Tensor, readBy outgoing: Parameter, _ context: Context) -> Tensor {
    if case .concrete(let dropout) = self { dropout.addPenalty(units: x.shape[-1], outgoing, context) }
    return self(x, activationInput: a, context)
  }

  /// Dropout of attention weights; only a rate that is not learned or computed drops them.
  func ofAttention(_ context: Context) -> AttentionDropout? {
    if case .scheduled(let dropout) = self { dropout.ofAttention(context) } else { nil }
  }
}

extension ParameterScope {
  /// All kinds of dropout draw their masks from the stream of this name.
  var maskStream: Philox { stream("dropout") }
}

extension Context {
  func source(_ stream: Philox) -> DropoutSource { DropoutSource(stream: stream, step: step, rows: rows) }
}
