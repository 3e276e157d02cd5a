/// The merges of a byte-pair encoding with their ranks, in a flat hash table.
struct MergeTable: Sendable {
  struct Merge {
    /// Its position in the list of merges: lower ranks are merged first.
    var rank: UInt32
    /// The merged token.
    var id: Int32
  }

  /// Pairs, the left id in the upper half; `UInt64.max` where free.
  private var keys: [UInt64]
  private var values: [Merge]
  let isEmpty: Bool

  /// `merges` in order; of a repeated pair the last position counts.
  init(_ merges: [(left: Int32, right: Int32, merged: Int32)]) {
    var capacity = 16
    while capacity < merges.count * 2 { capacity *= 2 }
    keys = Array(repeating: .max, count: capacity)
    values = Array(repeating: Merge(rank: .max, id: -1), count: capacity)
    isEmpty = merges.isEmpty
    for (rank, merge) in merges.enumerated() {
      let key = Self.key(merge.left, merge.right)
      var slot = Self.hash(key) & (capacity - 1)
      while keys[slot] != .max, keys[slot] != key { slot = (slot + 1) & (capacity - 1) }
      keys[slot] = key
      values[slot] = Merge(rank: UInt32(rank), id: merge.merged)
    }
  }

  /// Calls `body` with an unchecked look-up.
  @inline(__always)
  func withLookup<Result>(_ body: (Lookup) -> Result) -> Result {
    keys.withUnsafeBufferPointer { keys in
      values.withUnsafeBufferPointer { values in
        body(Lookup(keys: keys.baseAddress!, values: values.baseAddress!, mask: keys.count - 1))
      }
    }
  }

  struct Lookup {
    let keys: UnsafePointer<UInt64>
    let values: UnsafePointer<Merge>
    let mask: Int

    /// The merge of a pair, with rank `UInt32.max` where there is none.
    @inline(__always)
    func callAsFunction(_ left: Int32, _ right: Int32) -> Merge {
      let key = MergeTable.key(left, right)
      var slot = MergeTable.hash(key) & mask
      while keys[slot] != key {
        if keys[slot] == .max { return Merge(rank: .max, id: -1) }
        slot = (slot + 1) & mask
      }
      return values[slot]
    }
  }

  @inline(__always)
  static func key(_ left: Int32, _ right: Int32) -> UInt64 { UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right)) }

  @inline(__always)
  static func hash(_ key: UInt64) -> Int {
    let product = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product ^ (product >> 32))
  }
}
