import TemperCore
import TemperData

extension TokenBatch {
  /// The label that a loss ignores: for padding, and positions without a target.
  public static let ignoredLabel: Int32 = -100

  /// How many tokens make up a block worth handing over to another thread.
  static let tokensPerBlock = 32 << 10

  /// How many batches of `tokens` tokens make up a block.
  static func batchesPerBlock(tokens: Int) -> Int { max(1, min(64, tokensPerBlock / max(1, tokens))) }
}

extension Batch where Inputs == TokenBatch {
  /// Makes room for `rows` sequences of `length`, reusing memory. Contents are undefined.
  func reshape(rows: Int, length: Int) {
    if inputs.rows == rows, inputs.length == length { return }
    var ids = inputs.ids
    // The array must be uniquely referenced, or it is copied.
    inputs = TokenBatch(ids: [], rows: 0, length: 0)
    ids.resize(to: rows * length)
    inputs = TokenBatch(ids: ids, rows: rows, length: length)
  }
}

extension [Int32] {
  /// Resizes the array to `count`, padding with 0 and reusing memory.
  mutating func resize(to count: Int) {
    if self.count > count {
      removeLast(self.count - count)
    } else {
      reserveCapacity(count)
      while self.count < count { append(0) }
    }
  }
}
