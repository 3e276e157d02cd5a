import TemperCore

/// LLaMA (Touvron et al. 2023): RMS norms, rotary positions, gated units and grouped-query attention. Equivalent to Hugging Face's
/// `LlamaForCausalLM`.
///
/// Parameters: `model.embed_tokens`, `model.layers.N.*`, `model.norm` and, unless tied, `lm_head`. Activations: `model.layers.N.self_attn`,
/// `model.layers.N.mlp.activation` and `model.layers.N`, the output of the block.
public struct Llama: TokenModel {
  private struct Block {
    let names: BlockNames
    let firstNorm: RMSNorm
    let queries: Linear
    let keys: Linear
    let values: Linear
    let attention: SelfAttention
    let projection: Linear
    let attentionDropout: AnyDropout
    let secondNorm: RMSNorm
    let gate: Linear
    let up: Linear
    let unitDropout: AnyDropout
    let down: Linear
    let skipping: (attention: StochasticDepth, units: StochasticDepth)
    let dropout: AnyDropout

    init(_ scope: ParameterScope, _ config: LlamaConfig, _ places: DropoutPlaces, layer: Int) {
      let (width, eps) = (config.width, Float(config.normEpsilon))
      let (queryColumns, keyColumns) = (config.heads * config.headWidth, config.keyValueHeads * config.headWidth)
      let (attn, mlp) = (scope["self_attn"], scope["mlp"])
      names = BlockNames(scope, attention: attn, units: mlp)
      func linear(_ scope: ParameterScope, _ inputs: Int, _ outputs: Int, bias: Bool) -> Linear {
        Linear(scope, inputs: inputs, outputs: outputs, bias: bias, initializer: .normal(deviation: config.initializerRange))
      }
      firstNorm = RMSNorm(scope["input_layernorm"], size: width, eps: eps)
      queries = linear(attn["q_proj"], width, queryColumns, bias: config.hasAttentionBias)
      keys = linear(attn["k_proj"], width, keyColumns, bias: config.hasAttentionBias)
      values = linear(attn["v_proj"], width, keyColumns, bias: config.hasAttentionBias)
      attention = SelfAttention(
        heads: config.heads, keyValueHeads: config.keyValueHeads, layer: layer,
        dropout: places.makeAttention(attn, own: config.attentionDropout, layer: layer))
      projection = linear(attn["o_proj"], queryColumns, width, bias: config.hasAttentionBias)
      attentionDropout = places.make(.residual, attn["o_proj"], layer: layer, units: width, of: projection.weight)
      secondNorm = RMSNorm(scope["post_attention_layernorm"], size: width, eps: eps)
      gate = linear(mlp["gate_proj"], width, config.feedForwardWidth, bias: config.hasInnerBias)
      up = linear(mlp["up_proj"], width, config.feedForwardWidth, bias: config.hasInnerBias)
      down = linear(mlp["down_proj"], config.feedForwardWidth, width, bias: config.hasInnerBias)
      skipping = StochasticDepth.ofBlock(attn, mlp, layer, of: config.layers)
      unitDropout = places.make(.feedForward, mlp, layer: layer, units: config.feedForwardWidth, of: down.weight)
      dropout = places.make(.residual, mlp["down_proj"], layer: layer, units: width, of: down.weight)
    }

    func callAsFunction(_ x: Tensor, _ table: RotaryTable, first: Int, _ context: Context) -> Tensor {
      let packed = fusedLinear(firstNorm(x), [queries, keys, values].map { ($0.weight.value, $0.bias?.value) })
      let rotated = rotary(
        packed, heads: attention.heads + attention.keyValueHeads, headWidth: table.headWidth, table: table, first: first)
      let attended = projection(attention(rotated, mask: .causal, context))
      context.hooks?(names.attention, attended)
      let x = x + skipping.attention(attentionDropout(attended, context), context)
      let h = secondNorm(x)
      let a = gate(h)
      let inner = swiGLU(gate: a, up: up(h))
      context.hooks?(names.activation, inner.reshaped([inner.count / up.weight.shape[0], up.weight.shape[0]]))
      let y = x + skipping.units(dropout(down(unitDropout(inner, activationInput: a, context)), context), context)
      context.hooks?(names.block, y)
      return y
    }
  }

  private struct Parts {
    let tokens: Parameter
    let blocks: BlockStack<Block>
    let norm: RMSNorm
    let head: Parameter
    let dropout: AnyDropout
  }

  private let config: LlamaConfig
  private let parts: Parts
  private let table: RotaryTable
  private let dropouts: DropoutPlaces
  /// See ``Transformer``.
  public let vocabularySize: Int
  /// See ``Transformer``.
  public let parameterCount: Int

  /// Makes or loads the parameters of a model with `vocabulary` tokens; `dropout` replaces the rate of `config`.
  public init(_ scope: ParameterScope, _ config: LlamaConfig, vocabulary: Int, dropout: TransformerDropout? = nil) {
    let dropouts = DropoutPlaces(dropout)
    let initializer = Initializer.normal(deviation: config.initializerRange)
    let inner = scope["model"]
    let (parts, parameters) = scope.collecting {
      let tokens = inner["embed_tokens"].parameter("weight", [vocabulary, config.width], initializer)
      let blocks = BlockStack(config.layers, in: inner["layers"], recomputes: config.recomputesBlocks) {
        Block($0, config, dropouts, layer: $1)
      }
      let norm = RMSNorm(inner["norm"], size: config.width, eps: Float(config.normEpsilon))
      let head =
        config.tiesEmbeddings ? tokens : scope["lm_head"].parameter("weight", [vocabulary, config.width], initializer)
      let dropout = dropouts.make(.embedding, inner["embed_tokens"], layer: 0, units: config.width, of: tokens)
      return Parts(tokens: tokens, blocks: blocks, norm: norm, head: head, dropout: dropout)
    }
    self.dropouts = dropouts
    table = RotaryTable(headWidth: config.headWidth, positions: config.contextLength, base: config.ropeTheta)
    (self.config, vocabularySize) = (config, vocabulary)
    (self.parts, parameterCount) = (parts, parameters.trainedElements)
  }

  /// See ``Transformer``.
  public var contextLength: Int { config.contextLength }
  /// See ``Transformer``.
  public var width: Int { config.width }
  /// Empty: a gated unit has two input weights.
  public var units: [HiddenUnits] { [] }
  /// See ``Transformer``.
  public var learnedDropout: [LearnedDropout] { dropouts.rates }
  /// See ``Transformer``.
  public var attentionShape: (layers: Int, columns: Int) { (config.layers, config.heads * config.headWidth) }
  /// See ``TokenModel``.
  public var isCausal: Bool { true }
  /// See ``TokenModel``.
  public var head: TokenHead { TokenHead(transform: nil, weight: parts.head, bias: nil) }

  /// See ``TokenModel``.
  public func makeCache(capacity: Int) -> KeyValueCache? {
    KeyValueCache(layers: config.layers, capacity: capacity, keyValueHeads: config.keyValueHeads, headWidth: config.headWidth)
  }

  /// See ``Transformer``.
  public func hidden(_ tokens: TokenBatch, _ context: Context) -> Tensor {
    let first = firstPosition(tokens, context)
    dropouts.addPenalties(context)
    let x = parts.dropout(tokens.embedded(parts.tokens), context)
    return parts.norm(parts.blocks(x, context) { block, x in block(x, table, first: first, context) })
  }
}
