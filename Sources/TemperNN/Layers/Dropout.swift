import Glibc
import TemperCore

/// Inverted dropout after a hidden layer in training; the identity in evaluation. The rate comes from the context of a pass, since it may
/// change from step to step. It has no parameters; its scope names its random stream.
public struct Dropout {
  private let stream: Philox
  private let index: Int

  /// Dropout after hidden layer `index`, which selects its rate where the context has several.
  public init(_ scope: ParameterScope, index: Int = 0) {
    stream = scope.maskStream
    self.index = index
  }

  /// The shape is unchanged.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let rate = context.dropoutRate(index)
    guard context.isTraining, rate > 0 else { return x }
    return dropout(x, rate: rate, context.source(stream))
  }
}

/// Inverted dropout at a constant rate in training; the identity in evaluation. It has no parameters; its scope names its random stream.
public struct FixedDropout {
  private let stream: Philox
  private let rate: Double

  /// Dropout at `rate`, in 0..<1.
  public init(_ scope: ParameterScope, rate: Double) {
    stream = scope.maskStream
    self.rate = rate
  }

  /// The shape is unchanged; the first axis is the rows of the batch.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    context.isTraining && rate > 0 ? dropout(x, rate: rate, context.source(stream)) : x
  }

  /// The same for attention weights, which are never materialised as a tensor.
  public func ofAttention(_ context: Context) -> AttentionDropout? {
    context.isTraining && rate > 0 ? AttentionDropout(rate: rate, source: context.source(stream)) : nil
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

/// Concrete dropout after a hidden layer in training, where it adds its penalty to the objective; the identity in evaluation. Parameter:
/// `logit`, `[1]`, of the learned rate p: ln p - ln(1 - p).
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

  /// The shape is unchanged; `outgoing` is the weight that the units feed into.
  public func callAsFunction(_ x: Tensor, readBy outgoing: Parameter, _ context: Context) -> Tensor {
    guard context.isTraining else { return x }
    if let terms = context.terms {
      let (units, facts) = (x.shape[-1], terms.facts)
      terms.add(Self.termName) { penalty(units: units, outgoing, facts) }
    }
    return concreteDropout(x, logit.value, temperature: Float(config.temperature), context.source(stream))
  }

  private func penalty(units: Int, _ outgoing: Parameter, _ facts: TrainingFacts) -> Tensor {
    let rows = Double(facts.rows)
    return concretePenalty(
      logit.value, outgoing.value, units: units, weightRegularizer: Float(config.weightRegularizer ?? 1e-8 / rows),
      dropoutRegularizer: Float(config.dropoutRegularizer ?? facts.likelihoodFactor / rows))
  }
}

/// One of the kinds of dropout.
public enum AnyDropout {
  /// At a rate given by the context.
  case scheduled(Dropout)
  /// At the rate of each unit.
  case standout(Standout)
  /// At a learned rate.
  case concrete(ConcreteDropout)

  /// Makes or loads the parameters of dropout after hidden layer `index`.
  public init(_ scope: ParameterScope, _ config: DropoutConfig, index: Int) {
    self =
      switch config {
      case .scheduled: .scheduled(Dropout(scope, index: index))
      case .standout(let config): .standout(Standout(scope, config))
      case .concrete(let config): .concrete(ConcreteDropout(scope, config))
      }
  }

  /// The parameter of a learned rate.
  var logit: Parameter? {
    if case .concrete(let dropout) = self { dropout.logit } else { nil }
  }

  /// The shape of `x` is unchanged; `a` are the inputs of the activation, where needed, and `outgoing` is the weight that the units feed
  /// into.
  public func callAsFunction(_ x: Tensor, activationInput a: Tensor, readBy outgoing: Parameter, _ context: Context) -> Tensor {
    switch self {
    case .scheduled(let dropout): dropout(x, context)
    case .standout(let dropout): dropout(x, a, context)
    case .concrete(let dropout): dropout(x, readBy: outgoing, context)
    }
  }
}

extension ParameterScope {
  /// All kinds of dropout draw their masks from the stream of this name.
  fileprivate var maskStream: Philox { stream("dropout") }
}

extension Context {
  fileprivate func source(_ stream: Philox) -> DropoutSource { DropoutSource(stream: stream, step: step, rows: rows) }
}
