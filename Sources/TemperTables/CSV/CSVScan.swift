import TemperFiles
import TemperJSON

/// Finds the starts and ends of the fields in some records of a CSV file, and their errors.
struct CSVScan {
  let file: FileBytes
  private let dialect: CSVDialect
  /// The column names as in the header, which determine the number of fields; nil for the first record.
  var header: [String]? {
    didSet { firstName = header?.first.map { Array($0.utf8) } ?? [] }
  }
  private var firstName: [UInt8] = []
  /// Whether the names come from a header rather than the config.
  var hasHeader = true
  /// The start of each field, after an opening quote; record by record.
  private(set) var starts: [UInt32] = []
  /// The end of each field, before a closing quote.
  private(set) var ends: [UInt32] = []
  /// The start of each record.
  private(set) var records: [Int] = []
  /// Whether every record has an additional empty field, for which the last of ``header`` stands.
  var hasTrailing = false
  /// Whether a carriage return outside quotes without a line feed was found, so that line ends must be converted first.
  private(set) var hasLoneReturn = false
  /// Whether the rest of the bytes cannot be interpreted after an error.
  private(set) var isLost = false
  var findings = Findings()

  /// The delimiter repeated in eight bytes, and the quote.
  private let delimiters: UInt64
  private let quotes: UInt64

  init(_ file: FileBytes, _ dialect: CSVDialect) {
    (self.file, self.dialect) = (file, dialect)
    (delimiters, quotes) = (UInt64(dialect.delimiter) &* Self.everyByte, UInt64(dialect.quote) &* Self.everyByte)
  }

