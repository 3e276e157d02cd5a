import TemperCore

/// Continues a sequence of tokens, one after another, for as long as it is asked. Keys and values of what came before are kept, so a token
/// costs one position. Where the context is full, its older half is forgotten.
///
/// The tokens are a function of the prompt, the sampling and the seed alone, on any number of threads.
public struct TokenGenerator: Sequence, IteratorProtocol {
  private let model: any TokenModel
  private let sampling: TokenSampling
  private let random: RandomStreams
  private let cache: KeyValueCache
  /// The prompt and what followed.
  public private(set) var tokens: [Int32]
  /// Tokens that the cache does not hold yet.
  private var pending: ArraySlice<Int32>
  private var drawn = 0

  /// Continues `prompt`, of one token at least, by `model`, which must be causal. The number that decides on token n is that of the stream
  /// `generation` of `random` at n.
  public init(_ model: any TokenModel, prompt: [Int32], sampling: TokenSampling, random: RandomStreams) {
    require(!prompt.isEmpty, "TokenGenerator: there is no token to continue")
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
