/// Merges the symbols of a word in place: always the pair of the lowest rank, and the leftmost of equal ones.
enum SymbolMerging {
  /// For few symbols: scans all ranks for each merge. `ranks` has room for as many as there are symbols. Returns how many remain.
  static func byScan(
    _ symbols: UnsafeMutableBufferPointer<Int32>, _ ranks: UnsafeMutablePointer<UInt32>, _ lookup: MergeTable.Lookup
  ) -> Int {
    var count = symbols.count
    guard count > 1, let ids = symbols.baseAddress else { return count }
    for i in 0..<count - 1 { ranks[i] = lookup(ids[i], ids[i + 1]).rank }
    while count > 1 {
      var best = 0
      for i in 1..<max(1, count - 1) where ranks[i] < ranks[best] { best = i }
      if ranks[best] == .max { break }
      ids[best] = lookup(ids[best], ids[best + 1]).id
      count -= 1
      for i in best + 1..<max(best + 1, count) {
        ids[i] = ids[i + 1]
        ranks[i - 1] = ranks[i]
      }
      // The ranks from `best` on were shifted by one: those of the pairs to the left and right of the new symbol are looked up.
      if best > 0 { ranks[best - 1] = lookup(ids[best - 1], ids[best]).rank }
      if best < count - 1 { ranks[best] = lookup(ids[best], ids[best + 1]).rank }
    }
    return count
  }

  /// For many symbols: a linked list, and a heap of pairs. Returns how many remain.
  static func byHeap(_ symbols: UnsafeMutableBufferPointer<Int32>, _ lookup: MergeTable.Lookup) -> Int {
    let count = symbols.count
    guard count > 1 else { return count }
    var next = (0..<count).map { Int32($0 + 1) }
    var previous = (0..<count).map { Int32($0 - 1) }
    var heap = PairHeap()
    func push(_ left: Int32, _ right: Int32) {
      let merge = lookup(symbols[Int(left)], symbols[Int(right)])
      if merge.rank != .max {
        heap.push(.init(order: UInt64(merge.rank) << 32 | UInt64(left), left: symbols[Int(left)], right: symbols[Int(right)], id: merge.id))
      }
    }
    for i in 0..<count - 1 { push(Int32(i), Int32(i + 1)) }
    while let pair = heap.pop() {
      let left = Int32(truncatingIfNeeded: pair.order & 0xFFFF_FFFF)
      let right = next[Int(left)]
      // One of the two has since become part of another symbol.
      guard Int(right) < count, symbols[Int(left)] == pair.left, symbols[Int(right)] == pair.right else { continue }
      symbols[Int(left)] = pair.id
      symbols[Int(right)] = -1
      let after = next[Int(right)]
      next[Int(left)] = after
      if Int(after) < count {
        previous[Int(after)] = left
        push(left, after)
      }
      if previous[Int(left)] >= 0 { push(previous[Int(left)], left) }
    }
    var kept = 0
    for i in 0..<count where symbols[i] >= 0 {
      symbols[kept] = symbols[i]
      kept += 1
    }
    return kept
  }
}

/// A heap of pairs of symbols, with the next to be merged on top.
private struct PairHeap {
  struct Pair {
    /// The rank, then the position.
    var order: UInt64
    var left: Int32
    var right: Int32
    var id: Int32
  }

  private var pairs: [Pair] = []

  mutating func push(_ pair: Pair) {
    pairs.append(pair)
    var child = pairs.count - 1
    while child > 0, pairs[(child - 1) / 2].order > pair.order {
      pairs[child] = pairs[(child - 1) / 2]
      child = (child - 1) / 2
    }
    pairs[child] = pair
  }

  mutating func pop() -> Pair? {
    guard let top = pairs.first, let last = pairs.popLast() else { return nil }
    if pairs.isEmpty { return top }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < pairs.count else { break }
      if child + 1 < pairs.count, pairs[child + 1].order < pairs[child].order { child += 1 }
      guard pairs[child].order < last.order else { break }
      pairs[place] = pairs[child]
      place = child
    }
    pairs[place] = last
    return top
  }
}
