import TemperFiles
import TemperJSON

/// A CSV file with rows of a table.
struct CSVFile: TableSource {
  let file: FileBytes
  let numbers: NumberStyle
  let notes: [String]
  private let dialect: CSVDialect
  private let hasHeader: Bool
  /// The columns of subsequent parts of the file.
  private let layout: CSVColumns
  /// The end of the records, before trailing blank lines.
  private let end: Int
  private let recent = RecentRecords<CSVScan>()

  init(_ reading: CSVReading, _ layout: CSVColumns) {
    (file, numbers, dialect) = (reading.file, reading.options.numbers, reading.dialect)
    (hasHeader, end) = (reading.options.hasHeader, reading.end)
    self.layout = layout
    notes =
      layout.hasTrailing
      ? ["\(reading.file.name): every line ends with the delimiter; the empty last column is ignored"] : []
  }

  /// Reads `file`, or a part of one: the columns are those of `known` if an earlier part was read that way, and a part that is not the
  /// last is followed by further rows. Throws all errors, in line order; `E0201` to `E0210`.
  static func read(
    _ file: FileBytes, _ options: TableOptions, after known: (any TableSource)? = nil, isLast: Bool = true
  ) throws(Diagnostics) -> LoadedFile {
    try file.withBytes { (bytes) throws(Diagnostics) in
      let dialect = options.dialect(of: file.name)
      func mended() throws(Diagnostics) -> LoadedFile? {
        guard let mended = dialect.withoutLoneReturns(bytes, isAll: isLast) else { return nil }
        return try read(file.with(content: mended), options, after: known, isLast: isLast)
      }
      let layout = (known as? CSVFile)?.layout
      var reading = CSVReading(file, bytes, options, dialect, isLast: isLast)
      if layout == nil, !reading.readHeader(), let loaded = try mended() { return loaded }
      let cutter = reading.cut()
      if cutter.hasLoneReturn, let loaded = try mended() { return loaded }
      if let layout { return try reading.rows(cutter, layout) }
      return try reading.rows(cutter)
    }
  }

  func field(ofRecordAt offset: Int, column: Int) -> (text: [UInt8], offset: Int)? {
    file.withBytes { bytes in
      let scan = recent.scan(at: offset) {
        var scan = CSVScan(file, dialect)
        scan.run(bytes, offset..<record(after: offset), line: 1)
        return scan
      }
      guard column < scan.starts.count else { return nil }
      return (scan.withField(bytes, column) { Array($0) }, scan.offset(bytes, column))
    }
  }

  func record(after offset: Int) -> Int {
    file.withBytes { bytes in
      var records = CSVRecords(bytes, end: end, dialect)
      return records.end(ofRecordAt: offset)
    }
  }

  func place(offset: Int, line: Int) -> Place {
    file.withBytes { file.place($0, offset: offset, line: line) }
  }

  func headerPlace(column: Int) -> Place {
    guard hasHeader else { return .wholeFile(path: file.name) }
    return file.withBytes { bytes in
      let offset = field(ofRecordAt: bytes.markLength, column: column)?.offset ?? 0
      return file.place(bytes, offset: offset)
    }
  }
}
