import TemperCore

/// Continues a token sequence without end, one token at a time. Keys and values of earlier positions are cached, so each token costs one
/// position. When the context is full, its older half is dropped.
///
/// The tokens depend only on the prompt, the sampling settings and the seed, not on the number of threads.
public struct TokenGenerator: Sequence, IteratorProtocol {
  private let model: any TokenModel
  private let sampling: TokenSampling
  private let random: RandomStreams
  private let cache: KeyValueCache
  /// The prompt and the generated tokens.
  public private(set) var tokens: [Int32]
  /// Tokens not yet in the cache.
  private var pending: ArraySlice<Int32>
  private var drawn = 0

  /// Continues `prompt`, which has at least one token, with `model`, which must be causal. Token n is drawn with number n of the stream
  /// `generation` of `random`.
  public init(_ model: any TokenModel, prompt: [Int32], sampling: TokenSampling, random: RandomStreams) {
    require(!prompt.isEmpty, "TokenGenerator: the prompt has no token")
    guard let cache = model.makeCache(capacity: model.contextLength) else { fail("TokenGenerator: the model is not causal") }
    (self.model, self.sampling, self.random, self.cache) = (model, sampling, random, cache)
    tokens = prompt
    pending = tokens.suffix(model.contextLength)
  }

  /// The next token.
  public mutating func next() -> Int32? {
    if cache.count + pending.count > model.contextLength {
      cache.truncate(to: 0)
      pending = tokens.suffix(Swift.max(1, model.contextLength / 2))
    }
    let batch = TokenBatch(ids: Array(pending), rows: 1, length: pending.count)
    let logits = model.lastLogits(batch, .generation(cache))
    var sequence = random.sequence("generation", drawn)
    let token = sampling.token(
      UnsafeBufferPointer(start: logits.pointer, count: logits.count), history: tokens, uniform: sequence.uniform())
    drawn += 1
    tokens.append(token)
    pending = tokens.suffix(1)
    return token
  }
}
