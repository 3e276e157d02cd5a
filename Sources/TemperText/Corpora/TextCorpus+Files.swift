import TemperCore
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A folder without text files.
  public static let folderWithoutText = Diagnostic.Code("E0305", "a folder has no text files")
}

/// How files are split into documents.
public struct TextOptions: Sendable {
  /// The separator between documents of a plain file, such as `<|endoftext|>` or two line breaks; nil where a file is one document.
  public var separator: String?
  /// The key of the text in JSON Lines.
  public var field: String

  /// The given options.
  public init(separator: String? = nil, field: String = "text") {
    (self.separator, self.field) = (separator, field)
  }
}

extension TextCorpus {
  /// The extensions of files that are read from a folder.
  public static let endings = [".txt", ".md", ".jsonl"]

  /// Reads files, and folders recursively for files with one of ``endings``, sorted by path. An additional `.gz` is decompressed.
  ///
  /// A `.jsonl` file has one document per line, the text under `options.field`; other keys are ignored. Any other file is one document, or
  /// several with a separator: line breaks at both ends of a document are then removed. A byte-order mark is dropped.
  ///
  /// - Throws: all errors in any file: `E0208` for text that is not UTF-8, `E0262` and `E0264` for bad JSON, `E0271` for a line without
  /// text, `E0305` for a folder without texts, `E0270` where all files are empty, and the errors of ``FileBytes``.
  public init(paths: [String], options: TextOptions = TextOptions()) throws(Diagnostics) {
    var findings = Findings()
    var files: [FileBytes] = []
    for path in paths {
      guard let expanded = findings.gather({ () throws(Diagnostics) in try Self.expanded(path) }) else { continue }
      for path in expanded {
        if let file = findings.gather({ () throws(Diagnostics) in try FileBytes(reading: path) }) { files.append(file) }
      }
    }
    try self.init(files, options, &findings)
  }

  /// Reads the documents of `files`; see ``init(paths:options:)``.
  public init(_ files: [FileBytes], options: TextOptions = TextOptions()) throws(Diagnostics) {
    var findings = Findings()
    try self.init(files, options, &findings)
  }

  private init(_ files: [FileBytes], _ options: TextOptions, _ findings: inout Findings) throws(Diagnostics) {
    var sources = files
    var documents: [Document] = []
    for (index, file) in files.enumerated() {
      if Self.hasEnding(file.name, [".jsonl"]) {
        let lines = TextLines(file, field: options.field)
        findings.gather(lines.findings)
        let arena = sources.count
        if !lines.arena.isEmpty { sources.append(FileBytes(name: file.name, bytes: lines.arena)) }
        for line in lines.documents where !line.range.isEmpty {
          documents.append(Document(source: line.isInArena ? arena : index, range: line.range, line: line.line))
        }
      } else {
        file.withBytes { bytes in
          let start = bytes.markLength
          var found = Findings()
          found.checkEncoding(file, bytes, start..<bytes.count, line: 1, hasOption: false)
          findings.gather(found)
          for range in Self.cut(bytes, from: start, at: options.separator) { documents.append(Document(source: index, range: range)) }
        }
      }
    }
    try findings.check()
    if documents.isEmpty {
      throw Diagnostics(
        .corpusEmpty, at: .wholeFile(path: files.first?.name ?? "the corpus"), "the file has no text. Use a file with text.")
    }
    self.init(files: files, sources: sources, documents: documents)
  }

  /// The ranges between separators, without line breaks at their ends; empty ones are left out.
  private static func cut(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, at separator: String?) -> [Range<Int>] {
    guard let separator, !separator.isEmpty else { return start < bytes.count ? [start..<bytes.count] : [] }
    func isBreak(_ byte: UInt8) -> Bool { byte == .lineFeed || byte == .carriageReturn }
    var ranges: [Range<Int>] = []
    func add(_ range: Range<Int>) {
      var (first, last) = (range.lowerBound, range.upperBound)
      while first < last, isBreak(bytes[first]) { first += 1 }
      while first < last, isBreak(bytes[last - 1]) { last -= 1 }
      if first < last { ranges.append(first..<last) }
    }
    let pattern = Array(separator.utf8)
    var first = start
    while let found = bytes.find(pattern, from: first) {
      add(first..<found)
      first = found + pattern.count
    }
    add(first..<bytes.count)
    return ranges
  }

