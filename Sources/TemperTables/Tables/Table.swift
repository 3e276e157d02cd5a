import TemperCore
import TemperFiles
import TemperJSON

/// A header and rows of fields with known source positions.
///
/// In every file format, a field is a text (``text(row:column:)``), which may be a number (``number(row:column:)``) or blank. Columns
/// are packed in blocks of some thousand rows: numbers take 1 to 8 bytes, and texts that do not follow from them are read from the
/// file. Text files are read by RFC 4180, see ``init(paths:options:)``.
public struct Table: Sendable {
  /// The names of the columns, in the order of the first file; not empty and unique.
  public let header: [String]
  /// The number of rows, without the header.
  public let count: Int

  private let sources: [any TableSource]
  private let store: BlockStore
  private let columnIndex: ByteIndex
  /// The index of each column in the first file, for places in its header.
  private let headerColumns: [Int]

  /// Creates a table from the rows of `files`, one file after the other, with the columns `header`; each file's columns are found by name.
  init(_ files: [LoadedFile], header: [String]) {
    self.header = header
    sources = files.map(\.source)
    columnIndex = ByteIndex(header)
    var parts: [(block: TableBlock, columns: [PackedColumn])] = []
    for (number, file) in files.enumerated() {
      let index = ByteIndex(file.columns)
      let order = header.map { index.find($0) }
      var row = 0
      for (block, columns) in file.blocks {
        var block = block
        (block.source, block.firstInFile) = (number, row)
        row += block.rows
        // A column that a block of JSON lines lacks is blank in all its rows.
        let byLocal = Dictionary(uniqueKeysWithValues: columns.map { ($0.local, $0) })
        parts.append((block, order.map { local in local.flatMap { byLocal[Int32($0)] } ?? PackedColumn() }))
      }
    }
    let first = ByteIndex(files[0].columns)
    headerColumns = header.map { first.find($0) ?? 0 }
    store = BlockStore(parts, width: header.count)
    count = store.count
  }

  /// The files that it was read from, in row order, for hashing.
  public var files: [FileBytes] { sources.flatMap { [$0.file] + $0.otherFiles } }

  /// The number style of its files.
  var numberStyle: NumberStyle { sources[0].numbers }

  /// Whether its rows come from CSV files.
  var isCSV: Bool { sources[0] is CSVFile }

  /// Whether its rows come from numeric arrays, whose columns have no rules.
  package var isArray: Bool { !isCSV && !(sources[0] is JSONLFile) }

  /// Notes on how the files were read, a line each.
  var notes: [String] { sources.flatMap(\.notes) }

  /// The place for errors about the table as a whole.
  public var place: Place { .wholeFile(path: sources[0].file.name) }

  /// The index of the column called `name`, compared byte for byte.
  public func column(_ name: String) -> Int? {
    columnIndex.find(name)
  }

  /// The number in a field; nil if there is none, or if it overflows 32 bits.
  @inline(__always)
  public func number(row: Int, column: Int) -> Double? {
    let (packed, row) = store.packed(row, column)
    return packed.number(row)
  }

  /// Writes the numbers in the fields of `rows`; NaN if ``number(row:column:)`` is nil.
  func numbers(_ rows: UnsafeBufferPointer<Int>, column: Int, to numbers: UnsafeMutablePointer<Double>) {
    var start = 0
    while start < rows.count {
      let (packed, stretch) = store.stretch(rows[start], column)
      var end = start + 1
      while end < rows.count, stretch.contains(rows[end]) { end += 1 }
      packed.numbers(UnsafeBufferPointer(rebasing: rows[start..<end]), from: stretch.lowerBound, to: numbers + start)
      start = end
    }
  }

  /// Whether a field is empty except for spaces and tabs.
  public func isBlank(row: Int, column: Int) -> Bool {
    let (packed, row) = store.packed(row, column)
    return packed.isBlank(row)
  }

  /// Whether `field` is empty except for spaces and tabs.
  static func isBlank(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    field.allSatisfy(ValueKey.isBlank)
  }

  /// The text of a field, without quotes.
  public func text(row: Int, column: Int) -> String {
    withField(row: row, column: column) { String(decoding: $0, as: UTF8.self) }
  }

