import TemperCore
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// Files without any text.
  public static let corpusEmpty = Diagnostic.Code("E0270", "a corpus has no text")
  /// A line of a JSONL corpus without text.
  public static let lineWithoutText = Diagnostic.Code("E0271", "a line of a corpus has no text")
  /// A split with an empty part.
  public static let corpusTooSmall = Diagnostic.Code("E0272", "a corpus is too small for its split")
}

/// Texts for language modelling: documents in order, each a range of bytes of a file, which is not copied.
///
/// All bytes are checked to be UTF-8. Empty documents are left out.
public struct TextCorpus: Sendable {
  /// A range of UTF-8.
  struct Document: Sendable {
    /// Its index in ``TextCorpus/sources``.
    let source: Int
    let range: Range<Int>
    /// Its line in a JSONL file.
    var line: Int?
  }

  /// The files as they were read, in order.
  public let files: [FileBytes]
  /// The memory of the documents: the files, and the texts of JSON lines whose escapes were resolved.
  let sources: [FileBytes]
  let documents: [Document]

  init(files: [FileBytes], sources: [FileBytes], documents: [Document]) {
    (self.files, self.sources, self.documents) = (files, sources, documents)
  }

  /// The number of documents.
  public var count: Int { documents.count }

  /// The corpus; nil where there are no documents.
  public var nonEmpty: TextCorpus? { documents.isEmpty ? nil : self }

  /// The same documents, for use as part of a corpus that lists the files.
  public var withoutFiles: TextCorpus { TextCorpus(files: [], sources: sources, documents: documents) }

  /// The total size in bytes.
  public var byteCount: Int { documents.reduce(0) { $0 + $1.range.count } }

  /// Calls `body` with the bytes of document `index`.
  @inline(__always)
  public func withDocument<Result, Problem: Error>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Problem) -> Result
  ) throws(Problem) -> Result {
    let document = documents[index]
    return try sources[document.source].withBytes { (bytes) throws(Problem) in
      try body(UnsafeBufferPointer(rebasing: bytes[document.range]))
    }
  }

  /// The text of document `index`.
  public func text(_ index: Int) -> String { withDocument(index) { String(decoding: $0, as: UTF8.self) } }

  /// Calls `body` with the bytes of each document in order, for example to train a tokenizer.
  public func forEachDocument(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    for index in documents.indices { withDocument(index, body) }
  }

  /// The place of byte `offset` of document `index`: file and line, and the column except for JSON Lines.
  public func place(_ index: Int, offset: Int = 0) -> Place {
    let document = documents[index]
    let file = sources[document.source]
    if let line = document.line { return .file(path: file.name, line: line, column: 1) }
    return file.withBytes { file.place($0, offset: document.range.lowerBound + offset) }
  }
}

/// The splits of a corpus.
public struct TextSplit: Sendable {
  /// For training.
  public let train: TextCorpus
  /// For early stopping; may have no documents.
  public let validation: TextCorpus
  /// For the final evaluation; may have no documents.
  public let test: TextCorpus
}

