import TemperCore

/// The BERT encoder (Devlin et al. 2019): bidirectional attention and post-norm blocks. Equivalent to Hugging Face's `BertModel` without
/// its pooler, for tokens of the first segment.
///
/// Parameters: `embeddings.*` and `encoder.layer.N.*`. Activations: `encoder.layer.N.attention`, `encoder.layer.N.intermediate.activation`
/// and `encoder.layer.N`, the output of the block.
struct Bert {
  private struct Block {
    let names: BlockNames
    let queries: Linear
    let keys: Linear
    let values: Linear
    let attention: SelfAttention
    let projection: Linear
    let attentionDropout: AnyDropout
    let attentionNorm: LayerNorm
    let up: Linear
    let activation: Activation
    let unitDropout: AnyDropout
    let down: Linear
    let dropout: AnyDropout
    let norm: LayerNorm
    let skipping: (attention: StochasticDepth, units: StochasticDepth)

    init(_ scope: ParameterScope, _ config: BertConfig, _ places: DropoutPlaces, layer: Int) {
      let (width, eps) = (config.width, Float(config.normEpsilon))
      let initializer = Initializer.normal(deviation: config.initializerRange)
      let (own, after) = (scope["attention"]["self"], scope["attention"]["output"])
      queries = Linear(own["query"], inputs: width, outputs: width, initializer: initializer)
      keys = Linear(own["key"], inputs: width, outputs: width, initializer: initializer)
      values = Linear(own["value"], inputs: width, outputs: width, initializer: initializer)
      attention = SelfAttention(
        heads: config.heads, keyValueHeads: config.heads, layer: layer,
        dropout: places.makeAttention(own, own: config.attentionDropout, layer: layer))
      projection = Linear(after["dense"], inputs: width, outputs: width, initializer: initializer)
      attentionDropout = places.make(.residual, after, own: config.hiddenDropout, layer: layer, units: width, of: projection.weight)
      attentionNorm = LayerNorm(after["LayerNorm"], size: width, eps: eps)
      names = BlockNames(scope, attention: scope["attention"], units: scope["intermediate"])
      // The linear op applies the activation itself, unless dropout needs its input.
      let isFused = !places.needsActivationInput
      activation = isFused ? .none : config.activation
      up = Linear(
        scope["intermediate"]["dense"], inputs: width, outputs: config.feedForwardWidth, activation: isFused ? config.activation : .none,
        initializer: initializer)
      let output = scope["output"]
      down = Linear(output["dense"], inputs: config.feedForwardWidth, outputs: width, initializer: initializer)
      unitDropout = places.make(.feedForward, scope["intermediate"], layer: layer, units: config.feedForwardWidth, of: down.weight)
      dropout = places.make(.residual, output, own: config.hiddenDropout, layer: layer, units: width, of: down.weight)
      norm = LayerNorm(output["LayerNorm"], size: width, eps: eps)
      skipping = StochasticDepth.ofBlock(after, output, layer, of: config.layers)
    }

    func callAsFunction(_ x: Tensor, mask: AttentionMask, _ context: Context) -> Tensor {
      let packed = fusedLinear(x, [queries, keys, values].map { ($0.weight.value, $0.bias?.value) })
      let attended = projection(attention(packed, mask: mask, context))
      context.hooks?(names.attention, attended)
      let x = attentionNorm(skipping.attention(attentionDropout(attended, context), context) + x)
      let a = up(x)
      let inner = activation(a)
      context.hooks?(names.activation, inner.reshaped([inner.count / up.weight.shape[0], up.weight.shape[0]]))
      let y = norm(skipping.units(dropout(down(unitDropout(inner, activationInput: a, context)), context), context) + x)
      context.hooks?(names.block, y)
      return y
    }

    var units: HiddenUnits {
      HiddenUnits(name: names.units, count: up.weight.shape[0], incoming: up.weight, bias: up.bias, outgoing: down.weight)
    }
  }

  let config: BertConfig
  /// The token embeddings, `[vocabulary, width]`.
  let words: Parameter
  private let positions: Parameter
  private let tokenTypes: Parameter
  private let norm: LayerNorm
  private let dropout: AnyDropout
  private let dropouts: DropoutPlaces
  private let blocks: BlockStack<Block>

  /// Makes or loads the parameters of a model with `vocabulary` tokens.
  init(_ scope: ParameterScope, _ config: BertConfig, vocabulary: Int, _ dropouts: DropoutPlaces = DropoutPlaces(nil)) {
    let initializer = Initializer.normal(deviation: config.initializerRange)
    let embeddings = scope["embeddings"]
    words = embeddings["word_embeddings"].parameter("weight", [vocabulary, config.width], initializer)
    positions = embeddings["position_embeddings"].parameter("weight", [config.contextLength, config.width], initializer)
    tokenTypes = embeddings["token_type_embeddings"].parameter("weight", [config.tokenTypes, config.width], initializer)
    norm = LayerNorm(embeddings["LayerNorm"], size: config.width, eps: Float(config.normEpsilon))
    dropout = dropouts.make(.embedding, embeddings, own: config.hiddenDropout, layer: 0, units: config.width, of: words)
    blocks = BlockStack(config.layers, in: scope["encoder"]["layer"], recomputes: config.recomputesBlocks) {
      Block($0, config, dropouts, layer: $1)
    }
    (self.config, self.dropouts) = (config, dropouts)
  }

  var learnedDropout: [LearnedDropout] { dropouts.rates }
  var units: [HiddenUnits] { blocks.blocks.map(\.units) }

  /// `[rows, length, width]`; values at padding positions are meaningless.
  func callAsFunction(_ tokens: TokenBatch, _ context: Context) -> Tensor {
    require(context.cache == nil, "BERT is bidirectional and cannot continue a sequence from a cache")
    dropouts.addPenalties(context)
    let place = positions.value.rows(0..<tokens.length) + tokenTypes.value.rows(0..<1)
    let x = dropout(norm(tokens.embedded(words) + place), context)
    let mask = tokens.lengths.map { AttentionMask.padded(lengths: $0) } ?? .full
    return blocks(x, context) { block, x in block(x, mask: mask, context) }
  }
}
