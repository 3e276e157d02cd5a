import TemperCore
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// Files that hold no text at all.
  public static let corpusEmpty = Diagnostic.Code("E0270", "a corpus has no text")
  /// A line of a JSONL corpus whose text is missing or none.
  public static let lineWithoutText = Diagnostic.Code("E0271", "a line of a corpus has no text")
  /// A split that leaves one of its parts without text.
  public static let corpusTooSmall = Diagnostic.Code("E0272", "a corpus is too small for its split")
}

/// Texts to learn a language from: documents in order, each a stretch of bytes of a file, which is not copied.
///
/// Every byte has been checked to be UTF-8. Documents that are empty are left out.
public struct TextCorpus: Sendable {
  /// A stretch of UTF-8.
  struct Document: Sendable {
    /// Which of ``TextCorpus/sources`` it lies in.
    let source: Int
    let range: Range<Int>
    /// The line of a JSONL file that it comes from.
    var line: Int?
  }

  /// The files as they were read, in order.
  public let files: [FileBytes]
  /// What documents lie in: the files, and the texts of JSON lines whose escapes were resolved.
  let sources: [FileBytes]
  let documents: [Document]

  init(files: [FileBytes], sources: [FileBytes], documents: [Document]) {
    (self.files, self.sources, self.documents) = (files, sources, documents)
  }

  /// How many documents there are.
  public var count: Int { documents.count }

  /// The same; nil where there are no documents.
  public var nonEmpty: TextCorpus? { documents.isEmpty ? nil : self }

  /// The same documents, which are named as part of another corpus's files.
  public var withoutFiles: TextCorpus { TextCorpus(files: [], sources: sources, documents: documents) }

  /// How many bytes they have.
  public var byteCount: Int { documents.reduce(0) { $0 + $1.range.count } }

  /// Runs `body` on the bytes of document `index`.
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

  /// Calls `body` with the bytes of one document after the other, such as a tokenizer is trained on.
  public func forEachDocument(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    for index in documents.indices { withDocument(index, body) }
  }

  /// Where byte `offset` of document `index` stands: file and line, and the column but for JSON lines.
  public func place(_ index: Int, offset: Int = 0) -> Place {
    let document = documents[index]
    let file = sources[document.source]
    if let line = document.line { return .file(path: file.name, line: line, column: 1) }
    return file.withBytes { file.place($0, offset: document.range.lowerBound + offset) }
  }
}

/// The parts of a corpus.
public struct TextSplit: Sendable {
  /// What is learned from.
  public let train: TextCorpus
  /// What decides when to stop; it may have no documents.
  public let validation: TextCorpus
  /// What the result is measured on; it may have no documents.
  public let test: TextCorpus
}

extension TextCorpus {
  /// Cuts the corpus by position: the last `validation` of its characters, a share from 0 to 1, is for validation, the `test` before that for
  /// the test, and the rest for training. Text is not shuffled: what is close together is alike.
  ///
  /// Of n characters, validation begins at ⌊n (1 - validation)⌋ and the test at ⌊n (1 - validation - test)⌋. A cut goes to the nearest border of
  /// two documents if that moves it by no more than a tenth of the smaller part beside it that is held out; else it divides a document, between
  /// two characters.
  ///
  /// - Throws: `E0272` where a part that is asked for, or training, gets no text.
  public func split(validation: Double, test: Double) throws(Diagnostics) -> TextSplit {
    require(validation >= 0 && test >= 0 && validation + test < 1, "TextCorpus: shares of \(validation) and \(test)")
    let cutter = CorpusCutter(self)
    let tolerance = [validation, test].filter { $0 > 0 }.min() ?? 0
    // Shares are decimal fractions: what is short of a whole number by their rounding is meant to be it.
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

/// Finds places in a corpus by counting characters (Unicode scalars).
private struct CorpusCutter {
  /// Before byte `offset` of a document.
  struct Cut {
    let document: Int
    let offset: Int
  }

  private let corpus: TextCorpus
  /// How many characters come before each document; then how many there are.
  private var before: [Int]

  init(_ corpus: TextCorpus) {
    self.corpus = corpus
    var counts = [Int](repeating: 0, count: corpus.count)
    counts.withUnsafeMutableBufferPointer { counts in
      nonisolated(unsafe) let counts = counts
      Partition(corpus.count, cost: max(1, corpus.byteCount / max(1, corpus.count)), most: 32, least: 1).run { _, documents in
        for index in documents { counts[index] = corpus.withDocument(index) { Self.characters($0, $0.count) } }
      }
    }
    before = [0]
    for count in counts { before.append(before[before.count - 1] + count) }
  }

  /// How many characters the corpus has.
  var count: Int { before[before.count - 1] }

  /// The place behind `position` characters, or a border of documents at most `tolerance` characters from it.
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

  /// How many of the first `end` bytes begin a character.
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