  private static func hasEnding(_ path: String, _ endings: [String]) -> Bool {
    let name = path.lowercased()
    return endings.contains { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }
  }

  /// The files of a path: those of a folder, recursively, with a known extension, else the file itself.
  static func expanded(_ path: String) throws(Diagnostics) -> [String] {
    guard path != "-", Files.isFolder(path) else { return [path] }
    let root = path.hasSuffix("/") ? path : path + "/"
    let found = Files.names(below: path).filter { hasEnding($0, endings) }
    if found.isEmpty {
      throw Diagnostics(
        .folderWithoutText, at: .wholeFile(path: path),
        "no file in this folder, or its subfolders, ends in \(endings.joined(separator: ", ")), or one of these with .gz. Check the path."
      )
    }
    return found.map { root + $0 }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The next occurrence of `pattern`, from `start` on.
  fileprivate func find(_ pattern: [UInt8], from start: Int) -> Int? {
    guard let base = baseAddress else { return nil }
    var at = start
    while true {
      at = find(pattern[0], from: at, upTo: count)
      if at + pattern.count > count { return nil }
      if (1..<pattern.count).allSatisfy({ base[at + $0] == pattern[$0] }) { return at }
      at += 1
    }
  }
}

/// The texts of a JSON Lines file.
private struct TextLines {
  struct Document {
    /// In the file, or in ``TextLines/arena``.
    var range: Range<Int>
    let isInArena: Bool
    let line: Int
  }

  private(set) var findings = Findings()
  /// Texts with escapes, which differ from the bytes of the file.
  private(set) var arena: [UInt8] = []
  private(set) var documents: [Document] = []

  /// The values of `field` on each line of `file`, read in blocks on several threads.
  init(_ file: FileBytes, field: String) {
    let parts = file.withBytes { bytes in
      let start = bytes.markLength
      let end = bytes.trimmedEnd(from: start)
      let cutter = BlockCutter(file, from: start, to: end, line: 1) { bytes.end(ofLineAt: $0, upTo: end) }
      var parts = [TextLines?](repeating: nil, count: cutter.blocks.count)
      parts.withUnsafeMutableBufferPointer { parts in
        nonisolated(unsafe) let parts = parts
        Partition(parts.count, cost: 1_000_000, maxChunks: 32, minItems: 1).run { _, numbers in
          for number in numbers {
            let block = cutter.blocks[number]
            parts[number] = TextLines(file, bytes, block.range, line: block.line, field: field)
          }
        }
      }
      return parts
    }
    for part in parts {
      guard let part else { continue }
      findings.gather(part.findings)
      for var document in part.documents {
        if document.isInArena { document.range = document.range.lowerBound + arena.count..<document.range.upperBound + arena.count }
        documents.append(document)
      }
      arena += part.arena
    }
  }

  private init(_ file: FileBytes, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, line: Int, field: String) {
    var scan = JSONLScan(file, names: [field])
    scan.sought = field
    scan.findings.checkEncoding(file, bytes, range, line: line, hasOption: false)
    scan.run(bytes, range, line: line)
    findings = scan.findings
    guard findings.list.isEmpty else { return }
    for (row, span) in scan.spans[0].enumerated() {
      if span.offset == 0 || bytes[span.offset] != .doubleQuote {
        findings.add(
          .lineWithoutText, at: .file(path: file.name, line: line + row, column: 1),
          "no text under the key \(quoted(field)) on this line. Add it, or name the key that has the text.")
      } else if span.isInArena {
        let start = arena.count
        scan.arena.withUnsafeBufferPointer { arena += span.text(bytes, $0) }
        documents.append(Document(range: start..<arena.count, isInArena: true, line: line + row))
      } else {
        documents.append(Document(range: span.start..<span.start + span.count, isInArena: false, line: line + row))
      }
    }
  }
}
