import TemperFiles
import TemperJSON

/// A JSON lines file with rows of a table.
struct JSONLFile: TableSource {
  let file: FileBytes
  private let names: [String]
  private let end: Int
  private let recent = RecentRecords<JSONLScan>()

  private init(file: FileBytes, names: [String], end: Int) {
    (self.file, self.names, self.end) = (file, names, end)
  }

  /// Reads `file`, or a part of one: an object per line, whose keys are the columns, after those `known` from earlier parts, in order
  /// of first appearance; a part that is not the last is followed by further rows. Throws all errors.
  static func read(_ file: FileBytes, columns known: [String] = [], isLast: Bool = true) throws(Diagnostics) -> LoadedFile {
    try file.withBytes { (bytes) throws(Diagnostics) in
      let start = file.linesBefore == 0 ? bytes.markLength : 0
      let end = isLast ? bytes.trimmedEnd(from: start) : bytes.count
      let cutter = BlockCutter(file, from: start, to: end, line: 1 + file.linesBefore) { bytes.end(ofLineAt: $0, upTo: end) }
      if cutter.blocks.isEmpty {
        throw Diagnostics(.tableEmpty, at: .wholeFile(path: file.name), "the file is empty. Write one JSON object per line.")
      }
      var findings = Findings()
      var readings = try cutter.read(file, &findings, reader: { ColumnPacker(rows: BlockCutter.records) }) { packer, block in
        read(file, bytes, block, &packer)
      }
      var names = ByteIndex(known)
      for number in readings.indices {
        let numbers = readings[number].names.map { name in
          var name = name
          return name.withUTF8 { names.insert($0) }
        }
        for column in readings[number].columns.indices { readings[number].columns[column].local = Int32(numbers[column]) }
      }
      let source = JSONLFile(file: file, names: names.strings, end: end)
      let loaded = LoadedFile(source: source, columns: names.strings, blocks: cutter.tableBlocks(readings))
      if loaded.columns.isEmpty {
        loaded.discard()
        throw Diagnostics(.tableEmpty, at: .wholeFile(path: file.name), "no line has a key. Write one JSON object per line.")
      }
      return loaded
    }
  }

  private static func read(
    _ file: FileBytes, _ bytes: UnsafeBufferPointer<UInt8>, _ block: RecordBlock, _ packer: inout ColumnPacker
  ) -> BlockReading {
    var reading = BlockReading()
    var scan = JSONLScan(file)
    scan.findings.checkEncoding(file, bytes, block.range, line: block.line)
    scan.run(bytes, block.range, line: block.line)
    reading.findings = scan.findings
    guard scan.findings.list.isEmpty else { return reading }
    guard scan.rows == block.count else {
      reading.lose(file.changed)
      return reading
    }
    packer.removeAll()
    scan.arena.withUnsafeBufferPointer { arena in
      for (column, spans) in scan.spans.enumerated() {
        spans.withUnsafeBufferPointer { spans in
          packer.pack(local: column, rows: block.count) { row, body in body(spans[row].text(bytes, arena)) }
        }
      }
    }
    reading.names = scan.names.strings
    packer.move(to: &reading, of: file)
    return reading
  }

  func field(ofRecordAt offset: Int, column: Int) -> (text: [UInt8], offset: Int)? {
    file.withBytes { bytes in
      let scan = recent.scan(at: offset) {
        var scan = JSONLScan(file, names: names)
        scan.run(bytes, offset..<record(after: offset), line: 1)
        return scan
      }
      guard let span = scan.spans[column].first, span.offset > 0 else { return nil }
      return (scan.arena.withUnsafeBufferPointer { Array(span.text(bytes, $0)) }, span.offset)
    }
  }

  func record(after offset: Int) -> Int {
    file.withBytes { $0.end(ofLineAt: offset, upTo: end) }
  }

  func place(offset: Int, line: Int) -> Place {
    file.withBytes { file.place($0, offset: offset, line: line) }
  }

  func headerPlace(column: Int) -> Place { .wholeFile(path: file.name) }
}
