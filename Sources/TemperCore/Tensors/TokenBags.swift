/// Token ids in bags of any size, whose order does not matter: one bag after the other.
public struct TokenBags: Sendable, Equatable {
  /// The ids of all bags.
  public var ids: [Int32]
  /// Where the ids of each bag start; it ends where the next starts, the last with the ids (`torch.nn.EmbeddingBag`'s `offsets`).
  public var starts: [Int32]

  /// Bags of `ids` that begin at `starts`: the first at 0, and in increasing order.
  public init(ids: [Int32] = [], starts: [Int32] = []) {
    (self.ids, self.starts) = (ids, starts)
  }

  /// The number of bags.
  public var count: Int { starts.count }

  /// The range of the ids of bag `index`.
  @inline(__always)
  public func range(_ index: Int) -> Range<Int> {
    Int(starts[index])..<(index + 1 < starts.count ? Int(starts[index + 1]) : ids.count)
  }

  /// Ends the program unless the starts are ordered and every id belongs to a bag.
  func check(_ op: StaticString, entries: Int) {
    require((starts.first ?? 0) == 0 && (ids.isEmpty || !starts.isEmpty), "\(op): the first bag starts at \(starts.first ?? 0), not at 0")
    for i in starts.indices {
      let end = i + 1 < starts.count ? Int(starts[i + 1]) : ids.count
      require(Int(starts[i]) <= end, "\(op): bag \(i) starts at \(starts[i]) and ends at \(end)")
    }
    var greatest: UInt32 = 0
    for id in ids { greatest = max(greatest, UInt32(bitPattern: id)) }
    require(ids.isEmpty || greatest < entries, "\(op): an id is \(Int32(bitPattern: greatest)), but the table has \(entries) rows")
  }
}
