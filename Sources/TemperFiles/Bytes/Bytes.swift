import Glibc

extension UnsafeBufferPointer<UInt8> {
  /// Where `byte` stands next, from `start` on and before `end`; `end` where it does not.
  @inlinable @inline(__always)
  package func find(_ byte: UInt8, from start: Int, upTo end: Int) -> Int {
    guard start < end, let base = baseAddress, let found = memchr(base + start, CInt(byte), end - start) else { return end }
    return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
  }

  /// Where the line that starts at `start` ends, its line feed included.
  @inlinable @inline(__always)
  package func end(ofLineAt start: Int, upTo end: Int) -> Int {
    Swift.min(find(.lineFeed, from: start, upTo: end) + 1, end)
  }

  /// The length of the byte-order mark in front.
  package var markLength: Int { count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF ? 3 : 0 }

  /// Where a text that begins at `start` ends without the blank lines behind it.
  package func trimmedEnd(from start: Int) -> Int {
    var end = count
    while end > start, self[end - 1] == .lineFeed {
      var line = end - 1
      if line > start, self[line - 1] == .carriageReturn { line -= 1 }
      guard line == start || self[line - 1] == .lineFeed else { break }
      end = line
    }
    return end
  }

  /// Whether there is a carriage return in `range` that no line feed follows; one at the very end counts if these are all bytes.
  package func hasLoneReturn(in range: Range<Int>, isAll: Bool = true) -> Bool {
    var i = range.lowerBound
    while true {
      i = find(.carriageReturn, from: i, upTo: range.upperBound)
      if i == range.upperBound { return false }
      if i + 1 < count ? self[i + 1] != .lineFeed : isAll { return true }
      i += 1
    }
  }
}
