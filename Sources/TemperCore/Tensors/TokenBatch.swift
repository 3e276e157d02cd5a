/// Token ids on their way into a model: sequences of one length, row-major. Token ids are plain integers, not tensors.
public struct TokenBatch: Sendable, Equatable {
  /// `rows` times `length` ids.
  public var ids: [Int32]
  /// How many sequences there are.
  public let rows: Int
  /// How many positions a sequence has, padding included.
  public let length: Int
  /// How many positions of each sequence are tokens; what follows is padding, which no token attends to. Nil where there is none.
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
