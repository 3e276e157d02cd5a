import TemperCore

/// A block of a pre-norm transformer: attention, then a feed-forward layer, each on the norm of what comes in and added to it. That of ``GPT2``
/// and of ``ViT``.
struct PreNormBlock {
  /// What its parts are called, and how their weights begin and are stored.
  struct Style {
    /// The scopes of attention and of the feed-forward layer.
    var (attention, units): (String, String)
    /// What the names of the weight and the bias of queries, keys and values begin with, in the scope of attention.
    var queryKeyValue: String
    /// The layer after attention, and the two of the feed-forward layer, in their scopes.
    var (projection, up, down): (String, String, String)
    /// The layout of weights in a file.
    var stored = StoredLayout.same
    /// The initial weights of queries, keys and values, of the layer after attention, and of the two of the feed-forward layer.
    var initial: (queryKeyValue: Initializer, projection: Initializer, up: Initializer, down: Initializer)
    /// Which positions a position attends to.
    var mask: AttentionMask
  }

  /// The sizes of a block, its dropout by the model's own keys, and the number of blocks.
  struct Sizes {
    var (width, heads, feedForwardWidth): (Int, Int, Int)
    var activation: Activation
    var normEpsilon: Double
    var (attentionDropout, residualDropout, unitDropout): (Double, Double, Double)
    var layers: Int
  }

  private let names: BlockNames
  private let mask: AttentionMask
  private let firstNorm: LayerNorm
  private let queryKeyValue: Linear
  private let attention: SelfAttention
  private let projection: Linear
  private let attentionDropout: AnyDropout
  private let secondNorm: LayerNorm
  private let up: Linear
  private let activation: Activation
  private let unitDropout: AnyDropout
  private let down: Linear
  private let dropout: AnyDropout
  private let skipping: (attention: StochasticDepth, units: StochasticDepth)
  /// Whether only the first position goes on, of which the others are keys and values.
  private let keepsFirst: Bool

  /// Makes or loads the parameters of block `layer`.
  init(_ scope: ParameterScope, _ sizes: Sizes, _ style: Style, _ places: DropoutPlaces, layer: Int, keepsFirst: Bool = false) {
    let (width, eps, stored) = (sizes.width, Float(sizes.normEpsilon), style.stored)
    let (attn, mlp) = (scope[style.attention], scope[style.units])
    firstNorm = LayerNorm(scope["ln_1"], size: width, eps: eps)
    queryKeyValue = Linear(
      attn, prefix: style.queryKeyValue, inputs: width, outputs: 3 * width, initializer: style.initial.queryKeyValue, stored: stored)
    attention = SelfAttention(
      heads: sizes.heads, keyValueHeads: sizes.heads, layer: layer,
      dropout: places.makeAttention(attn["attn_dropout"], own: sizes.attentionDropout, layer: layer))
    projection = Linear(attn[style.projection], inputs: width, outputs: width, initializer: style.initial.projection, stored: stored)
    attentionDropout = places.make(
      .residual, attn["resid_dropout"], own: sizes.residualDropout, layer: layer, units: width, of: projection.weight)
    secondNorm = LayerNorm(scope["ln_2"], size: width, eps: eps)
    names = BlockNames(scope, attention: attn, units: mlp)
    // The linear op applies the activation itself, unless dropout needs its input.
    let isFused = !places.needsActivationInput
    activation = isFused ? .none : sizes.activation
    up = Linear(
      mlp[style.up], inputs: width, outputs: sizes.feedForwardWidth, activation: isFused ? sizes.activation : .none,
      initializer: style.initial.up, stored: stored)
    down = Linear(mlp[style.down], inputs: sizes.feedForwardWidth, outputs: width, initializer: style.initial.down, stored: stored)
    unitDropout = places.make(
      .feedForward, mlp[style.up], own: sizes.unitDropout, layer: layer, units: sizes.feedForwardWidth, of: down.weight)
    dropout = places.make(.residual, mlp["dropout"], own: sizes.residualDropout, layer: layer, units: width, of: down.weight)
    skipping = StochasticDepth.ofBlock(attn, mlp, layer, of: sizes.layers)
    (mask, self.keepsFirst) = (style.mask, keepsFirst)
  }

  /// `[rows, length, width]` to the same shape, or to a length of 1 if it keeps the first position.
  func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let all = attention(queryKeyValue(firstNorm(x)), mask: mask, context)
    // What nothing reads after attention need not be computed.
    let attended = projection(keepsFirst ? all.slice(0..<1, axis: 1) : all)
    context.hooks?(names.attention, attended)
    let input = keepsFirst ? x.slice(0..<1, axis: 1) : x
    let x = input + skipping.attention(attentionDropout(attended, context), context)
    let a = up(secondNorm(x))
    let inner = activation(a)
    context.hooks?(names.activation, inner.reshaped([inner.count / up.weight.shape[0], up.weight.shape[0]]))
    let y = x + skipping.units(dropout(down(unitDropout(inner, activationInput: a, context)), context), context)
    context.hooks?(names.block, y)
    return y
  }

  /// The hidden units.
  var units: HiddenUnits {
    HiddenUnits(name: names.units, count: up.weight.shape[0], incoming: up.weight, bias: up.bias, outgoing: down.weight)
  }
}
