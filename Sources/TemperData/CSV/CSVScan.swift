import TemperJSON

/// One pass over the bytes of a CSV file: finds where its fields start and end, and what is wrong with it.
struct CSVScan {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")

  let name: String
  let delimiter: UInt8
  private(set) var starts: [UInt32] = []
  private(set) var ends: [UInt32] = []
  /// The line of each record.
  private(set) var lines: [UInt32] = []
  /// Fields in the first record.
  private(set) var columns = 0
  var findings = Findings()

  /// Blank lines that are errors, or empty fields, only if a row follows them.
  private var blanks: [(offset: Int, line: Int)] = []
  /// True for the bytes that a field without quotes stops at.
  private let stops: [Bool]

  init(name: String, delimiter: Delimiter) {
    (self.name, self.delimiter) = (name, delimiter.byte)
    stops = (0..<256).map { [delimiter.byte, Self.quote, Self.lineFeed, Self.carriageReturn].contains(UInt8($0)) }
  }

  /// Scans all of `bytes`, or as far as it can be told what the bytes mean.
  mutating func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    let count = bytes.count
    var i = Self.markLength(bytes)
    var line = 1
    starts.reserveCapacity(count / 6)
    ends.reserveCapacity(count / 6)
    lines.reserveCapacity(count / 40)

