import TemperCore
import TemperJSON

/// The dropout of a transformer by `regularization.dropout`, in place of the constant rates of the model's own keys.
public struct TransformerDropout: Sendable {
  /// Where a transformer drops. The raw value is the name in a config.
  public enum Place: String, CaseIterable, Sendable {
    /// The embeddings that go into the first block.
    case embedding
    /// The attention weights.
    case attention
    /// The outputs of attention and of the feed-forward layer, before they are added to the residual stream, and the input of a classifier.
    case residual
    /// The hidden units of the feed-forward layer.
    case feedForward = "feed_forward"
  }

  /// How it drops.
  public let config: DropoutConfig
  /// Where.
  public let places: Set<Place>

  /// Dropout by `config` at `places`; nil for the default ones of its type.
  public init(_ config: DropoutConfig, places: [Place]? = nil) {
    (self.config, self.places) = (config, Set(places ?? config.places.standard))
  }
}

extension DropoutConfig {
  /// The places of a transformer that this type is for, and those it has by default; empty for a type of other models.
  ///
  /// Attention weights exist only within an op, and tile by tile, so a learned rate gets no gradient from them. Standout needs units with an
  /// activation.
  public var places: (possible: [TransformerDropout.Place], standard: [TransformerDropout.Place]) {
    switch self {
    case .scheduled: (TransformerDropout.Place.allCases, [.embedding, .attention, .residual])
    case .standout: ([.feedForward], [.feedForward])
    case .concrete: ([.embedding, .residual, .feedForward], [.embedding, .residual])
    case .variational: ([], [])
    }
  }
}

extension FieldReader {
  /// The places where a transformer drops; nil for those of the type of dropout.
  public func dropoutPlaces() -> [TransformerDropout.Place]? {
    optional(
      "places", .list(of: .choice(TransformerDropout.Place.allCases.map(\.rawValue)), count: 1...4),
      doc: "Where a transformer drops, instead of its own rates such as model.resid_pdrop; `null`: embedding, attention and residual for "
        + "rates with a schedule, embedding and residual for `concrete`, feed_forward for `standout`."
    )?.compactMap(TransformerDropout.Place.init(rawValue:))
  }
}

/// Makes the dropout of a transformer, place by place, and keeps what its penalties need.
final class DropoutPlaces {
  private let dropout: TransformerDropout?
  private var learned: [(name: String, dropout: ConcreteDropout, units: Int, weights: Parameter)] = []

  /// With `dropout`, or the model's own constant rates for nil.
  init(_ dropout: TransformerDropout?) { self.dropout = dropout }

  /// Whether dropout of feed-forward units needs the inputs of their activation.
  var needsActivationInput: Bool { dropout?.config.needsActivationInput ?? false }

  /// Dropout of `units` at `place`. The model's own keys give it the constant `rate`; block `layer` has its own rate where there are several.
  ///
  /// `weights` are those that the units come from, or, of feed-forward units and of a classifier's input, are read by: dropping the units drops
  /// rows or columns of them, on which the penalty of a learned rate is (Gal, Hron and Kendall 2017).
  func make(
    _ place: TransformerDropout.Place, _ scope: ParameterScope, own rate: Double = 0, layer: Int, units: Int, of weights: Parameter
  ) -> AnyDropout {
    guard let dropout else { return rate > 0 ? .scheduled(Dropout(scope, rate: rate)) : .none }
    guard dropout.places.contains(place) else { return .none }
    let made = AnyDropout(scope, dropout.config, index: layer)
    if case .concrete(let concrete) = made { learned.append((scope.path, concrete, units, weights)) }
    return made
  }

  /// Dropout of the attention weights of block `layer`.
  func makeAttention(_ scope: ParameterScope, own rate: Double, layer: Int) -> AnyDropout {
    guard let dropout else { return rate > 0 ? .scheduled(Dropout(scope, rate: rate)) : .none }
    guard dropout.places.contains(.attention), case .scheduled = dropout.config else { return .none }
    return AnyDropout(scope, dropout.config, index: layer)
  }

  /// Adds the penalties of learned rates to the objective. Not part of the blocks, as these may be recomputed.
  func addPenalties(_ context: Context) {
    for (_, dropout, units, weights) in learned { dropout.addPenalty(units: units, weights, context) }
  }

  /// The learned rates.
  var rates: [LearnedDropout] { learned.map { entry in LearnedDropout(entry.name, .rate) { entry.dropout.rate } } }
}