  /// The text of a field, without blanks around it.
  func value(row: Int, column: Int) -> String {
    withField(row: row, column: column) { field in
      String(decoding: ValueKey.trimmed(field), as: UTF8.self)
    }
  }

  /// The source position of a field; of a quoted one, its opening quote. For an array, row and column, counted from 1, are used as line
  /// and column.
  public func place(row: Int, column: Int) -> Place {
    let (block, inBlock) = store.block(row)
    let source = sources[block.source]
    let (packed, _) = store.packed(row, column)
    guard block.anchors != nil else { return source.place(offset: Int(packed.local), line: block.firstInFile + inBlock + 1) }
    let record = recordStart(block, inBlock)
    let offset = packed.local < 0 ? nil : source.field(ofRecordAt: record, column: Int(packed.local))?.offset
    let end = offset ?? record
    let breaks = source.file.withBytes { bytes in bytes[block.start..<end].count { $0 == .lineFeed } }
    return source.place(offset: end, line: block.line + breaks)
  }

  /// The number of rows before the first of `mistakes` that is about a row of this table.
  public func rows(before mistakes: Diagnostics) -> Int {
    let lines = mistakes.list.compactMap { mistake in
      if case .file(let path, let line, _) = mistake.place, path == sources[0].file.name { line } else { nil }
    }
    guard let line = lines.min() else { return 0 }
    var (low, high) = (0, count)
    // The first row that begins after the line; the row before it has the error.
    while low < high {
      let middle = (low + high) / 2
      if self.line(ofRow: middle) <= line { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  /// The line on which a row begins; for an array the row, counted from 1.
  private func line(ofRow row: Int) -> Int {
    let (block, inBlock) = store.block(row)
    guard block.anchors != nil else { return block.firstInFile + inBlock + 1 }
    let record = recordStart(block, inBlock)
    return block.line + sources[block.source].file.withBytes { bytes in bytes[block.start..<record].count { $0 == .lineFeed } }
  }

  /// The source position of a column's name.
  public func headerPlace(column: Int) -> Place {
    sources[0].headerPlace(column: headerColumns[column])
  }

  /// Divides the rows into at most 32 chunks, each made of whole blocks if blocks can be released.
  func pieces(cost: Int) -> [Range<Int>] {
    let partition = Partition(count, cost: cost, grain: 4_000_000, maxChunks: 32, minItems: 512)
    let starts = (0..<partition.chunks).map { store.releasableStart(partition.range($0).lowerBound) } + [count]
    return zip(starts, starts.dropFirst()).map { $0..<$1 }
  }

  /// Lets the system reclaim the memory of the files, which are read again on access. Throws `E0227` if one has been truncated since it
  /// was opened.
  public func releaseFiles() throws(Diagnostics) {
    for file in files {
      file.release(0..<file.contentCount)
      try file.checkUncut()
    }
  }

  /// The size of the packed columns in bytes.
  var packedBytes: Int { store.bytes }

  /// Frees the memory of a chunk's packed columns, which may not be accessed afterwards.
  func release(_ piece: Range<Int>) { store.release(piece) }

  /// Calls `body` with the bytes of a field, without quotes.
  @inline(__always)
  func withField<Result>(row: Int, column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let (packed, inBlock) = store.packed(row, column)
    if let result = packed.withText(inBlock, body) { return result }
    return storedField(row, Int(packed.local)).withUnsafeBufferPointer(body)
  }

  /// The text of a field, read from its file.
  private func storedField(_ row: Int, _ local: Int) -> [UInt8] {
    let (block, inBlock) = store.block(row)
    return sources[block.source].field(ofRecordAt: recordStart(block, inBlock), column: local)?.text ?? []
  }

  /// The start of a record in its file.
  private func recordStart(_ block: TableBlock, _ row: Int) -> Int {
    guard let anchors = block.anchors else { return 0 }
    var start = block.start + Int(anchors[row / BlockCutter.anchorStep])
    for _ in 0..<(row % BlockCutter.anchorStep) { start = sources[block.source].record(after: start) }
    return start
  }
}
