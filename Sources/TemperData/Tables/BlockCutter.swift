import TemperCore
import TemperJSON

/// Cuts a file of records into blocks, and reads these on several threads. Where a block ends depends on the file alone.
struct BlockCutter {
  /// The most rows and about the most bytes of a block.
  static let (rows, bytes) = (4096, 1 << 20)

  private(set) var blocks: [(block: TableBlock, range: Range<Int>)] = []
  /// Whether there is a carriage return that no line feed follows.
  private(set) var hasLoneReturn = false

  /// Cuts the bytes from `start` to `end`, which begin on `line`; `next` tells where the record at an offset ends.
  init(_ file: FileBytes, from start: Int, to end: Int, line: Int, _ next: (Int) -> Int) {
    file.withBytes { bytes in
      var (offset, line) = (start, line)
      while offset < end {
        let first = offset
        var block = TableBlock(rows: 0)
        let anchors = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.rows / TableBlock.anchorStep)
        while offset < end, block.rows < Self.rows, offset - first < Self.bytes {
          if block.rows % TableBlock.anchorStep == 0 {
            anchors[block.rows / TableBlock.anchorStep] = UInt32(truncatingIfNeeded: offset - first)
          }
          offset = next(offset)
          block.rows += 1
        }
        (block.start, block.line, block.anchors) = (first, line, UnsafePointer(anchors))
        blocks.append((block, first..<offset))
        line += Self.lineFeeds(UnsafeBufferPointer(rebasing: bytes[first..<offset]))
        hasLoneReturn = hasLoneReturn || bytes.hasLoneReturn(in: first..<offset)
        file.release(first..<offset)
      }
    }
  }

  /// Frees what the blocks own; for a file that is cut anew.
  func discard() {
    for (block, _) in blocks { block.anchors?.deallocate() }
  }

  private static func lineFeeds(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte == CSVScan.lineFeed ? 1 : 0 }
    return count
  }

  /// What a thread found in a block.
  struct Reading {
    var findings = Findings()
    /// Whether what follows the block cannot be told what it means.
    var isLost = false
    var memory: UnsafeMutableRawBufferPointer?
    var columns: [PackedColumn] = []
    /// The names of the columns, where the file has no header: in the order they appeared.
    var names: [String] = []

    /// Gives the block up, and with it the rest of the file.
    mutating func lose(_ problem: Diagnostics) {
      isLost = true
      for finding in problem.list { findings.add(finding.code, at: finding.place, finding.message) }
    }
  }

  /// Reads every block with `read`, which runs on several threads with a `Reader` for each piece of the file, and gives what was found in the
  /// order of the file up to the first that is lost. Throws if there is anything wrong, together with what is in `findings`.
  func read<Reader>(
    _ file: FileBytes, _ findings: inout Findings, reader: () -> Reader, _ read: (inout Reader, TableBlock, Range<Int>) -> Reading
  ) throws(Diagnostics) -> [Reading] {
    var results = [Reading](repeating: Reading(), count: blocks.count)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      Partition(blocks.count, cost: 1_000_000, most: 32, least: 1).run { _, numbers in
        var own = reader()
        for number in numbers {
          let (block, range) = blocks[number]
          results[number] = read(&own, block, range)
          file.release(range)
          if results[number].findings.isFull { break }
        }
      }
    }
    for result in results {
      findings.gather(result.findings)
      if result.isLost || findings.isFull { break }
    }
    do {
      try findings.check()
    } catch {
      for (result, part) in zip(results, blocks) {
        result.memory?.deallocate()
        part.block.anchors?.deallocate()
      }
      throw error
    }
    return results
  }
}
