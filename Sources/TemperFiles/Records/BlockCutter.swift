/// Some records of a file that follow each other.
package struct RecordBlock {
  /// Where they stand in the file.
  package let range: Range<Int>
  /// The line that the first one is on.
  package let line: Int
  /// How many there are.
  package let count: Int
  /// Where every record whose number in the block is a multiple of ``BlockCutter/anchorStep`` starts, counted from the block's start. Whoever
  /// takes the block frees them.
  package let anchors: UnsafePointer<UInt32>
}

/// Cuts a file of records into blocks. Where a block ends depends on the file alone.
package struct BlockCutter {
  /// The most records of a block.
  @inlinable package static var records: Int { 4096 }
  /// Records from one anchor to the next.
  @inlinable package static var anchorStep: Int { 8 }
  /// About the most bytes of a block.
  private static let bytes = 1 << 20

  /// The blocks in the order of the file.
  package private(set) var blocks: [RecordBlock] = []
  /// Whether there is a carriage return that no line feed follows.
  package private(set) var hasLoneReturn = false

  /// Cuts the bytes from `start` to `end`, which begin on `line`; `next` tells where the record at an offset ends.
  package init(_ file: FileBytes, from start: Int, to end: Int, line: Int, _ next: (Int) -> Int) {
    file.withBytes { bytes in
      var (offset, line) = (start, line)
      while offset < end {
        let first = offset
        var count = 0
        let anchors = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.records / Self.anchorStep)
        while offset < end, count < Self.records, offset - first < Self.bytes {
          if count % Self.anchorStep == 0 { anchors[count / Self.anchorStep] = UInt32(truncatingIfNeeded: offset - first) }
          offset = next(offset)
          count += 1
        }
        blocks.append(RecordBlock(range: first..<offset, line: line, count: count, anchors: UnsafePointer(anchors)))
        line += Self.lineFeeds(UnsafeBufferPointer(rebasing: bytes[first..<offset]))
        hasLoneReturn = hasLoneReturn || bytes.hasLoneReturn(in: first..<offset)
        file.release(first..<offset)
      }
    }
  }

  /// Frees what the blocks own; for a file that is cut anew, or blocks that nobody takes.
  package func discard() {
    for block in blocks { block.anchors.deallocate() }
  }

  private static func lineFeeds(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte == .lineFeed ? 1 : 0 }
    return count
  }
}
