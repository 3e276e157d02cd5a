import TemperCore

/// A transformer with whatever head: what training and monitors know of it.
public protocol Transformer {
  /// The most tokens a sequence may have.
  var contextLength: Int { get }
  /// The width of a token between blocks.
  var width: Int { get }
  /// How many tokens the model knows.
  var vocabularySize: Int { get }
  /// The hidden units, for monitors.
  var units: [HiddenUnits] { get }
  /// How many numbers are trained.
  var parameterCount: Int { get }
  /// How many blocks there are, and the columns of queries in each: what attention costs.
  var attentionShape: (layers: Int, columns: Int) { get }
  /// The tokens of each row after the last block and its norm, `[rows, length, width]`. Where the context has a cache, the tokens follow those
  /// in it.
  func hidden(_ tokens: TokenBatch, _ context: Context) -> Tensor
}

extension Transformer {
  /// Multiplications and additions of a training step on one token of a sequence of `length`, forward and backward: 6 for each parameter, and
  /// 12 · layers · columns · length for attention, whatever its mask (Chowdhery et al. 2022, appendix B).
  public func operationsPerToken(length: Int) -> Int {
    6 * parameterCount + 12 * attentionShape.layers * attentionShape.columns * length
  }

  /// Ends the program unless the tokens, which follow those in `cache`, fit the context; returns the position of the first.
  func firstPosition(_ tokens: TokenBatch, _ context: Context) -> Int {
    let first = context.cache?.count ?? 0
    require(
      first + tokens.length <= contextLength,
      "a model of context length \(contextLength) cannot take \(tokens.length) tokens after \(first)")
    return first
  }
}

/// What turns the width of a token into a number for each token of the vocabulary.
public struct TokenHead {
  /// What comes before the product: BERT's layer of its own.
  let transform: ((Tensor) -> Tensor)?
  /// `[vocabulary, width]`, often the table of tokens itself.
  public let weight: Parameter
  /// `[vocabulary]`, nil for a head without.
  public let bias: Parameter?

  /// `[n, width]` to what the product takes.
  func input(_ x: Tensor) -> Tensor { transform?(x) ?? x }

  /// `[..., width]` to logits, `[..., vocabulary]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { linear(input(x), weight.value, bias?.value) }
}

/// A transformer that says which token stands at each position: the next one, or the one that was masked.
public protocol TokenModel: Transformer {
  /// Whether a token sees only those before it, so that the model can continue a text.
  var isCausal: Bool { get }
  /// From tokens' width to logits.
  var head: TokenHead { get }
  /// An empty cache for a sequence of up to `capacity` tokens; nil for a model that is not causal.
  func makeCache(capacity: Int) -> KeyValueCache?
}

extension TokenModel {
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

  /// The cross-entropy of the tokens that `labels` name, one for each position and row-major, as ids or as the ignored label. Only positions
  /// that have a label go through the head.
  public func loss(
    _ tokens: TokenBatch, labels: [Int32], _ context: Context, options: CrossEntropyOptions = .init()
  ) -> Loss {
    require(labels.count == tokens.ids.count, "loss: \(tokens.ids.count) tokens need as many labels, not \(labels.count)")
    var x = hidden(tokens, context).reshaped([labels.count, width])
    var labels = labels
    let known = labels.indices.filter { labels[$0] != options.ignoreIndex }
    if known.count < labels.count {
      x = gather(x, rows: known.map { Int32($0) })
      labels = known.map { labels[$0] }
    }
    return Loss(linearCrossEntropy(head.input(x), head.weight.value, head.bias?.value, labels, options: options))
  }
}
