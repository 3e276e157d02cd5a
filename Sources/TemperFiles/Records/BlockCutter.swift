/// Consecutive records of a file.
package struct RecordBlock {
  /// Their range in the file.
  package let range: Range<Int>
  /// The line of the first record.
  package let line: Int
  /// The number of records.
  package let count: Int
  /// The offset, relative to the block's start, of every record whose index in the block is a multiple of ``BlockCutter/anchorStep``.
  /// They belong to the cutter, until ``BlockCutter/handOverAnchors()``.
  package let anchors: UnsafePointer<UInt32>
}

/// The anchors of the blocks of a file that is not a table yet, and may never be one.
private final class AnchorMemory {
  var anchors: [UnsafeMutablePointer<UInt32>] = []

  deinit { for part in anchors { part.deallocate() } }
}

/// Divides a file of records into blocks. Block boundaries depend on the file alone.
package struct BlockCutter {
  /// The maximum number of records in a block.
  @inlinable package static var records: Int { 4096 }
  /// Records between anchors.
  @inlinable package static var anchorStep: Int { 8 }
  /// The approximate maximum size of a block in bytes.
  private static let bytes = 1 << 20

  /// The blocks in file order.
  package private(set) var blocks: [RecordBlock] = []
  private let memory = AnchorMemory()
  /// Whether there is a carriage return without a line feed.
  package private(set) var hasLoneReturn = false

  /// Divides the bytes from `start` to `end`, which begin on `line`; `next` returns the end of the record at an offset.
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
        memory.anchors.append(anchors)
        blocks.append(RecordBlock(range: first..<offset, line: line, count: count, anchors: UnsafePointer(anchors)))
        line += Self.lineFeeds(UnsafeBufferPointer(rebasing: bytes[first..<offset]))
        hasLoneReturn = hasLoneReturn || bytes.hasLoneReturn(in: first..<offset)
        file.release(first..<offset)
      }
    }
  }

  /// Leaves the anchors of all blocks to the caller, who frees them.
  package func handOverAnchors() { memory.anchors = [] }

  private static func lineFeeds(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte == .lineFeed ? 1 : 0 }
    return count
  }
}
