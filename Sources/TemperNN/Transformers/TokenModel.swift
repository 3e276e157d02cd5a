import TemperCore

/// A transformer with any head, as seen by training and monitors.
public protocol Transformer {
  /// The maximum number of tokens in a sequence.
  var contextLength: Int { get }
  /// The width of a token between blocks.
  var width: Int { get }
  /// The number of tokens in the vocabulary.
  var vocabularySize: Int { get }
  /// The hidden units, for monitors.
  var units: [HiddenUnits] { get }
  /// What dropout has learned; empty where it learns nothing.
  var learnedDropout: [LearnedDropout] { get }
  /// The number of trainable values.
  var parameterCount: Int { get }
  /// The number of blocks, and the query columns of each: the cost of attention.
  var attentionShape: (layers: Int, columns: Int) { get }
  /// The tokens of each row after the last block and its norm, `[rows, length, width]`. Where the context has a cache, the tokens continue
  /// those in it.
  func hidden(_ tokens: TokenBatch, _ context: Context) -> Tensor
}

extension Transformer {
  /// Operations (multiplications and additions) of a training step on one token of a sequence of `length`, forward and backward: 6 per
  /// parameter, and 12 · layers · columns · length for attention, whatever its mask (Chowdhery et al. 2022, appendix B).
  public func operationsPerToken(length: Int) -> Int {
    6 * parameterCount + 12 * attentionShape.layers * attentionShape.columns * length
  }

  /// Traps unless the tokens, which follow those in `cache`, fit the context; returns the position of the first.
  func firstPosition(_ tokens: TokenBatch, _ context: Context) -> Int {
    let first = context.cache?.count ?? 0
    require(
      first + tokens.length <= contextLength,
      "a model of context length \(contextLength) cannot take \(tokens.length) tokens after \(first)")
    return first
  }
}

/// Maps hidden states to a logit for each token of the vocabulary.
public struct TokenHead {
  /// Applied before the product: BERT's dense layer.
  let transform: ((Tensor) -> Tensor)?
  /// `[vocabulary, width]`, often the token embeddings.
  public let weight: Parameter
  /// `[vocabulary]`; nil for a head without bias.
  public let bias: Parameter?

  /// `[n, width]` to the input of the product.
  func input(_ x: Tensor) -> Tensor { transform?(x) ?? x }

  /// `[..., width]` to logits, `[..., vocabulary]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { linear(input(x), weight.value, bias?.value) }
}

/// A transformer that predicts a token at each position: the next one or the masked one.
public protocol TokenModel: Transformer {
  /// Whether tokens attend only to earlier ones, so that the model can generate text.
  var isCausal: Bool { get }
  /// From hidden states to logits.
  var head: TokenHead { get }
  /// An empty cache for a sequence of up to `capacity` tokens; nil for a model that is not causal.
  func makeCache(capacity: Int) -> KeyValueCache?
}

extension TokenModel {
  /// The name in ``ActivationHooks`` of what goes into the head at positions with a label, `[positions, width]`.
  public var featureName: String { "features" }

  /// The logits at every position, `[rows, length, vocabulary]`.
  public func logits(_ tokens: TokenBatch, _ context: Context) -> Tensor { head(hidden(tokens, context)) }

  /// The logits at the last token of each row, `[rows, vocabulary]`.
  public func lastLogits(_ tokens: TokenBatch, _ context: Context) -> Tensor {
    let x = hidden(tokens, context).reshaped([tokens.rows * tokens.length, width])
    let last = (0..<tokens.rows).map { row in
      let length = tokens.lengths.map { max(1, Int($0[row])) } ?? tokens.length
      return Int32(row * tokens.length + length - 1)
    }
    return head(gather(x, rows: last))
  }

  /// The cross-entropy against `labels`, row-major and one for each position, as ids or the ignored label. Only positions with a label go
  /// through the head.
  public func loss(
    _ tokens: TokenBatch, labels: [Int32], _ context: Context, options: CrossEntropyOptions = .init()
  ) -> Loss {
    require(labels.count == tokens.ids.count, "loss: \(tokens.ids.count) tokens need the same number of labels, not \(labels.count)")
    var x = hidden(tokens, context).reshaped([labels.count, width])
    var labels = labels
    let known = labels.indices.filter { labels[$0] != options.ignoreIndex }
    if known.count < labels.count {
      x = gather(x, rows: known.map { Int32($0) })
      labels = known.map { labels[$0] }
    }
    context.hooks?(featureName, x)
    return Loss(linearCrossEntropy(head.input(x), head.weight.value, head.bias?.value, labels, options: options))
  }
}
