/// Finds where the records of a CSV file end, and nothing else about them.
struct CSVRecords {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let delimiter: UInt8
  /// Where the next quote at or after the last record's start is, `end` if there is none.
  private var nextQuote = -1

  /// The records in the first `end` of `bytes`.
  init(_ bytes: UnsafeBufferPointer<UInt8>, end: Int, delimiter: UInt8) {
    (self.bytes, self.end, self.delimiter) = (bytes, end, delimiter)
  }

  /// Where the record that starts at `start` ends, its line end included.
  @inline(__always)
  mutating func end(ofRecordAt start: Int) -> Int {
    if nextQuote < start { nextQuote = find(CSVScan.quote, from: start) }
    let next = min(find(CSVScan.lineFeed, from: start) + 1, end)
    return nextQuote >= next ? next : endWithQuotes(start)
  }

  /// Follows the quotes of a record as ``CSVScan`` does, stray ones too.
  private func endWithQuotes(_ start: Int) -> Int {
    var i = start
    while i < end {
      if bytes[i] == CSVScan.quote {
        repeat {
          i = find(CSVScan.quote, from: i + 1) + 1
          // A doubled quote is one of the field's own.
        } while i < end && bytes[i] == CSVScan.quote
      }
      while i < end, bytes[i] != delimiter, bytes[i] != CSVScan.lineFeed { i += 1 }
      i += 1
      if i <= end, i > 0, bytes[i - 1] == CSVScan.lineFeed { return i }
    }
    return end
  }

  @inline(__always)
  private func find(_ byte: UInt8, from start: Int) -> Int { bytes.find(byte, from: start, upTo: end) }
}
