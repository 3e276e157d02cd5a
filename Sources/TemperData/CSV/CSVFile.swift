import TemperJSON

/// A CSV file that rows of a table stand in.
struct CSVFile: TableSource {
  let file: FileBytes
  private let delimiter: Delimiter
  private let hasHeader: Bool
  /// Where the records end: before blank lines at the end.
  private let end: Int
  private let recent = RecentRecords<CSVScan>()

  private init(_ file: FileBytes, _ delimiter: Delimiter, hasHeader: Bool, end: Int) {
    (self.file, self.delimiter, self.hasHeader, self.end) = (file, delimiter, hasHeader, end)
  }

  /// Reads `file`, or a part of one: `columns` are the names of its columns where these stand in a part before, and after a part that is not the
  /// last there are further rows. Throws all that is wrong with it, in the order of the lines; `E0201` to `E0210`.
  static func read(
    _ file: FileBytes, _ options: TableOptions, delimiter: Delimiter, columns known: [String]? = nil, isLast: Bool = true
  ) throws(Diagnostics) -> LoadedFile {
    try file.withBytes { (bytes) throws(Diagnostics) in
      var start = known == nil ? CSVScan.markLength(bytes) : 0
      let end = isLast ? bytes.trimmedEnd(from: start) : bytes.count
      var scan = CSVScan(file, delimiter: delimiter)
      scan.hasHeader = options.hasHeader
      var records = CSVRecords(bytes, end: end, delimiter: delimiter.byte)
      var line = 1 + file.linesBefore
      // Blank lines before the header are mistakes, and the header follows them.
      while known == nil, start < end, scan.records.isEmpty, !scan.isLost {
        let next = records.end(ofRecordAt: start)
        scan.run(bytes, start..<next, line: line)
        if !scan.records.isEmpty, !options.hasHeader { break }
        line += bytes[start..<next].count { $0 == CSVScan.lineFeed }
        start = next
      }
      let columns = known ?? scan.columnNames(bytes)
      var findings = scan.findings
      findings.checkEncoding(file, bytes, 0..<start, line: 1 + file.linesBefore)
      if scan.isLost { try findings.check() }
      if columns.isEmpty, findings.list.isEmpty {
        throw Diagnostics(.tableEmpty, at: .wholeFile(path: file.name), "the file is empty. A table needs a header and rows.")
      }

      let cutter = BlockCutter(file, from: start, to: end, line: line) { records.end(ofRecordAt: $0) }
      if cutter.blocks.isEmpty {
        try findings.check()
        throw Diagnostics(
          .tableWithoutRows, at: .wholeFile(path: file.name), "there is a header (\(listed(columns))) and no row. Add rows.")
      }
      scan.header = columns
      scan.findings = Findings()
      let fresh = scan
      let readings = try cutter.read(file, &findings, reader: { BlockReader(scan: fresh) }) { reader, block, range in
        reader.read(bytes, block, range)
      }
      return LoadedFile(
        source: CSVFile(file, delimiter, hasHeader: options.hasHeader, end: end), columns: columns,
        blocks: zip(cutter.blocks, readings).map { part, reading in
          var block = part.block
          block.memory = reading.memory
          return (block, reading.columns)
        })
    }
  }

  func field(ofRecordAt offset: Int, column: Int) -> (text: [UInt8], offset: Int)? {
    file.withBytes { bytes in
      let scan = recent.scan(at: offset) {
        var scan = CSVScan(file, delimiter: delimiter)
        scan.run(bytes, offset..<record(after: offset), line: 1)
        return scan
      }
      guard column < scan.starts.count else { return nil }
      return (scan.withField(bytes, column) { Array($0) }, scan.offset(bytes, column))
    }
  }

  func record(after offset: Int) -> Int {
    file.withBytes { bytes in
      var records = CSVRecords(bytes, end: end, delimiter: delimiter.byte)
      return records.end(ofRecordAt: offset)
    }
  }

  func place(offset: Int, line: Int) -> Place {
    file.withBytes { CSVScan.place(file, $0, offset: offset, line: line) }
  }

  func headerPlace(column: Int) -> Place {
    guard hasHeader else { return .wholeFile(path: file.name) }
    return file.withBytes { bytes in
      let offset = field(ofRecordAt: CSVScan.markLength(bytes), column: column)?.offset ?? 0
      return CSVScan.place(file, bytes, offset: offset)
    }
  }
}

/// Reads blocks of a CSV file, on a thread of its own.
private struct BlockReader {
  private var scan: CSVScan
  private var packer = ColumnPacker(rows: BlockCutter.rows)

  init(scan: CSVScan) {
    self.scan = scan
  }

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ block: TableBlock, _ range: Range<Int>) -> BlockCutter.Reading {
    var reading = BlockCutter.Reading()
    scan.findings = Findings()
    scan.findings.checkEncoding(scan.file, bytes, range, line: block.line)
    scan.run(bytes, range, line: block.line)
    reading.findings = scan.findings
    reading.isLost = scan.isLost
    guard scan.findings.list.isEmpty else { return reading }
    guard scan.records.count == block.rows else {
      reading.lose(scan.file.changed)
      return reading
    }
    packer.removeAll()
    let (rows, columns) = (block.rows, scan.header?.count ?? 0)
    for column in 0..<columns {
      packer.pack(local: column, rows: rows) { row, body in scan.withField(bytes, row * columns + column, body) }
    }
    packer.move(to: &reading, of: scan.file)
    return reading
  }
}
