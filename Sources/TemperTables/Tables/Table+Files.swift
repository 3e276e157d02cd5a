import Glibc
import TemperCore
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A folder without any file that has the extension of a table.
  public static let folderWithoutTables = Diagnostic.Code("E0304", "a folder has no tables")
  /// Files of one table with different columns.
  public static let columnsDiffer = Diagnostic.Code("E0260", "files of one table have different columns")
  /// Files of one table in different formats, or options that a format does not have.
  public static let formatsDiffer = Diagnostic.Code("E0261", "files of one table are in different formats")
}

extension Table {
  /// Reads the rows of `paths`, one file after the other; `-` is standard input, `.gz` is decompressed, and a folder stands for all
  /// files in it with the extension of a table, sorted by name.
  ///
  /// All files must have the same columns, found by name, in any order; the order of the first file is used. JSON lines have the keys
  /// of all their rows.
  ///
  /// CSV is read strictly by RFC 4180. Lines end in LF, CRLF or CR; the last line end is optional. A quoted field may contain
  /// delimiters, line breaks and doubled quotes. A leading byte-order mark and trailing blank lines are ignored; a blank line in a
  /// table of one column is an empty field. Blanks around fields are stripped, unless the options say otherwise, and if every line ends
  /// with the delimiter it does not add a column. Nothing else is repaired: rows that are too short or too long, stray and unclosed
  /// quotes, invalid names and invalid bytes are errors, and all of them are found in one pass, unless the text after one cannot be
  /// interpreted.
  ///
  /// A JSON line is an object of numbers, texts, `true`, `false` and `null`, which means missing, as do a missing key and `NaN`. The
  /// values of a nested object belong to columns such as `size.width`. Quotes do not affect the meaning of a value: `"12"` is a number,
  /// as in CSV.
  ///
  /// Files are divided into blocks that are read by several threads; the result does not depend on their number.
  ///
  /// - Throws: All errors in all files; `E0201` to `E0209`, `E0260` to `E0264`, and what ``FileBytes`` throws.
  public init(paths: [String], options: TableOptions = TableOptions()) throws(Diagnostics) {
    var files: [Origin] = []
    for path in paths { files += try Self.expanded(path).map { .path($0) } }
    try self.init(files, options)
  }

  /// Reads the rows of the file or folder `path`.
  public init(path: String, options: TableOptions = TableOptions()) throws(Diagnostics) {
    try self.init(paths: [path], options: options)
  }

  /// Reads the rows of `file`.
  public init(_ file: FileBytes, options: TableOptions = TableOptions()) throws(Diagnostics) {
    try self.init([.file(file)], options)
  }

  /// The source of one file's bytes.
  private enum Origin {
    case path(String)
    case file(FileBytes)

    func bytes() throws(Diagnostics) -> FileBytes {
      switch self {
      case .path(let path): try FileBytes(reading: path)
      case .file(let file): file
      }
    }
  }

  private init(_ origins: [Origin], _ options: TableOptions) throws(Diagnostics) {
    var findings = Findings()
    var loaded: [LoadedFile] = []
    for origin in origins {
      let file = findings.gather { () throws(Diagnostics) in try Self.load(origin.bytes(), options) }
      if let file { loaded.append(file) }
    }
    // Columns are compared even if another file has errors, to report all at once.
    if let first = loaded.first {
      for other in loaded.dropFirst() { findings.compare(first, other) }
    }
    do {
      try findings.check()
    } catch {
      for file in loaded { file.discard() }
      throw error
    }
    var header = ByteIndex()
    for file in loaded {
      for name in file.columns {
        var name = name
        _ = name.withUTF8 { header.insert($0) }
      }
    }
    self.init(loaded, header: header.strings)
  }

  private static func load(_ file: FileBytes, _ options: TableOptions) throws(Diagnostics) -> LoadedFile {
    do {
      let loaded = try read(file, options)
      try file.checkUncut()
      return loaded
    } catch {
      // Errors in a file that was truncated meanwhile are not reported.
      try file.checkUncut()
      throw error
    }
  }

  /// Reads `file`, or a part of one; see ``CSVFile`` and ``JSONLFile``.
  static func read(
    _ file: FileBytes, _ options: TableOptions, after known: LoadedFile? = nil, isLast: Bool = true
  ) throws(Diagnostics) -> LoadedFile {
    let file = options.encoding == .latin1 ? file.transcodedFromLatin1() : file
    switch options.format(of: file.name) {
    case .csv:
      return try CSVFile.read(file, options, after: known?.source, isLast: isLast)
    case .jsonl:
      let keys = options.csvKeys
      if !keys.isEmpty {
        throw Diagnostics(
          .formatsDiffer, at: .wholeFile(path: file.name),
          "this file is JSON lines. Remove \(keys.map { "data.\($0)" }.joined(separator: ", ")), which "
            + "\(keys.count == 1 ? "is" : "are") only for CSV.")
      }
      return try JSONLFile.read(file, columns: known?.columns ?? [], isLast: isLast)
    }
  }

  /// The files that a path stands for: those of a folder with known extensions, else the file itself.
  static func expanded(_ path: String) throws(Diagnostics) -> [String] {
    var status = stat()
    guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    guard let folder = opendir(path) else { throw FileBytes.failure(errno, path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix("."), TableOptions.Format(forPath: name) != nil { names.append(name) }
    }
    if names.isEmpty {
      throw Diagnostics(
        .folderWithoutTables, at: .wholeFile(path: path),
        "no file in this folder has the extension of a table: \(TableOptions.Format.known), or one of these with .gz. Check the path.")
    }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    return names.sorted(by: bytesBefore).map { prefix + $0 }
  }
}

extension Findings {
  /// Reports the first difference between the columns of two files of a table.
  mutating func compare(_ first: LoadedFile, _ other: LoadedFile) {
    let names = (first.source.file.name, other.source.file.name)
    guard first.source is JSONLFile == other.source is JSONLFile else {
      return add(
        .formatsDiffer, at: .wholeFile(path: names.1),
        "this file and \(names.0) are in different formats. Use files of one format, or a folder with no others.")
    }
    // Keys may be missing from rows, and so from files.
    if first.source is JSONLFile { return }
    let (mine, others) = (ByteIndex(first.columns), ByteIndex(other.columns))
    if let missing = first.columns.first(where: { others.find($0) == nil }) {
      let close = suggestion(for: missing, among: other.columns.filter { mine.find($0) == nil })
      add(
        .columnsDiffer, at: other.source.headerPlace(column: 0),
        "missing column \(quoted(missing)), which \(names.0) has\(close.map { "; found \(quoted($0))" } ?? ""). "
          + "All files of a table must have the same columns.")
    } else if let added = other.columns.indices.first(where: { mine.find(other.columns[$0]) == nil }) {
      add(
        .columnsDiffer, at: other.source.headerPlace(column: added),
        "extra column \(quoted(other.columns[added])), which is not in \(names.0). All files of a table must have the same columns.")
    }
  }
}
