/// Token ids as the input of a model: sequences of one length, row-major. Token ids are plain integers, not tensors.
public struct TokenBatch: Sendable, Equatable {
  /// `rows` times `length` ids.
  public var ids: [Int32]
  /// The number of sequences.
  public let rows: Int
  /// The number of positions of a sequence, padding included.
  public let length: Int
  /// The number of tokens of each sequence; the rest is padding, which no token attends to. Nil if there is none.
  public var lengths: [Int32]?

  /// `rows` sequences of `length` ids each.
  public init(ids: [Int32], rows: Int, length: Int, lengths: [Int32]? = nil) {
    require(
      ids.count == rows * length && (lengths == nil || lengths!.count == rows),
      "TokenBatch: \(rows) sequences of \(length) need \(rows * length) ids and a length each, not \(ids.count) and \(lengths?.count ?? rows)"
    )
    (self.ids, self.rows, self.length, self.lengths) = (ids, rows, length, lengths)
  }
}