  /// Scans the complete records in `range` of `bytes`, the first of which is on `line`, replacing the results of the last scan.
  mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, line: Int) {
    starts.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    let count = range.upperBound
    var (i, line) = (range.lowerBound, line)
    while i < count, !findings.isFull {
      let first = starts.count
      let (recordOffset, recordLine) = (i, line)
      fields: while true {
        let isRead =
          i < count && bytes[i] == dialect.quote
          ? quotedField(bytes, count, &i, &line) : plainField(bytes, count, &i, &line)
        guard isRead else {
          isLost = true
          return
        }
        guard i < count else { break fields }
        if bytes[i] == dialect.delimiter {
          i += 1
        } else {
          i += bytes[i] == .carriageReturn ? 2 : 1
          line += 1
          break fields
        }
      }
      finishRecord(bytes, first: first, offset: recordOffset, line: recordLine)
    }
  }

  private static let everyByte: UInt64 = 0x0101_0101_0101_0101

  /// The position of the next delimiter, line feed, carriage return or quote from `start` on; `count` if there is none.
  @inline(__always)
  private func stop(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int, from start: Int) -> Int {
    var i = start
    guard let base = bytes.baseAddress else { return count }
    // Eight bytes at a time: the lowest set bit marks the first zero byte (Mycroft's test).
    @inline(__always) func zeros(_ word: UInt64) -> UInt64 { (word &- Self.everyByte) & ~word & 0x8080_8080_8080_8080 }
    while i + 8 <= count {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + i).loadUnaligned(as: UInt64.self))
      let hits =
        zeros(word ^ delimiters) | zeros(word ^ 0x0A0A_0A0A_0A0A_0A0A) | zeros(word ^ 0x0D0D_0D0D_0D0D_0D0D)
        | zeros(word ^ quotes)
      if hits != 0 { return i + hits.trailingZeroBitCount >> 3 }
      i += 8
    }
    while i < count, bytes[i] != dialect.delimiter, bytes[i] != dialect.quote, bytes[i] != .lineFeed,
      bytes[i] != .carriageReturn
    { i += 1 }
    return i
  }

  /// Reads an unquoted field up to the delimiter or line end at `i`. Returns false if the scan cannot continue.
  @inline(__always)
  private mutating func plainField(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int, _ i: inout Int, _ line: inout Int) -> Bool {
    let start = i
    i = stop(bytes, count, from: i)
    // Rare: a quote inside the field, or a carriage return.
    var hasQuote = false
    while i < count, bytes[i] != dialect.delimiter, bytes[i] != .lineFeed {
      if bytes[i] == dialect.quote, !hasQuote {
        // Blanks before a quote do not prevent it from opening the field.
        if bytes[start..<i].allSatisfy(dialect.isBlank) { return quotedField(bytes, count, &i, &line) }
        hasQuote = true
        findings.add(
          .strayQuote, at: file.place(bytes, offset: i, line: line),
          "a quote inside an unquoted field. Quote the whole field and double the quotes inside it"
            + Self.quoteRemedy)
      } else if bytes[i] == .carriageReturn {
        if i + 1 < count, bytes[i + 1] == .lineFeed { break }
        hasLoneReturn = true
        return false
      }
      i += 1
    }
    // Almost no field begins or ends with a possible blank.
    if start < i, bytes[start] <= 0x20 || bytes[i - 1] <= 0x20 {
      appendTrimmed(bytes, start, i)
    } else {
      starts.append(UInt32(truncatingIfNeeded: start))
      ends.append(UInt32(truncatingIfNeeded: i))
    }
    return true
  }

  /// Adds a field without the blanks around it; a blank field is empty at its start.
  @inline(never)
  private mutating func appendTrimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
    var (start, end) = (start, end)
    while end > start, dialect.isBlank(bytes[end - 1]) { end -= 1 }
    while start < end, dialect.isBlank(bytes[start]) { start += 1 }
    starts.append(UInt32(truncatingIfNeeded: start))
    ends.append(UInt32(truncatingIfNeeded: end))
  }

  /// Another remedy for a misplaced quote.
  private static let quoteRemedy = "; if quotes are ordinary characters in this file, set data.quote to \"none\"."

  /// Reads the field with its opening quote at `i`, up to the delimiter or line end. Returns false if the scan cannot continue.
  private mutating func quotedField(
    _ bytes: UnsafeBufferPointer<UInt8>, _ count: Int, _ i: inout Int, _ line: inout Int
  ) -> Bool {
    let (open, openLine) = (i, line)
    i += 1
    while true {
      while i < count, bytes[i] != dialect.quote {
        if bytes[i] == .lineFeed { line += 1 }
        i += 1
      }
      guard i < count else {
        findings.add(
          .unclosedQuote, at: file.place(bytes, offset: open, line: openLine),
          "the quote that opens here is never closed. Close it, or double it if it belongs to the value" + Self.quoteRemedy)
        return false
      }
      guard i + 1 < count, bytes[i + 1] == dialect.quote else { break }
      i += 2
    }
    starts.append(UInt32(truncatingIfNeeded: open + 1))
    ends.append(UInt32(truncatingIfNeeded: i))
    i += 1
    while i < count, dialect.isBlank(bytes[i]) { i += 1 }
    var isText = false
    while i < count, bytes[i] != dialect.delimiter, bytes[i] != .lineFeed {
      if bytes[i] == .carriageReturn {
        if i + 1 < count, bytes[i + 1] == .lineFeed { break }
        hasLoneReturn = true
        return false
      }
      if !isText {
        isText = true
        findings.add(
          .strayQuote, at: file.place(bytes, offset: i, line: line),
          "text after the closing quote of a field. Double a quote that belongs to the value" + Self.quoteRemedy)
      }
      i += 1
    }
    return true
  }

  /// Adds the record whose fields start at number `first`, or removes its fields if it is blank or ragged. In a table of one column a
  /// blank line is an empty field.
  @inline(__always)
  private mutating func finishRecord(_ bytes: UnsafeBufferPointer<UInt8>, first: Int, offset: Int, line: Int) {
    let found = starts.count - first
    let columns = header?.count ?? found
    if found == 1, starts[first] == ends[first], Int(starts[first]) == offset, columns != 1 || header == nil {
      findings.add(
        .blankLine, at: file.place(bytes, offset: offset, line: line),
        header == nil
          ? "a blank line before the \(hasHeader ? "header" : "first row"). Remove it." : "a blank line between rows. Remove it.")
      starts.removeLast()
      ends.removeLast()
    } else if found != columns {
      reportRagged(bytes, first: first, found: found, columns: columns, offset: offset, line: line)
      starts.removeLast(found)
      ends.removeLast(found)
    } else if hasHeader, found > 1, isHeader(bytes, first: first) {
      findings.add(
        .repeatedHeader, at: file.place(bytes, offset: offset, line: line),
        "this row repeats the header, as when files are concatenated. Remove it.")
      starts.removeLast(found)
      ends.removeLast(found)
    } else {
      records.append(offset)
    }
  }

  /// Whether the record whose fields start at number `first` repeats the column names.
  @inline(__always)
  private func isHeader(_ bytes: UnsafeBufferPointer<UInt8>, first: Int) -> Bool {
    guard let header, Int(ends[first] - starts[first]) == firstName.count else { return false }
    return isHeader(bytes, header, first: first)
  }

  @inline(never)
  private func isHeader(_ bytes: UnsafeBufferPointer<UInt8>, _ header: [String], first: Int) -> Bool {
    header.indices.allSatisfy { column in
      withField(bytes, first + column) { field in
        field.elementsEqual(header[column].utf8)
      }
    }
  }

  private mutating func reportRagged(
    _ bytes: UnsafeBufferPointer<UInt8>, first: Int, found: Int, columns: Int, offset: Int, line: Int
  ) {
    let sizes = "this row has \(counted(found, "field")), the \(hasHeader ? "header" : "first row") \(columns)"
    if hasTrailing, found + 1 == columns {
      findings.add(
        .raggedRow, at: file.place(bytes, offset: offset, line: line),
        "this row does not end with the delimiter, as all rows before do. Add it, or the missing value.")
    } else if found < columns {
      let missing = (header ?? [])[found...]
      findings.add(
        .raggedRow, at: file.place(bytes, offset: offset, line: line),
        "\(sizes): no value for \(listed(missing)). Add the missing values, or remove the row.")
    } else {
      let (extra, end) = (Int(starts[first + columns]), Int(ends[first + columns]))
      let start = self.offset(bytes, first + columns)
      let breaks = bytes[offset..<start].count { $0 == .lineFeed }
      let text = String(decoding: bytes[extra..<end], as: UTF8.self)
      findings.add(
        .raggedRow, at: file.place(bytes, offset: start, line: line + breaks),
        "\(sizes): the first extra one is \(quoted(text)). Quote a value that contains the delimiter.")
    }
  }

  /// Calls `body` with the bytes of field `number`, without quotes.
  @inline(__always)
  func withField<Result>(_ bytes: UnsafeBufferPointer<UInt8>, _ number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withField(bytes, number, quote: quote, body)
  }

  /// The quote byte.
  var quote: UInt8 { dialect.quote }

  /// The same, for callers that already have ``quote``.
  @inline(__always)
  func withField<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ number: Int, quote: UInt8, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let (start, end) = (Int(starts[number]), Int(ends[number]))
    let raw = UnsafeBufferPointer(rebasing: bytes[start..<end])
    if start > 0, bytes[start - 1] == quote, raw.contains(quote) {
      return CSVDialect.unescaped(raw, quote: quote).withUnsafeBufferPointer(body)
    }
    return body(raw)
  }

  /// The start of field `number`, including its opening quote.
  func offset(_ bytes: UnsafeBufferPointer<UInt8>, _ number: Int) -> Int {
    let start = Int(starts[number])
    return start > 0 && bytes[start - 1] == dialect.quote ? start - 1 : start
  }
}
