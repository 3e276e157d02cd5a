import TemperCore
import TemperFiles
import TemperJSON

/// What a thread read from a block of records.
struct BlockReading {
  var findings = Findings()
  /// Whether the file after the block cannot be interpreted.
  var isLost = false
  var memory: UnsafeMutableRawBufferPointer?
  var columns: [PackedColumn] = []
  /// The names of the columns in order of appearance, if the file has no header.
  var names: [String] = []

  /// Discards the block, and with it the rest of the file.
  mutating func lose(_ problem: Diagnostics) {
    isLost = true
    for finding in problem.list { findings.add(finding.code, at: finding.place, finding.message) }
  }
}

extension BlockCutter {
  /// Reads every block with `read`, which runs on several threads with a `Reader` for each chunk of the file, and returns the results
  /// in file order up to the first lost block. Throws all errors, including those in `findings`.
  func read<Reader>(
    _ file: FileBytes, _ findings: inout Findings, reader: () -> Reader, _ read: (inout Reader, RecordBlock) -> BlockReading
  ) throws(Diagnostics) -> [BlockReading] {
    var results = [BlockReading](repeating: BlockReading(), count: blocks.count)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      Partition(blocks.count, cost: 1_000_000, maxChunks: 32, minItems: 1).run { _, numbers in
        var own = reader()
        for number in numbers {
          let block = blocks[number]
          results[number] = read(&own, block)
          file.release(block.range)
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
      for result in results { result.memory?.deallocate() }
      throw error
    }
    return results
  }

  /// The blocks of a table, each with its columns; the table owns their memory.
  func tableBlocks(_ readings: [BlockReading]) -> [(block: TableBlock, columns: [PackedColumn])] {
    defer { handOverAnchors() }
    return zip(blocks, readings).map { block, reading in
      let table = TableBlock(
        rows: block.count, start: block.range.lowerBound, line: block.line, anchors: block.anchors, memory: reading.memory)
      return (table, reading.columns)
    }
  }
}
