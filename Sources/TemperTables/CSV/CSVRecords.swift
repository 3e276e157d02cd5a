import TemperFiles

/// Finds only the ends of the records of a CSV file.
struct CSVRecords {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let dialect: CSVDialect
  /// The position up to which there is no quote, from the start of the last record.
  private var nextQuote = -1
  /// Whether there is a quote at that position.
  private var isQuote = false
  /// How far ahead of a record quotes are searched: a file without any would be scanned as a whole, and all its pages loaded.
  private static let stretch = 1 << 16

  /// Creates a search for records in the first `end` of `bytes`.
  init(_ bytes: UnsafeBufferPointer<UInt8>, end: Int, _ dialect: CSVDialect) {
    (self.bytes, self.end, self.dialect) = (bytes, end, dialect)
  }

  /// The end of the record that starts at `start`, including its line end.
  @inline(__always)
  mutating func end(ofRecordAt start: Int) -> Int {
    let next = min(find(.lineFeed, from: start) + 1, end)
    if nextQuote < start || nextQuote < next && !isQuote {
      let from = max(start, nextQuote)
      let limit = min(end, max(next, from + Self.stretch))
      nextQuote = bytes.find(dialect.quote, from: from, upTo: limit)
      isQuote = nextQuote < limit
    }
    return nextQuote >= next ? next : endWithQuotes(start)
  }

  /// Follows the quotes of a record like ``CSVScan``, including stray ones.
  private func endWithQuotes(_ start: Int) -> Int {
    var i = start
    while i < end {
      while i < end, dialect.isBlank(bytes[i]) { i += 1 }
      if i < end, bytes[i] == dialect.quote {
        repeat {
          i = find(dialect.quote, from: i + 1) + 1
          // A doubled quote is part of the field.
        } while i < end && bytes[i] == dialect.quote
      }
      while i < end, bytes[i] != dialect.delimiter, bytes[i] != .lineFeed { i += 1 }
      i += 1
      if i <= end, i > 0, bytes[i - 1] == .lineFeed { return i }
    }
    return end
  }

  @inline(__always)
  private func find(_ byte: UInt8, from start: Int) -> Int { bytes.find(byte, from: start, upTo: end) }
}
