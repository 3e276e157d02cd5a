import Glibc

/// Caches the ids of words. Its size is fixed: when full, it is cleared.
///
/// Open addressing, at most half full. A word of up to 16 bytes is stored in its entry, as two overlapping loads, unique given its length.
final class WordCache {
  /// Longer words are rare and not cached.
  static let longestWord = 96
  private static let slotCount = 1 << 16
  private static let entryLimit = slotCount / 2

  struct Key {
    var low: UInt64
    var high: UInt64
    var hash: UInt64
  }

  private struct Entry {
    var low: UInt64
    /// For a long word, the position of its bytes.
    var high: UInt64
    var length: UInt16
    var idCount: UInt16
    /// The id where there is only one, else the position of the ids.
    var ids: Int32
  }

  private let entries: UnsafeMutablePointer<Entry>
  private var entryCount = 0
  private var longWords: [UInt8] = []
  private var ids: [Int32] = []

  init() {
    // Zeroed by the system lazily, page by page: a length of 0 marks a free entry.
    entries = calloc(Self.slotCount, MemoryLayout<Entry>.stride)!.bindMemory(to: Entry.self, capacity: Self.slotCount)
  }

  deinit { free(entries) }

  /// Appends the ids of `word`, of 1 to ``longestWord`` bytes, and returns true, if it is cached.
  @inline(__always)
  func find(_ word: UnsafeBufferPointer<UInt8>, _ key: Key, into sink: TokenSink) -> Bool {
    var slot = Int(truncatingIfNeeded: key.hash) & (Self.slotCount - 1)
    while true {
      let entry = entries[slot]
      if entry.length == 0 { return false }
      if entry.low == key.low, Int(entry.length) == word.count, matches(entry, key, word) {
        if entry.idCount == 1 {
          sink.append(entry.ids)
        } else {
          ids.withUnsafeBufferPointer { if let base = $0.baseAddress { sink.append(base + Int(entry.ids), count: Int(entry.idCount)) } }
        }
        return true
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
  }

  /// Caches the ids of a word that was not found.
  func insert(_ word: UnsafeBufferPointer<UInt8>, _ key: Key, _ found: UnsafeBufferPointer<Int32>) {
    if entryCount == Self.entryLimit {
      memset(entries, 0, Self.slotCount * MemoryLayout<Entry>.stride)
      entryCount = 0
      longWords.removeAll(keepingCapacity: true)
      ids.removeAll(keepingCapacity: true)
    }
    var slot = Int(truncatingIfNeeded: key.hash) & (Self.slotCount - 1)
    while entries[slot].length != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
    var entry = Entry(low: key.low, high: key.high, length: UInt16(word.count), idCount: UInt16(found.count), ids: 0)
    if word.count > 16 {
      entry.high = UInt64(longWords.count)
      longWords += word
    }
    if found.count == 1 {
      entry.ids = found[0]
    } else {
      entry.ids = Int32(ids.count)
      ids += found
    }
    entries[slot] = entry
    entryCount += 1
  }

  @inline(__always)
  private func matches(_ entry: Entry, _ key: Key, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    if word.count <= 16 { return entry.high == key.high }
    return longWords.withUnsafeBufferPointer { memcmp($0.baseAddress! + Int(entry.high), word.baseAddress!, word.count) == 0 }
  }

  /// The key of a word of at least one byte.
  @inline(__always)
  static func key(_ word: UnsafeBufferPointer<UInt8>) -> Key {
    let base = UnsafeRawPointer(word.baseAddress!)
    let count = word.count
    var low: UInt64
    var high: UInt64
    if count >= 8 {
      low = base.loadUnaligned(as: UInt64.self)
      high = base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      if count > 16 {
        // Long words are compared by their bytes; this is only their hash.
        var offset = 8
        while offset < count - 8 {
          low = (low ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
          low ^= low >> 29
          offset += 8
        }
      }
    } else if count >= 4 {
      low = UInt64(base.loadUnaligned(as: UInt32.self))
      high = UInt64(base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    } else {
      low = UInt64(word[0]) | UInt64(word[count / 2]) << 8 | UInt64(word[count - 1]) << 16
      high = 0
    }
    var hash = (low ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 32) ^ high) &* 0xD6E8_FEB8_6659_FD93
    return Key(low: low, high: high, hash: hash ^ (hash >> 32))
  }
}
