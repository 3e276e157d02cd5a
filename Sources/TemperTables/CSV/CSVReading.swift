import TemperFiles
import TemperJSON

/// Reads a CSV file, or a part of one: first the header, then the rows.
struct CSVReading {
  let file: FileBytes
  let options: TableOptions
  let dialect: CSVDialect
  private let bytes: UnsafeBufferPointer<UInt8>
  private let isLast: Bool
  /// The offset and the line of the first row.
  private(set) var (start, line): (Int, Int)
  /// The end of the rows, before trailing blank lines.
  let end: Int
  private var records: CSVRecords
  /// Contains the header once it has been read.
  private var scan: CSVScan
  private var findings = Findings()

  init(_ file: FileBytes, _ bytes: UnsafeBufferPointer<UInt8>, _ options: TableOptions, _ dialect: CSVDialect, isLast: Bool) {
    (self.file, self.bytes, self.options, self.dialect, self.isLast) = (file, bytes, options, dialect, isLast)
    (start, line) = (0, 1 + file.linesBefore)
    end = isLast ? bytes.trimmedEnd(from: file.linesBefore == 0 ? bytes.markLength : 0) : bytes.count
    records = CSVRecords(bytes, end: end, dialect)
    scan = CSVScan(file, dialect)
    scan.hasHeader = options.hasHeader
  }

  /// Scans the header, or the first row if there is none. Returns false if line ends must be converted first.
  mutating func readHeader() -> Bool {
    start = bytes.markLength
    // Blank lines before the header are errors, and the header follows them.
    while start < end, scan.records.isEmpty, !scan.isLost {
      let next = records.end(ofRecordAt: start)
      scan.run(bytes, start..<next, line: line)
      if !scan.records.isEmpty, !options.hasHeader { break }
      line += bytes[start..<next].count { $0 == .lineFeed }
      start = next
    }
    return !scan.hasLoneReturn
  }

  /// Divides the rows into blocks.
  func cut() -> BlockCutter {
    var records = records
    return BlockCutter(file, from: start, to: end, line: line) { records.end(ofRecordAt: $0) }
  }

  /// Reads the rows, in blocks from `cutter`, after the header.
  func rows(_ cutter: BlockCutter) throws(Diagnostics) -> LoadedFile {
    var (readable, cutter) = (self, cutter)
    if let layout = trailingLayout {
      do {
        return try readable.rows(cutter, layout)
      } catch {
        // If not every line ends with the delimiter, the rows are read as they are and their errors reported.
        if !error.list.contains(where: { $0.code == .raggedRow }) { throw error }
        cutter = cut()
      }
    }
    let layout = readable.scan.columns(bytes, options.duplicates)
    readable.findings = readable.scan.findings
    readable.findings.checkEncoding(file, bytes, 0..<start, line: 1 + file.linesBefore)
    if scan.isLost { try readable.findings.check() }
    if layout.names.isEmpty, readable.findings.list.isEmpty {
      throw Diagnostics(.tableEmpty, at: .wholeFile(path: file.name), "the file is empty. A table needs a header and rows.")
    }
    return try readable.rows(cutter, layout)
  }

  /// The columns of a table in which every line seems to end with the delimiter: the last name in the header is empty, or the first row
  /// has one more field than the header, which is empty.
  private var trailingLayout: CSVColumns? {
    guard options.hasHeader, !scan.isLost, let last = scan.starts.indices.last, start < end else { return nil }
    func isEmpty(_ scan: CSVScan, _ field: Int) -> Bool { scan.withField(bytes, field, Table.isBlank) }
    var header = scan
    let isNamed = !isEmpty(scan, last)
    if isNamed {
      var first = CSVScan(file, dialect)
      var records = records
      first.run(bytes, start..<records.end(ofRecordAt: start), line: line)
      guard first.starts.count == last + 2, isEmpty(first, last + 1) else { return nil }
    } else if last == 0 {
      return nil
    }
    var layout = header.columns(bytes, options.duplicates, isTrailing: !isNamed)
    layout.hasTrailing = true
    return header.findings.list.isEmpty ? layout : nil
  }

  /// Reads the rows of known columns.
  func rows(_ cutter: BlockCutter, _ layout: CSVColumns) throws(Diagnostics) -> LoadedFile {
    var findings = findings
    if cutter.blocks.isEmpty {
      try findings.check()
      throw Diagnostics(
        .tableWithoutRows, at: .wholeFile(path: file.name), "there is a header (\(listed(layout.names))) but no rows. Add rows.")
    }
    var fresh = scan
    (fresh.header, fresh.hasTrailing, fresh.findings) = (layout.fields, layout.hasTrailing, Findings())
    let blockReader = BlockReader(fresh, options.numbers, columns: layout.names.count)
    let readings = try cutter.read(file, &findings, reader: { blockReader }) { reader, block in reader.read(bytes, block) }
    return LoadedFile(source: CSVFile(self, layout), columns: layout.names, blocks: cutter.tableBlocks(readings))
  }
}

/// Reads blocks of a CSV file on a thread of its own.
private struct BlockReader {
  private var scan: CSVScan
  private var packer: ColumnPacker
  private let columns: Int

  init(_ scan: CSVScan, _ style: NumberStyle, columns: Int) {
    (self.scan, self.columns) = (scan, columns)
    packer = ColumnPacker(rows: BlockCutter.records, style: style)
  }

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ block: RecordBlock) -> BlockReading {
    var reading = BlockReading()
    scan.findings = Findings()
    scan.findings.checkEncoding(scan.file, bytes, block.range, line: block.line)
    scan.run(bytes, block.range, line: block.line)
    if scan.hasTrailing { scan.checkTrailing(bytes, line: block.line) }
    reading.findings = scan.findings
    reading.isLost = scan.isLost
    guard scan.findings.list.isEmpty else { return reading }
    guard scan.records.count == block.count else {
      reading.lose(scan.file.changed)
      return reading
    }
    packer.removeAll()
    let (rows, width, quote) = (block.count, scan.header?.count ?? 0, scan.quote)
    for column in 0..<columns {
      packer.pack(local: column, rows: rows) { row, body in scan.withField(bytes, row * width + column, quote: quote, body) }
    }
    packer.move(to: &reading, of: scan.file)
    return reading
  }
}
