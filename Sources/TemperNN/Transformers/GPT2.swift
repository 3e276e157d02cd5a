import TemperCore

/// GPT-2 (Radford et al. 2019): pre-norm blocks, learned positions, and a head tied to the token embeddings unless configured otherwise.
/// Equivalent to Hugging Face's `GPT2LMHeadModel`.
///
/// Parameters: `transformer.wte`, `transformer.wpe`, `transformer.h.N.*`, `transformer.ln_f` and, unless tied, `lm_head`. Activations:
/// `transformer.h.N.attn`, `transformer.h.N.mlp.activation` and `transformer.h.N`, the output of the block.
public struct GPT2: TokenModel {
  private struct Parts {
    let tokens: Parameter
    let positions: Parameter
    let blocks: BlockStack<PreNormBlock>
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
    // Residual branches have smaller initial weights, so that the variance does not grow with the number of blocks.
    let residual = Initializer.normal(deviation: config.initializerRange / Double(2 * config.layers).squareRoot())
    let style = PreNormBlock.Style(
      attention: "attn", units: "mlp", queryKeyValue: "c_attn.", projection: "c_proj", up: "c_fc", down: "c_proj", stored: .transposed,
      initial: (initializer, residual, initializer, residual), mask: .causal)
    let sizes = PreNormBlock.Sizes(
      width: config.width, heads: config.heads, feedForwardWidth: config.feedForwardWidth, activation: config.activation,
      normEpsilon: config.normEpsilon, attentionDropout: config.attentionDropout, residualDropout: config.residualDropout, unitDropout: 0,
      layers: config.layers)
    let inner = scope["transformer"]
    let (parts, parameters) = scope.collecting {
      let tokens = inner["wte"].parameter("weight", [vocabulary, config.width], initializer)
      let positions = inner["wpe"].parameter("weight", [config.contextLength, config.width], initializer)
      let blocks = BlockStack(config.layers, in: inner["h"], recomputes: config.recomputesBlocks) {
        PreNormBlock($0, sizes, style, dropouts, layer: $1)
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
