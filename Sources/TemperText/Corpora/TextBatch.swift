import TemperCore
import TemperData

extension TokenBatch {
  /// The label of what counts for nothing in a loss: padding, and positions that are not asked for.
  public static let ignoredLabel: Int32 = -100

  /// How many tokens make a block that is worth a hand-over to another thread.
  static let tokensPerBlock = 32 << 10

  /// How many batches of `tokens` tokens each make a block.
  static func batchesPerBlock(tokens: Int) -> Int { max(1, min(64, tokensPerBlock / max(1, tokens))) }
}

extension Batch where Inputs == TokenBatch {
  /// Makes room for `rows` sequences of `length`, in the memory that is there. Contents are whatever they were.
  func reshape(rows: Int, length: Int) {
    if inputs.rows == rows, inputs.length == length { return }
    var ids = inputs.ids
    // The array must have one owner only, or it is copied.
    inputs = TokenBatch(ids: [], rows: 0, length: 0)
    ids.resize(to: rows * length)
    inputs = TokenBatch(ids: ids, rows: rows, length: length)
  }
}

extension [Int32] {
  /// Makes the array `count` long; what is new is 0. Its memory is kept.
  mutating func resize(to count: Int) {
    if self.count > count {
      removeLast(self.count - count)
    } else {
      reserveCapacity(count)
      while self.count < count { append(0) }
    }
  }
}
