import Glibc
import TemperCore

/// How the next token is chosen from the logits. Names and order are those of Hugging Face's logits processors: repetition penalty,
/// temperature, top-k, top-p, min-p.
public struct TokenSampling: Sendable, Equatable {
  /// Divides the logits; 0 always takes the most likely token (greedy decoding).
  public var temperature: Double
  /// Keeps only this many most likely tokens; nil keeps all.
  public var topK: Int?
  /// Keeps the smallest set of most likely tokens whose probabilities sum to at least this (nucleus sampling, Holtzman et al. 2020); nil
  /// keeps all.
  public var topP: Double?
  /// Keeps only tokens with at least this fraction of the highest probability (Nguyen et al. 2024); nil keeps all.
  public var minP: Double?
  /// Divides positive logits and multiplies negative logits of tokens that have occurred (Keskar et al. 2019); 1 has no effect.
  public var repetitionPenalty: Double

  /// By default tokens are sampled from the model's own distribution.
  public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, minP: Double? = nil, repetitionPenalty: Double = 1) {
    (self.temperature, self.topK, self.topP, self.minP) = (temperature, topK, topP, minP)
    self.repetitionPenalty = repetitionPenalty
  }

  /// The token after `history`, given its `logits`. `uniform`, in [0, 1), is the random number used.
  public func token(_ logits: UnsafeBufferPointer<Float>, history: some Sequence<Int32>, uniform: Double) -> Int32 {
    var scores = logits.map(Double.init)
    if repetitionPenalty != 1 {
      for id in Set(history) where scores.indices.contains(Int(id)) {
        let score = scores[Int(id)]
        scores[Int(id)] = score > 0 ? score / repetitionPenalty : score * repetitionPenalty
      }
    }
    guard temperature > 0 else { return Int32(scores.indices.max { scores[$0] < scores[$1] } ?? 0) }
    let candidates = distribution(scores)
    var left = uniform * candidates.reduce(0) { $0 + $1.probability }
    for candidate in candidates {
      left -= candidate.probability
      if left < 0 { return candidate.id }
    }
    return candidates.last?.id ?? 0
  }

  /// The remaining tokens, most likely first and ties by lower id, with unnormalised probabilities.
  private func distribution(_ scores: [Double]) -> [(id: Int32, probability: Double)] {
    let greatest = scores.max() ?? 0
    var all = scores.indices.map { (id: Int32($0), probability: exp((scores[$0] - greatest) / temperature)) }
    // Without a cut-off the order does not matter, and sorting a whole vocabulary is slow.
    guard topK != nil || topP != nil || minP != nil else { return all }
    all.sort { $0.probability > $1.probability || ($0.probability == $1.probability && $0.id < $1.id) }
    if let topK, topK < all.count { all.removeSubrange(topK...) }
    if let topP, topP < 1 {
      let enough = topP * all.reduce(0) { $0 + $1.probability }
      var sum = 0.0
      let kept = all.firstIndex { candidate in
        sum += candidate.probability
        return sum >= enough
      }
      if let kept { all.removeSubrange((kept + 1)...) }
    }
    if let minP, let first = all.first {
      all.removeAll { $0.probability < minP * first.probability }
    }
    return all
  }
}
