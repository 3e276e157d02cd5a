import TemperCore

/// Sequences of random tokens that are planted into a training text, and references that are not: a model that ranks a planted one before
/// all references has memorised it (Carlini et al. 2019, "The Secret Sharer").
public struct Canaries: Sendable {
  /// The number of tokens of a sequence, where the context is as long.
  public static let length = 32
  /// The number of references: by chance a sequence comes before all of them once in 101 cases.
  public static let referenceCount = 100

  /// The planted sequences, each a document.
  public let planted: TokenStore
  /// The references, each a document.
  public let references: TokenStore
  private let random: RandomStreams

  /// Draws `count` sequences of `length` tokens, uniformly from `ids`: the planted ones from the stream `canaries` of `random`, references
  /// from `canaries.references`. The first ones are the same for every `count`.
  public init(_ count: Int, length: Int, from ids: [Int32], vocabularySize: Int, random: RandomStreams) {
    func sequences(_ stream: String, _ count: Int) -> TokenStore {
      let tokens = (0..<count).flatMap { index in
        var draw = random.sequence(stream, index)
        return (0..<length).map { _ in ids[draw.below(ids.count)] }
      }
      return TokenStore(tokens, documentStarts: (0..<count).map { $0 * length }, vocabularySize: vocabularySize)
    }
    (planted, references) = (sequences("canaries", count), sequences("canaries.references", Self.referenceCount))
    self.random = random
  }

  /// A copy of `text` with each planted sequence as a document of its own, before a token from the stream `canaries.places`; a document is
  /// cut in two there. `end` is the token between documents, if there is one.
  public func plant(in text: TokenStore, endOfDocument end: Int32?) -> TokenStore {
    let places = planted.documentStarts.indices.map { index in
      var draw = random.sequence("canaries.places", index)
      return draw.below(text.count)
    }
    let planting = Dictionary(grouping: places.indices) { places[$0] }
    let (known, length) = (Set(text.documentStarts), planted.count / places.count)
    let borders = known.union(places).sorted()
    var writer = TokenWriter(vocabularySize: text.vocabularySize, tokens: text.count + planted.count + 2 * places.count)
    var starts: [Int] = []
    func append(_ store: TokenStore, _ document: Range<Int>, isClosed: Bool) {
      starts.append(writer.count)
      for start in stride(from: document.lowerBound, to: document.upperBound, by: 1 << 16) {
        writer.append(store[start..<min(document.upperBound, start + 1 << 16)])
      }
      if let end, !isClosed { writer.append([end]) }
    }
    for (border, next) in zip(borders, borders.dropFirst() + [text.count]) {
      for index in planting[border] ?? [] { append(planted, index * length..<(index + 1) * length, isClosed: false) }
      append(text, border..<next, isClosed: known.contains(next) || next == text.count)
    }
    let count = writer.count
    return TokenStore(writer.moved(), offset: 0, count: count, documentStarts: starts, vocabularySize: text.vocabularySize)
  }
}

extension Tokenizer {
  /// The ids of all tokens but the special ones.
  public var ordinaryIDs: [Int32] {
    let special = Set(specialTokens.all)
    return (0..<Int32(vocabularySize)).filter { token($0) != nil && !isSpecial($0) && !special.contains($0) }
  }
}
