import TemperCore

/// Masks tokens to be predicted, as BERT does (Devlin et al. 2019): a fraction of the positions is selected; of these 80 % become the mask
/// token, 10 % a random token of the vocabulary, and 10 % are unchanged. Special tokens are never selected. The masking of a position
/// depends only on the seed, the row's number and the position.
public struct TokenMasking: Sendable {
  private let mask: Int32
  private let vocabularySize: Int
  private let isSpecial: [Bool]
  /// The fraction of positions selected, in 2^-32.
  private let threshold: UInt64
  private let stream: Philox

  /// Masks a fraction `rate` of the positions, drawn from the stream `masking` of `random`.
  ///
  /// - Parameters:
  ///   - mask: the mask token.
  ///   - special: tokens that are never masked.
  ///   - vocabularySize: the upper bound of ids.
  ///   - rate: from 0 to 1.
  ///   - random: the run's streams; the same for each evaluation, so that the same tokens are masked.
  public init(mask: Int32, special: [Int32], vocabularySize: Int, rate: Double = 0.15, random: RandomStreams) {
    require((0...1).contains(rate), "TokenMasking: a rate of \(rate)")
    (self.mask, self.vocabularySize) = (mask, vocabularySize)
    var isSpecial = [Bool](repeating: false, count: vocabularySize)
    for id in special { isSpecial[Int(id)] = true }
    self.isSpecial = isSpecial
    threshold = UInt64(rate * 0x1p32)
    stream = random.philox("masking")
  }

  /// Masks some of `count` tokens and sets their labels to the original ids; other labels are ignored.
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
