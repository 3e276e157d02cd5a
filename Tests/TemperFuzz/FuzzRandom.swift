/// Random numbers that are a function of a text alone (SplitMix64).
struct FuzzRandom {
  private var state: UInt64

  init(_ name: String) {
    state = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A number from 0 to `count` - 1; 0 if `count` is 0.
  mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }

  /// One of `items`, of which there is at least one.
  mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

  /// A short range within `count` elements, mostly of a few.
  mutating func range(in count: Int) -> Range<Int> {
    let start = below(count)
    return start..<min(count, start + 1 + below(pick([4, 16, 256])))
  }
}