extension TextCorpus {
  /// Splits the corpus by position: the last `validation` of its characters, a fraction from 0 to 1, for validation, the `test` before that
  /// for the test, and the rest for training. Text is not shuffled, because neighbouring text is similar.
  ///
  /// Of n characters, validation begins at ⌊n (1 - validation)⌋ and the test at ⌊n (1 - validation - test)⌋. A boundary moves to the
  /// nearest document boundary if that is no further than a tenth of the smaller adjacent held-out part; otherwise it splits a document
  /// between two characters.
  ///
  /// - Throws: `E0272` where a requested part, or training, gets no text.
  public func split(validation: Double, test: Double) throws(Diagnostics) -> TextSplit {
    require(validation >= 0 && test >= 0 && validation + test < 1, "TextCorpus: shares of \(validation) and \(test)")
    let cutter = CorpusCutter(self)
    let tolerance = [validation, test].filter { $0 > 0 }.min() ?? 0
    // Fractions are decimal: products that miss an integer by their rounding are taken as that integer.
    func place(_ share: Double) -> CorpusCutter.Cut {
      cutter.cut(at: Int((Double(cutter.count) * share + 1e-6).rounded(.down)), tolerance: Int(Double(cutter.count) * tolerance / 10))
    }
    let end = CorpusCutter.Cut(document: count, offset: 0)
    let testEnd = validation > 0 ? place(1 - validation) : end
    let trainEnd = test > 0 ? place(1 - validation - test) : testEnd
    let parts = TextSplit(
      train: part(from: CorpusCutter.Cut(document: 0, offset: 0), to: trainEnd), validation: part(from: testEnd, to: end),
      test: part(from: trainEnd, to: testEnd))
    for (name, part, share) in [
      ("training", parts.train, 1), ("validation", parts.validation, validation), ("the test", parts.test, test),
    ] where share > 0 && part.count == 0 {
      throw Diagnostics(
        .corpusTooSmall, at: .wholeFile(path: files.first?.name ?? "the corpus"),
        "\(counted(cutter.count, "character")) in \(counted(count, "document")) leave nothing for \(name). Give more text, or other shares."
      )
    }
    return parts
  }

  private func part(from start: CorpusCutter.Cut, to end: CorpusCutter.Cut) -> TextCorpus {
    var parts: [Document] = []
    for index in start.document..<max(start.document, min(end.document + 1, count)) {
      let document = documents[index]
      let first = index == start.document ? start.offset : 0
      let last = index == end.document ? end.offset : document.range.count
      if first >= last { continue }
      let range = document.range.lowerBound + first..<document.range.lowerBound + last
      parts.append(Document(source: document.source, range: range, line: document.line))
    }
    return TextCorpus(files: files, sources: sources, documents: parts)
  }
}

/// Finds positions in a corpus by counting characters (Unicode scalars).
private struct CorpusCutter {
  /// A position before byte `offset` of a document.
  struct Cut {
    let document: Int
    let offset: Int
  }

  private let corpus: TextCorpus
  /// The number of characters before each document; then the total.
  private var before: [Int]

  init(_ corpus: TextCorpus) {
    self.corpus = corpus
    var counts = [Int](repeating: 0, count: corpus.count)
    counts.withUnsafeMutableBufferPointer { counts in
      nonisolated(unsafe) let counts = counts
      Partition(corpus.count, cost: max(1, corpus.byteCount / max(1, corpus.count)), maxChunks: 32, minItems: 1).run { _, documents in
        for index in documents { counts[index] = corpus.withDocument(index) { Self.characters($0, $0.count) } }
      }
    }
    before = [0]
    for count in counts { before.append(before[before.count - 1] + count) }
  }

  /// The number of characters in the corpus.
  var count: Int { before[before.count - 1] }

  /// The position after `position` characters, or a document boundary at most `tolerance` characters away.
  func cut(at position: Int, tolerance: Int) -> Cut {
    // The last document that begins at or before the position.
    var (low, high) = (0, before.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if before[middle] <= position { low = middle } else { high = middle }
    }
    guard low < corpus.count else { return Cut(document: corpus.count, offset: 0) }
    let (back, ahead) = (position - before[low], before[low + 1] - position)
    if min(back, ahead) <= tolerance { return Cut(document: back <= ahead ? low : low + 1, offset: 0) }
    return Cut(document: low, offset: corpus.withDocument(low) { Self.offset(of: back, in: $0) })
  }

  /// The number of characters that begin in the first `end` bytes.
  private static func characters(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var count = 0
    for i in 0..<end { count &+= base[i] & 0xC0 != 0x80 ? 1 : 0 }
    return count
  }

  private static func offset(of character: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var left = character
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      if left == 0 { return offset }
      left -= 1
    }
    return bytes.count
  }
}
