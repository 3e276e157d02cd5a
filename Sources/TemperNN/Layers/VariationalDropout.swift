import TemperCore

/// Sparse variational dropout of the weights of a linear layer (Molchanov, Ashukha and Vetrov 2017): in training each weight w has noise of the
/// variance σ², drawn for each row at the outputs (local reparametrisation, Kingma et al. 2015); in evaluation weights with ln α = ln σ² / w²
/// above ``pruningThreshold`` are 0, the others w.
///
/// Parameter: `log_sigma`, ln σ of each weight, in the shape of the weights. Weight decay and penalties do not act on it.
public struct VariationalDropout {
  /// The name of the divergence among the loss terms.
  public static let termName = "variational_dropout"
  /// The value of ln α above which a weight is pruned: a dropout rate of .95.
  public static let pruningThreshold: Float = 3

  private let weight: Parameter
  private let logDeviation: Parameter
  private let stream: Philox

  /// Makes or loads the parameter of the linear layer in `scope`; nil if `config` is another kind of dropout.
  init?(_ scope: ParameterScope, _ linear: Linear, _ config: DropoutConfig) {
    guard case .variational(let config) = config else { return nil }
    weight = linear.weight
    logDeviation = scope.parameter("log_sigma", weight.shape, .constant(config.initialLogDeviation), mayDecay: false)
    stream = scope.maskStream
  }

  /// `[rows, inputs]` to the outputs of the layer before its activation, `[rows, outputs]`. In training it adds the divergence from the prior
  /// to the objective: a mean over the training rows, of which each has its share.
  fileprivate func callAsFunction(_ x: Tensor, bias: Tensor?, _ context: Context) -> Tensor {
    guard context.isTraining else { return linear(x, kept, bias) }
    if let terms = context.terms {
      terms.add(Self.termName, weight: context.klWeight * terms.facts.likelihoodFactor / Double(terms.facts.rows)) {
        variationalDivergence(weight.value, logDeviation.value)
      }
    }
    let mean = linear(x, weight.value, bias)
    let variance = linear(x.squared(), (2 * logDeviation.value).exp())
    return mean + (variance + 1e-8).sqrt() * normalNoise(mean.shape, context.source(stream))
  }

  private var kept: Tensor { keptWeights(weight.value, logDeviation.value, threshold: Self.pruningThreshold) }

  /// The share of weights that are pruned; `name` is that of the layer.
  func learned(at name: String) -> LearnedDropout {
    LearnedDropout(name, .prunedShare) {
      let kept = kept
      return Double((0..<kept.count).count { kept.pointer[$0] == 0 }) / Double(max(1, kept.count))
    }
  }
}

extension Linear {
  /// `[rows, inputs]` to `[rows, outputs]`, with variational dropout of the weights, if any.
  func callAsFunction(_ x: Tensor, _ dropout: VariationalDropout?, _ context: Context) -> Tensor {
    guard let dropout else { return self(x) }
    return activation(dropout(x, bias: bias?.value, context))
  }
}

extension Head {
  /// `[rows, inputs]` to `[rows, outputs]`, with variational dropout of the weights of a linear layer, if any.
  func callAsFunction(_ features: Tensor, _ dropout: VariationalDropout?, _ context: Context) -> Tensor {
    if case .linear(let layer) = self { layer(features, dropout, context) } else { self(features) }
  }
}
