import Glibc

extension UnsafeBufferPointer<UInt8> {
  /// The next position of `byte`, from `start` on and before `end`; `end` if there is none.
  @inlinable @inline(__always)
  package func find(_ byte: UInt8, from start: Int, upTo end: Int) -> Int {
    guard start < end, let base = baseAddress, let found = memchr(base + start, CInt(byte), end - start) else { return end }
    return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
  }

  /// The end of the line that starts at `start`, including its line feed.
  @inlinable @inline(__always)
  package func end(ofLineAt start: Int, upTo end: Int) -> Int {
    Swift.min(find(.lineFeed, from: start, upTo: end) + 1, end)
  }

  /// The length of a leading byte-order mark.
  package var markLength: Int { count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF ? 3 : 0 }

  /// The end of a text that begins at `start`, without trailing blank lines.
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

  /// Whether `range` contains a carriage return without a line feed; one at the very end counts if `isAll`.
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
