import TemperCore
import TemperFiles
import TemperJSON

/// Which parts of a text are held out.
public enum TextSplitOrder: String, Sendable, CaseIterable {
  /// The end.
  case end
  /// Randomly chosen documents.
  case shuffleDocuments = "shuffle_documents"
  /// Randomly chosen blocks of some thousand bytes, split at line ends where possible.
  case shuffleBlocks = "shuffle_blocks"
}

extension TextCorpus {
  /// Splits the corpus randomly by whole documents, or by blocks of them: about a fraction `validation` of its bytes for validation, `test`
  /// for the test, the rest for training. Each part keeps the order of the text; adjacent blocks are joined into one document.
  ///
  /// - Throws: `E0272` where a requested part, or training, gets no text.
  public func drawn(
    _ order: TextSplitOrder, validation: Double, test: Double, random: inout RandomSequence
  ) throws(Diagnostics) -> TextSplit {
    guard order != .end else { return try split(validation: validation, test: test) }
    let pieces = order == .shuffleBlocks ? blocks : documents
    let total = Double(byteCount)
    var places = Array(pieces.indices)
    random.shuffle(&places)
    var rest = places[...]
    // The nearest number of pieces, at least one.
    func take(_ share: Double) -> [Int] {
      guard share > 0 else { return [] }
      var taken: [Int] = []
      var bytes = 0.0
      while let next = rest.first {
        let size = Double(pieces[next].range.count)
        if !taken.isEmpty, bytes + size / 2 > share * total { break }
        taken.append(next)
        bytes += size
        rest = rest.dropFirst()
      }
      return taken
    }
    let (held, tested) = (take(validation), take(test))
    func part(_ places: some Collection<Int>) -> TextCorpus {
      TextCorpus(files: files, sources: sources, documents: Self.joined(places.sorted().map { pieces[$0] }))
    }
    let parts = TextSplit(train: part(rest), validation: part(held), test: part(tested))
    for (name, part, share) in [
      ("training", parts.train, 1), ("validation", parts.validation, validation), ("the test", parts.test, test),
    ] where share > 0 && part.count == 0 {
      let what = order == .shuffleBlocks ? counted(pieces.count, "block") : counted(pieces.count, "document")
      throw Diagnostics(
        .corpusTooSmall, at: .wholeFile(path: files.first?.name ?? "the corpus"),
        "\(what) leave nothing for \(name). Add text, set data.separator to where documents end, or set data.split.order to "
          + "\(order == .shuffleBlocks ? "\"end\"" : "\"shuffle_blocks\"").")
    }
    return parts
  }

  /// The approximate block size in bytes: some hundred words, so that few words at its borders have context in another block.
  static let blockSize = 4096

  /// All documents split into blocks.
  private var blocks: [Document] {
    documents.indices.flatMap { index in
      withDocument(index) { bytes in
        var blocks: [Document] = []
        var start = 0
        while start < bytes.count {
          let end = Self.blockEnd(bytes, from: start)
          let document = documents[index]
          let range = document.range.lowerBound + start..<document.range.lowerBound + end
          blocks.append(Document(source: document.source, range: range, line: document.line))
          start = end
        }
        return blocks
      }
    }
  }

  /// The end of a block that begins at `start`: after the first line end beyond ``blockSize`` bytes, or at a character boundary where as
  /// many further bytes have none.
  private static func blockEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    // No short block remains at the end.
    guard bytes.count - start > 2 * blockSize else { return bytes.count }
    var end = start + blockSize
    if let line = bytes[end..<end + blockSize].firstIndex(of: UInt8(ascii: "\n")) { return line + 1 }
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }

  /// The same ranges, with adjacent ones joined.
  private static func joined(_ pieces: [Document]) -> [Document] {
    var documents: [Document] = []
    for piece in pieces {
      if let last = documents.last, last.source == piece.source, last.range.upperBound == piece.range.lowerBound, last.line == piece.line {
        documents[documents.count - 1] = Document(
          source: last.source, range: last.range.lowerBound..<piece.range.upperBound, line: last.line)
      } else {
        documents.append(piece)
      }
    }
    return documents
  }
}
