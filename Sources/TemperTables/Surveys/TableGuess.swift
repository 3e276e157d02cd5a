import TemperFiles
import TemperJSON

/// The format of a table file, inferred from its content.
public struct TableGuess: Sendable {
  /// How to read the file; settings implied by its name are left open.
  public var options = TableOptions()
  /// The reasons for settings that are not left open.
  public private(set) var notes: [String] = []

  mutating func add(_ note: String) { notes.append(note) }

  /// The number of bytes sampled to infer the delimiter.
  private static let sampleSize = 1 << 16
  /// Delimiters that are tried besides the one implied by the name.
  private static let delimiters = [",", ";", "\t", "|"].compactMap { Delimiter($0) }

  /// Examines the file at `path`, or the first one in a folder, which should have a column called `label`.
  ///
  /// Throws if it cannot be read, and `E0208` for UTF-16. Errors in its rows are reported by ``Table``.
  public init(path: String, label: String) throws(Diagnostics) {
    let file = try FileBytes(reading: try Table.expanded(path).first ?? path)
    let named = TableOptions.Format(forPath: file.name)
    if named == .jsonl { return }
    if named == nil, file.withBytes({ bytes in bytes.first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "{") }) {
      options.format = .jsonl
      notes.append("the file begins with {, so it is read as JSON lines")
      return
    }
    try checkEncoding(file)
    let text = options.encoding == .latin1 ? file.transcodedFromLatin1() : file
    findDelimiter(text)
    findHeader(text, label: label)
  }

  private mutating func checkEncoding(_ file: FileBytes) throws(Diagnostics) {
    var findings = Findings()
    file.withBytes { findings.checkEncoding(file, $0, 0..<$0.count, line: 1) }
    guard let finding = findings.list.first else { return }
    let isUTF16 = file.withBytes { $0.count > 1 && [[0xFF, 0xFE], [0xFE, 0xFF]].contains([$0[0], $0[1]]) }
    if isUTF16 { try findings.check() }
    options.encoding = .latin1
    notes.append("\(finding.place): not UTF-8, so the file is read as Latin-1")
  }

  private mutating func findDelimiter(_ file: FileBytes) {
    let usual = Delimiter(forPath: file.name)
    func columns(_ delimiter: Delimiter) -> Int? {
      var options = TableOptions(format: .csv, delimiter: delimiter)
      options.duplicates = .rename
      for quote in [TableOptions.Quote.double, .none] {
        options.quote = quote
        let sample = file.withBytes { bytes in
          var records = CSVRecords(bytes, end: bytes.count, options.dialect(of: file.name))
          var end = 0
          while end < bytes.count, end < Self.sampleSize { end = records.end(ofRecordAt: end) }
          return FileBytes(name: file.name, bytes: Array(bytes[..<end]))
        }
        if let table = try? Table(sample, options: options) { return table.header.count }
      }
      return nil
    }
    var best = (delimiter: usual, columns: columns(usual) ?? 0)
    for delimiter in Self.delimiters where delimiter != usual {
      if let found = columns(delimiter), found > max(1, best.columns) { best = (delimiter, found) }
    }
    guard best.delimiter != usual else { return }
    options.delimiter = best.delimiter
    let name = best.delimiter == .tab ? "a tab" : quoted(best.delimiter.text)
    notes.append("fields are separated by \(name): every line then has \(best.columns) fields")
  }

  /// If the label is called `c3` and the first line does not contain it, the file has no header.
  private mutating func findHeader(_ file: FileBytes, label: String) {
    guard label.hasPrefix("c"), let number = Int(label.dropFirst()), number > 0 else { return }
    var readable = options
    readable.format = .csv
    if let table = try? Table(file, options: readable), table.column(label) != nil { return }
    readable.hasHeader = false
    guard let table = try? Table(file, options: readable), number <= table.header.count else { return }
    options.hasHeader = false
    notes.append("the first line has no column \(quoted(label)), so it is read as a row, and columns are named c1, c2 and so on")
  }
}

extension Delimiter {
  /// The character.
  public var text: String { String(UnicodeScalar(byte)) }
}
