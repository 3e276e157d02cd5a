import TemperCore

/// The last layer of an adaptive softmax (Grave et al. 2017, "Efficient softmax approximation for GPUs"), with the parameters of
/// `torch.nn.AdaptiveLogSoftmaxWithLoss`: a class of the shortlist has a logit of its own in the head, and a class of a tail the
/// probability p(tail) p(class | tail), whose second factor is computed from fewer features.
///
/// Parameters: `head.weight` `[shortlist + tails, inputs]`, `head.bias` where there is one, and of tail i `tail.i.0.weight`
/// `[width, inputs]` and `tail.i.1.weight` `[classes, width]`.
public struct AdaptiveSoftmax {
  /// Which class is where.
  public let clusters: ClassClusters
  /// The logits of the shortlist and of the tails.
  public let head: Linear
  private let tails: [(projection: Linear, classes: Linear)]

  /// Makes or loads the parameters. Projections are always random: with zeros on both sides nothing of a tail would be trained.
  public init(_ scope: ParameterScope, inputs: Int, _ clusters: ClassClusters, initializer: Initializer) {
    self.clusters = clusters
    head = Linear(
      scope["head"], inputs: inputs, outputs: clusters.shortlist + clusters.tails.count, bias: clusters.hasHeadBias,
      initializer: initializer)
    tails = clusters.tails.enumerated().map { index, ranks in
      let (place, width) = (scope["tail"][index], clusters.width(ofTail: index, inputs: inputs))
      return (
        Linear(place[0], inputs: inputs, outputs: width, bias: false),
        Linear(place[1], inputs: width, outputs: ranks.count, bias: false, initializer: initializer)
      )
    }
  }

  /// All of its parameters.
  public var parameters: [Parameter] {
    [head.weight] + [head.bias].compactMap { $0 } + tails.flatMap { [$0.projection.weight, $0.classes.weight] }
  }

  /// The first tail that has no features.
  var emptyTail: Int? { tails.firstIndex { $0.projection.weight.shape[0] == 0 } }

  /// Weights that an average training row is multiplied with.
  var weightsPerRow: Int {
    head.weight.shape.count
      + zip(tails, clusters.shares).reduce(0) {
        $0 + Int(Double($1.0.projection.weight.shape.count + $1.0.classes.weight.shape.count) * $1.1)
      }
  }

  /// The logits of the classes of tail `index`, from features `[rows, inputs]`.
  func logits(ofTail index: Int, _ x: Tensor) -> Tensor { tails[index].classes(tails[index].projection(x)) }

  /// The logarithm of the probability of every class, in the order of the classes, `[rows, classes]`, from features `[rows, inputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (own, shortlist) = (head(x).logSoftmax(), clusters.shortlist)
    let parts = tails.indices.map { index in
      logits(ofTail: index, x).logSoftmax() + own.slice(shortlist + index..<shortlist + index + 1, axis: 1)
    }
    let byRank = concatenate([own.slice(0..<shortlist, axis: 1)] + parts, axis: 1)
    return gather(byRank.transposed(), rows: clusters.frequency.rank).transposed()
  }
}
