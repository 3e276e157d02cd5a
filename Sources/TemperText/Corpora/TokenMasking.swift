import TemperCore

/// Hides tokens for a model to find again, as BERT does (Devlin et al. 2019): a share of the positions is chosen; of these 80 % become the mask
/// token, 10 % a token drawn from the whole vocabulary, and 10 % stay. Special tokens are never chosen. What happens at a position is a function
/// of the seed, the row's number and the position.
public struct TokenMasking: Sendable {
  private let mask: Int32
  private let vocabularySize: Int
  private let isSpecial: [Bool]
  /// The share of positions that are chosen, in 2^-32.
  private let threshold: UInt64
  private let stream: Philox

  /// Hides `rate` of the positions, drawn from the stream `masking` of `random`.
  ///
  /// - Parameters:
  ///   - mask: the token that stands for a hidden one.
  ///   - special: tokens that stay as they are.
  ///   - vocabularySize: ids are below it.
  ///   - rate: from 0 to 1.
  ///   - random: the run's streams; for evaluation the same in each, so that the same tokens are hidden.
  public init(mask: Int32, special: [Int32], vocabularySize: Int, rate: Double = 0.15, random: RandomStreams) {
    require((0...1).contains(rate), "TokenMasking: a rate of \(rate)")
    (self.mask, self.vocabularySize) = (mask, vocabularySize)
    var isSpecial = [Bool](repeating: false, count: vocabularySize)
    for id in special { isSpecial[Int(id)] = true }
    self.isSpecial = isSpecial
    threshold = UInt64(rate * 0x1p32)
    stream = random.philox("masking")
  }

  /// Hides some of `count` tokens, and makes the labels what they were; those of all others are ignored.
  func hide(_ ids: UnsafeMutablePointer<Int32>, labels: UnsafeMutablePointer<Int32>, count: Int, row: Int) {
    let (low, high) = (UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: row >> 32))
    for i in 0..<count {
      let id = ids[i]
      labels[i] = TokenBatch.ignoredLabel
      if isSpecial[Int(id)] { continue }
      let (choice, fate, first, second) = stream(UInt32(truncatingIfNeeded: i), 0, low, high)
      if UInt64(choice) >= threshold { continue }
      labels[i] = id
      let tenth = (UInt64(fate) * 10) >> 32
      if tenth < 8 {
        ids[i] = mask
      } else if tenth == 8 {
        let bits = UInt64(first) << 32 | UInt64(second)
        ids[i] = Int32(truncatingIfNeeded: bits.multipliedFullWidth(by: UInt64(vocabularySize)).high)
      }
    }
  }
}
