import TemperCore
import TemperFiles
import TemperJSON

/// How the documents of a corpus are tokenized.
public struct TextEncoding: Sendable {
  /// The number of ids.
  public let vocabularySize: Int
  /// The token between documents; nil for none.
  public let endOfDocument: Int32?
  /// Identifies what the tokens depend on, such as a hash of the tokenizer's file: part of the cache key.
  public let key: String
  /// The tokens of a text. Called on several threads at once.
  let encode: @Sendable (UnsafeBufferPointer<UInt8>) -> [Int32]

  /// Encoding with `encode`.
  public init(
    key: String, vocabularySize: Int, endOfDocument: Int32?, encode: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> [Int32]
  ) {
    (self.key, self.vocabularySize, self.endOfDocument, self.encode) = (key, vocabularySize, endOfDocument, encode)
  }
}

extension TokenStore {
  /// The tokens of `corpus`, each document separately, so that the result does not depend on the number of threads.
  public init(_ corpus: TextCorpus, _ encoding: TextEncoding) {
    let blocks = Self.blocks(corpus)
    var parts = [(tokens: TokenWriter, starts: [Int])?](repeating: nil, count: blocks.count)
    let tokenWidth = Self.width(vocabularySize: encoding.vocabularySize)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      Partition(parts.count, cost: 1_000_000, maxChunks: 32, minItems: 1).run { _, numbers in
        for number in numbers {
          var writer = TokenWriter(vocabularySize: encoding.vocabularySize)
          var starts: [Int] = []
          for index in blocks[number] {
            starts.append(writer.byteCount / tokenWidth)
            writer.append(corpus.withDocument(index, encoding.encode))
            if let end = encoding.endOfDocument, index + 1 < corpus.count { writer.append([end]) }
          }
          corpus.release(blocks[number])
          parts[number] = (writer, starts)
        }
      }
    }
    let count = parts.reduce(0) { $0 + ($1?.tokens.byteCount ?? 0) } / tokenWidth
    var whole = TokenWriter(vocabularySize: encoding.vocabularySize, tokens: count)
    var starts: [Int] = []
    for part in parts {
      guard let part else { continue }
      let before = whole.byteCount / tokenWidth
      starts += part.starts.map { before + $0 }
      whole.append(part.tokens.moved())
    }
    self.init(whole.moved(), offset: 0, count: count, documentStarts: starts, vocabularySize: encoding.vocabularySize)
  }

  /// Groups of documents of about one mebibyte: the unit of work of a thread.
  private static func blocks(_ corpus: TextCorpus) -> [Range<Int>] {
    var blocks: [Range<Int>] = []
    var (first, bytes) = (0, 0)
    for index in 0..<corpus.count {
      bytes += corpus.documents[index].range.count
      if bytes >= 1 << 20 || index == corpus.count - 1 {
        blocks.append(first..<index + 1)
        (first, bytes) = (index + 1, 0)
      }
    }
    return blocks
  }
}

extension TextCorpus {
  /// Lets the system reclaim the memory of some documents of mapped files.
  func release(_ documents: Range<Int>) {
    for index in documents where self.documents[index].range.count >= 1 << 16 {
      sources[self.documents[index].source].release(self.documents[index].range)
    }
  }

  /// Identifies this selection of documents and their layout in the files.
  var layoutKey: UInt64 {
    var hash = Checksum()
    for document in documents {
      hash.add(UInt64(document.source))
      hash.add(UInt64(document.range.lowerBound))
      hash.add(UInt64(document.range.upperBound))
    }
    return hash.value
  }
}
