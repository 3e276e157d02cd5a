/// A list of distinct byte strings that finds the index of each.
///
/// Swift's own dictionary of strings treats `é` and `e` + accent as equal, and would create a string for every field looked up.
package struct ByteIndex: Sendable {
  /// The strings, concatenated.
  @usableFromInline var bytes: [UInt8] = []
  /// The end of each string in `bytes`.
  @usableFromInline var ends: [Int] = []
  /// Indices of strings by hash, -1 if free; the size is a power of two, at most half full.
  @usableFromInline var slots: [Int32] = Array(repeating: -1, count: 16)

  package init() {}

  /// Creates an index of `names` in order; a repeated one keeps its first index and uses up another.
  package init(_ names: [String]) {
    for name in names {
      var name = name
      name.withUTF8 { append($0) }
    }
  }

  @inlinable package var count: Int { ends.count }

  package subscript(number: Int) -> String { String(decoding: bytes(number), as: UTF8.self) }

  /// The string with this index.
  package func bytes(_ number: Int) -> [UInt8] { Array(bytes[(number > 0 ? ends[number - 1] : 0)..<ends[number]]) }

  /// All strings, by index.
  package var strings: [String] { (0..<count).map { self[$0] } }

  package func find(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { find($0) }
  }

  @inlinable package func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
    let number = slots[slot(of: key)]
    return number < 0 ? nil : Int(number)
  }

  /// The index of `key`, which is probably `likely`.
  @inlinable @inline(__always)
  package func find(_ key: UnsafeBufferPointer<UInt8>, likely: Int) -> Int? {
    likely < count && equals(likely, key) ? likely : find(key)
  }

  /// The index of `key`, which is added if it is new.
  @inlinable package mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    if let number = find(key) { return number }
    append(key)
    return count - 1
  }

  /// Adds `key` with the next index.
  @usableFromInline package mutating func append(_ key: UnsafeBufferPointer<UInt8>) {
    bytes += key
    ends.append(bytes.count)
    if count * 2 > slots.count {
      slots = Array(repeating: -1, count: slots.count * 2)
      for number in 0..<count { enter(number) }
    } else {
      enter(count - 1)
    }
  }

  private mutating func enter(_ number: Int) {
    let range = (number > 0 ? ends[number - 1] : 0)..<ends[number]
    let place = bytes.withUnsafeBufferPointer { slot(of: UnsafeBufferPointer(rebasing: $0[range])) }
    if slots[place] < 0 { slots[place] = Int32(number) }
  }

  /// The slot that holds `key`, or the free one where it belongs.
  @inlinable func slot(of key: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash ^= hash >> 32
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] >= 0, !equals(Int(slots[place]), key) {
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  @inlinable func equals(_ number: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = number > 0 ? ends[number - 1] : 0
    guard ends[number] - start == key.count else { return false }
    return bytes.withUnsafeBufferPointer { mine in
      for i in 0..<key.count where mine[start + i] != key[i] { return false }
      return true
    }
  }
}

/// Whether `a` comes before `b` byte by byte: the locale-independent order of categories and classes.
package func bytesBefore(_ a: String, _ b: String) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}
