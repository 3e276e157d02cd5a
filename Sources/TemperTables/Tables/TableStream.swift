import Glibc
import TemperFiles
import TemperJSON

/// Reads the rows of a table in parts, so that memory does not grow with the file: those of text files, one after the other.
///
/// It returns what ``Table/init(paths:options:)`` reads, some thousand rows at a time. An error is thrown after the rows before it have
/// been returned. JSON lines have the requested columns and those of the first rows, or all, for which files are read twice.
public struct TableStream: ~Copyable {
  private let options: TableOptions
  private let needed: [String]
  private let step: Int
  private var paths: ArraySlice<String>
  private var reader: RecordReader?
  /// The current file without rows, once its columns are known.
  private var current: LoadedFile?
  /// The first file.
  private var first: LoadedFile?
  private var mistake: Diagnostics?
  /// All keys of the JSON lines, if they are needed; with them every file begins.
  private let allKeys: LoadedFile?
  /// Whether all rows are returned at once.
  private let isWhole: Bool

  /// The number of rows, or of bytes, that suffice for a part.
  private static let (enoughRows, enoughBytes) = (BlockCutter.records, 1 << 20)

  /// Opens a file or a folder.
  ///
  /// - Parameters:
  ///   - path: The file or the folder; `-` is standard input.
  ///   - options: How files are read, unless implied by their names.
  ///   - needed: Required columns: for JSON lines, whose keys may appear late, the first part extends until they have been found.
  ///   - needsAll: Whether all keys of JSON lines are columns; standard input, which cannot be read twice, is then one part.
  ///   - step: All parts except the last of a file have a multiple of this number of rows.
  /// - Throws: If a folder has no table.
  public init(path: String, options: TableOptions, needed: [String], needsAll: Bool = false, step: Int) throws(Diagnostics) {
    let files = try Table.expanded(path)
    let isWhole = needsAll && path == "-" && options.format(of: path) == .jsonl
    let keys = needsAll && !isWhole ? try Self.keys(files, options) : nil
    (self.options, self.needed, self.step, self.isWhole) = (options, needed, max(1, step), isWhole)
    (paths, allKeys, first) = (files[...], keys, keys)
  }

  /// All keys of `paths`, if these are JSON lines, as far as they can be read: reading the rows reports what is wrong.
  private static func keys(_ paths: [String], _ options: TableOptions) throws(Diagnostics) -> LoadedFile? {
    var keys: LoadedFile?
    for path in paths where options.format(of: path) == .jsonl {
      let reader = try RecordReader(path, options)
      while let part = try reader.part({ $1 >= enoughBytes }) {
        guard let loaded = try? Table.read(part.file, options, after: keys, isLast: part.isLast) else { return keys }
        loaded.discard()
        keys = LoadedFile(source: loaded.source, columns: loaded.columns, blocks: [])
        reader.take(part.ends.last ?? 0)
      }
    }
    return keys
  }

  /// The next rows; nil after the last one. Throws all errors in them.
  public mutating func next() throws(Diagnostics) -> Table? {
    if let mistake { throw mistake }
    while true {
      if reader == nil {
        guard let path = paths.popFirst() else { return nil }
        reader = try RecordReader(path, options)
        current = allKeys
      }
      if let table = try nextOfFile() { return table }
      reader = nil
    }
  }

  private mutating func nextOfFile() throws(Diagnostics) -> Table? {
    var least = 1
    while true {
      let (step, headers, isWhole) = (step, headers, isWhole)
      let part = try reader!.part { records, bytes in
        let rows = records - headers
        return !isWhole && rows >= least && rows % step == 0 && (rows >= Self.enoughRows || bytes >= Self.enoughBytes)
      }
      guard let part else {
        if current != nil { return nil }
        // The file has no rows: reading it reports that.
        return table(try Table.read(FileBytes(name: reader!.name, bytes: []), options))
      }
      let loaded: LoadedFile
      do {
        loaded = try Table.read(part.file, options, after: current, isLast: part.isLast)
      } catch {
        return try rows(of: part, before: error)
      }
      let isLate = part.isLast || current != nil || !(loaded.source is JSONLFile)
      if !isLate, !ByteIndex(loaded.columns).contains(needed) {
        loaded.discard()
        least = 4 * part.ends.count
        continue
      }
      reader!.take(part.ends.last ?? 0)
      return try checked(loaded)
    }
  }

  /// The number of records that are not rows: the header, before it has been read.
  private var headers: Int { current == nil && options.hasHeader && options.format(of: reader?.name ?? "") == .csv ? 1 : 0 }

  /// The rows of a part before the first error, which is thrown next, or at once if there are no rows.
  private mutating func rows(of part: RecordReader.Part, before mistake: Diagnostics) throws(Diagnostics) -> Table {
    let lines = mistake.list.compactMap { if case .file(_, let line, _) = $0.place { line } else { nil } }
    guard let line = lines.min() else { throw mistake }
    // The records that end before the line.
    let whole = part.file.withBytes { bytes in
      var (passed, offset, count) = (part.file.linesBefore, 0, 0)
      for end in part.ends {
        passed += bytes[offset..<end].count { $0 == .lineFeed }
        if passed >= line { break }
        (offset, count) = (end, count + 1)
      }
      return (bytes: Array(bytes[..<offset]), count: count)
    }
    guard whole.count > headers else { throw mistake }
    let file = FileBytes(name: part.file.name, part: whole.bytes, linesBefore: part.file.linesBefore)
    guard let loaded = try? Table.read(file, options, after: current, isLast: false) else { throw mistake }
    self.mistake = mistake
    return try checked(loaded)
  }

  /// The rows of a part, whose columns must match those of earlier parts.
  private mutating func checked(_ loaded: LoadedFile) throws(Diagnostics) -> Table {
    if current == nil {
      current = LoadedFile(source: loaded.source, columns: loaded.columns, blocks: [])
      if let first {
        var findings = Findings()
        findings.compare(first, loaded)
        do {
          try findings.check()
        } catch {
          loaded.discard()
          throw error
        }
      } else {
        first = current
      }
    }
    return table(loaded)
  }

  private func table(_ loaded: LoadedFile) -> Table { Table([loaded], header: first?.columns ?? loaded.columns) }
}

extension ByteIndex {
  fileprivate func contains(_ names: [String]) -> Bool { names.allSatisfy { find($0) != nil } }
}