    while i < count, !findings.isFull {
      let first = starts.count
      let (recordOffset, recordLine) = (i, line)
      fields: while true {
        let isRead =
          i < count && bytes[i] == Self.quote
          ? quotedField(bytes, &i, &line) : plainField(bytes, &i, line)
        guard isRead else { return }
        guard i < count else { break fields }
        if bytes[i] == delimiter {
          i += 1
        } else {
          i += bytes[i] == Self.carriageReturn ? 2 : 1
          line += 1
          break fields
        }
      }
      finishRecord(bytes, first: first, offset: recordOffset, line: recordLine)
    }
  }

  /// Reads a field without quotes up to the delimiter or line end at `i`. False if the scan cannot go on.
  @inline(__always)
  private mutating func plainField(_ bytes: UnsafeBufferPointer<UInt8>, _ i: inout Int, _ line: Int) -> Bool {
    let start = i
    let count = bytes.count
    stops.withUnsafeBufferPointer { stops in
      while i < count, !stops[Int(bytes[i])] { i += 1 }
    }
    // Rare: a quote inside the field, or a carriage return.
    var hasQuote = false
    while i < count, bytes[i] != delimiter, bytes[i] != Self.lineFeed {
      if bytes[i] == Self.quote, !hasQuote {
        hasQuote = true
        findings.add(
          .strayQuote, at: Self.place(name, bytes, offset: i, line: line),
          "a quote inside a field that does not begin with one. Put the whole field in quotes and double those inside it.")
      } else if bytes[i] == Self.carriageReturn {
        if i + 1 < count, bytes[i + 1] == Self.lineFeed { break }
        findings.add(
          .loneCarriageReturn, at: Self.place(name, bytes, offset: i, line: line),
          "a carriage return that no line feed follows. Save the file with LF or CRLF line ends.")
        return false
      }
      i += 1
    }
    starts.append(UInt32(truncatingIfNeeded: start))
    ends.append(UInt32(truncatingIfNeeded: i))
    return true
  }

  /// Reads the field whose opening quote stands at `i`, up to the delimiter or line end. False if the scan cannot go on.
  private mutating func quotedField(_ bytes: UnsafeBufferPointer<UInt8>, _ i: inout Int, _ line: inout Int) -> Bool {
    let count = bytes.count
    let (open, openLine) = (i, line)
    i += 1
    while true {
      while i < count, bytes[i] != Self.quote {
        if bytes[i] == Self.lineFeed { line += 1 }
        i += 1
      }
      guard i < count else {
        findings.add(
          .unclosedQuote, at: Self.place(name, bytes, offset: open, line: openLine),
          "the quote that opens here is never closed. Close it, or double it if it belongs to the value.")
        return false
      }
      guard i + 1 < count, bytes[i + 1] == Self.quote else { break }
      i += 2
    }
    starts.append(UInt32(truncatingIfNeeded: open + 1))
    ends.append(UInt32(truncatingIfNeeded: i))
    i += 1
    if i == count || bytes[i] == delimiter || bytes[i] == Self.lineFeed { return true }
    if bytes[i] == Self.carriageReturn, i + 1 < count, bytes[i + 1] == Self.lineFeed { return true }
    findings.add(
      .strayQuote, at: Self.place(name, bytes, offset: i, line: line),
      "text after the closing quote of a field. Double a quote that belongs to the value.")
    while i < count, bytes[i] != delimiter, bytes[i] != Self.lineFeed {
      if bytes[i] == Self.carriageReturn, i + 1 < count, bytes[i + 1] == Self.lineFeed { break }
      i += 1
    }
    return true
  }

  /// Enters the record whose fields start at number `first`, or takes them back where the record is blank or ragged.
  @inline(__always)
  private mutating func finishRecord(_ bytes: UnsafeBufferPointer<UInt8>, first: Int, offset: Int, line: Int) {
    let found = starts.count - first
    if found == 1, starts[first] == ends[first], Int(starts[first]) == offset {
      starts.removeLast()
      ends.removeLast()
      blanks.append((offset, line))
      return
    }
    if !blanks.isEmpty { settleBlanks(bytes, first: first) }
    if lines.isEmpty {
      columns = found
    } else if found != columns {
      reportRagged(bytes, first: lines.count * columns, found: found, offset: offset, line: line)
      starts.removeLast(found)
      ends.removeLast(found)
      return
    }
    lines.append(UInt32(truncatingIfNeeded: line))
  }

  /// A record follows the blank lines kept back: each is an empty field in a table of one column, else an error.
  private mutating func settleBlanks(_ bytes: UnsafeBufferPointer<UInt8>, first: Int) {
    if columns == 1 {
      // The fields of the record that follows are in the lists already, from `first`.
      let offsets = blanks.map { UInt32(truncatingIfNeeded: $0.offset) }
      starts.insert(contentsOf: offsets, at: first)
      ends.insert(contentsOf: offsets, at: first)
      lines += blanks.map { UInt32(truncatingIfNeeded: $0.line) }
    } else {
      for blank in blanks {
        findings.add(
          .blankLine, at: Self.place(name, bytes, offset: blank.offset, line: blank.line),
          lines.isEmpty ? "a blank line before the header. Remove it." : "a blank line between rows. Remove it.")
      }
    }
    blanks.removeAll(keepingCapacity: true)
  }

  private mutating func reportRagged(_ bytes: UnsafeBufferPointer<UInt8>, first: Int, found: Int, offset: Int, line: Int) {
    let sizes = "this row has \(counted(found, "field")), the header \(columns)"
    if found < columns {
      let missing = (found..<columns).map { column in
        let raw = UnsafeBufferPointer(rebasing: bytes[Int(starts[column])..<Int(ends[column])])
        return String(decoding: Self.unescaped(raw), as: UTF8.self)
      }
      findings.add(
        .raggedRow, at: Self.place(name, bytes, offset: offset, line: line),
        "\(sizes): no value for \(listed(missing)). Add what is missing, or remove the row.")
    } else {
      let extra = Int(starts[first + columns])
      let end = Int(ends[first + columns])
      let start = extra > offset && bytes[extra - 1] == Self.quote ? extra - 1 : extra
      let breaks = bytes[offset..<start].count { $0 == Self.lineFeed }
      let text = String(decoding: bytes[extra..<end], as: UTF8.self)
      findings.add(
        .raggedRow, at: Self.place(name, bytes, offset: start, line: line + breaks),
        "\(sizes): the first too many is \(quoted(text)). Put a value that holds the delimiter in quotes.")
    }
  }

  /// The length of the byte-order mark in front.
  private static func markLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
  }

  /// The place of a byte whose line is known; the byte-order mark takes up no column.
  static func place(_ name: String, _ bytes: UnsafeBufferPointer<UInt8>, offset: Int, line: Int) -> Place {
    var start = offset
    while start > 0, bytes[start - 1] != lineFeed { start -= 1 }
    if start == 0 { start = min(offset, markLength(bytes)) }
    return .file(path: name, line: line, column: offset - start + 1)
  }

  /// The bytes of a quoted field with its doubled quotes made single.
  static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var i = 0
    while i < raw.count {
      bytes.append(raw[i])
      i += raw[i] == quote && i + 1 < raw.count && raw[i + 1] == quote ? 2 : 1
    }
    return bytes
  }
}
