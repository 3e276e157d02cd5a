import TemperCore

/// GPT-2 (Radford et al. 2019): pre-norm blocks, learned positions, and a head tied to the token embeddings unless configured otherwise.
/// Equivalent to Hugging Face's `GPT2LMHeadModel`.
///
/// Parameters: `transformer.wte`, `transformer.wpe`, `transformer.h.N.*`, `transformer.ln_f` and, unless tied, `lm_head`. Activations:
/// `transformer.h.N.attn`, `transformer.h.N.mlp.activation` and `transformer.h.N`, the output of the block.
public struct GPT2: TokenModel {
  private struct Block {
    let names: BlockNames
    let firstNorm: LayerNorm
    let queryKeyValue: Linear
    let attention: SelfAttention
    let projection: Linear
    let attentionDropout: AnyDropout
    let secondNorm: LayerNorm
    let up: Linear
    let activation: Activation
    let unitDropout: AnyDropout
    let down: Linear
    let dropout: AnyDropout
    let skipping: (attention: StochasticDepth, units: StochasticDepth)

    init(_ scope: ParameterScope, _ config: GPT2Config, _ places: DropoutPlaces, layer: Int) {
      let (width, eps) = (config.width, Float(config.normEpsilon))
      let initializer = Initializer.normal(deviation: config.initializerRange)
      // Residual branches have smaller initial weights, so that the variance does not grow with the number of blocks.
      let residual = Initializer.normal(deviation: config.initializerRange / Double(2 * config.layers).squareRoot())
      let (attn, mlp) = (scope["attn"], scope["mlp"])
      firstNorm = LayerNorm(scope["ln_1"], size: width, eps: eps)
      queryKeyValue = Linear(attn["c_attn"], inputs: width, outputs: 3 * width, initializer: initializer, stored: .transposed)
      attention = SelfAttention(
        heads: config.heads, keyValueHeads: config.heads, layer: layer,
        dropout: places.makeAttention(attn["attn_dropout"], own: config.attentionDropout, layer: layer))
      projection = Linear(attn["c_proj"], inputs: width, outputs: width, initializer: residual, stored: .transposed)
      attentionDropout = places.make(
        .residual, attn["resid_dropout"], own: config.residualDropout, layer: layer, units: width, of: projection.weight)
      secondNorm = LayerNorm(scope["ln_2"], size: width, eps: eps)
      names = BlockNames(scope, attention: attn, units: mlp)
      // The linear op applies the activation itself, unless dropout needs its input.
      let isFused = !places.needsActivationInput
      activation = isFused ? .none : config.activation
      up = Linear(
        mlp["c_fc"], inputs: width, outputs: config.feedForwardWidth, activation: isFused ? config.activation : .none,
        initializer: initializer, stored: .transposed)
      down = Linear(mlp["c_proj"], inputs: config.feedForwardWidth, outputs: width, initializer: residual, stored: .transposed)
      unitDropout = places.make(.feedForward, mlp["c_fc"], layer: layer, units: config.feedForwardWidth, of: down.weight)
      dropout = places.make(.residual, mlp["dropout"], own: config.residualDropout, layer: layer, units: width, of: down.weight)
      skipping = StochasticDepth.ofBlock(attn, mlp, layer, of: config.layers)
    }

    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
      let attended = projection(attention(queryKeyValue(firstNorm(x)), mask: .causal, context))
      context.hooks?(names.attention, attended)
      let x = x + skipping.attention(attentionDropout(attended, context), context)
      let a = up(secondNorm(x))
      let inner = activation(a)
      context.hooks?(names.activation, inner.reshaped([inner.count / up.weight.shape[0], up.weight.shape[0]]))
      let y = x + skipping.units(dropout(down(unitDropout(inner, activationInput: a, context)), context), context)
      context.hooks?(names.block, y)
      return y
    }

    var units: HiddenUnits {
      HiddenUnits(name: names.units, count: up.weight.shape[0], incoming: up.weight, bias: up.bias, outgoing: down.weight)
    }
  }

  private struct Parts {
    let tokens: Parameter
    let positions: Parameter
    let blocks: BlockStack<Block>
    let norm: LayerNorm
    let head: Parameter
    let dropout: AnyDropout
  }

  private let config: GPT2Config
  private let parts: Parts
  private let dropouts: DropoutPlaces
  /// See ``Transformer``.
  public let vocabularySize: Int
  /// See ``Transformer``.
  public let parameterCount: Int

  /// Makes or loads the parameters of a model with `vocabulary` tokens; `dropout` replaces the rates of `config`.
  public init(_ scope: ParameterScope, _ config: GPT2Config, vocabulary: Int, dropout: TransformerDropout? = nil) {
    let dropouts = DropoutPlaces(dropout)
    let initializer = Initializer.normal(deviation: config.initializerRange)
    let inner = scope["transformer"]
    let (parts, parameters) = scope.collecting {
      let tokens = inner["wte"].parameter("weight", [vocabulary, config.width], initializer)
      let positions = inner["wpe"].parameter("weight", [config.contextLength, config.width], initializer)
      let blocks = BlockStack(config.layers, in: inner["h"], recomputes: config.recomputesBlocks) {
        Block($0, config, dropouts, layer: $1)
      }
      let norm = LayerNorm(inner["ln_f"], size: config.width, eps: Float(config.normEpsilon))
      let head =
        config.tiesEmbeddings ? tokens : scope["lm_head"].parameter("weight", [vocabulary, config.width], initializer)
      let dropout = dropouts.make(.embedding, inner["drop"], own: config.embeddingDropout, layer: 0, units: config.width, of: tokens)
      return Parts(tokens: tokens, positions: positions, blocks: blocks, norm: norm, head: head, dropout: dropout)
    }
    self.dropouts = dropouts
    (self.config, vocabularySize) = (config, vocabulary)
    (self.parts, parameterCount) = (parts, parameters.trainedElements)
  }

  /// See ``Transformer``.
  public var contextLength: Int { config.contextLength }
  /// See ``Transformer``.
  public var width: Int { config.width }
  /// See ``Transformer``.
  public var units: [HiddenUnits] { parts.blocks.blocks.map(\.units) }
  /// See ``Transformer``.
  public var learnedDropout: [LearnedDropout] { dropouts.rates }
  /// See ``Transformer``.
  public var attentionShape: (layers: Int, columns: Int) { (config.layers, config.width) }
  /// See ``TokenModel``.
  public var isCausal: Bool { true }
  /// See ``TokenModel``.
  public var head: TokenHead { TokenHead(transform: nil, weight: parts.head, bias: nil) }

  /// See ``TokenModel``.
  public func makeCache(capacity: Int) -> KeyValueCache? {
    KeyValueCache(
      layers: config.layers, capacity: capacity, keyValueHeads: config.heads, headWidth: config.width / config.heads)
  }

  /// See ``Transformer``.
  public func hidden(_ tokens: TokenBatch, _ context: Context) -> Tensor {
    let first = firstPosition(tokens, context)
    let x = tokens.embedded(parts.tokens) + parts.positions.value.rows(first..<first + tokens.length)
    dropouts.addPenalties(context)
    return parts.norm(parts.blocks(parts.dropout(x, context), context) { block, x in block(x, context) })
  }
}
