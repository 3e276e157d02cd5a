/// The model of a tokenizer: the ids of a word.
enum TokenizerModel: Sendable {
  case bytePair(BytePairModel)
  case wordPiece(WordPieceModel)
  case wordLevel(WordLevelModel)
  case unigram(UnigramModel)

  var vocabulary: Vocabulary {
    switch self {
    case .bytePair(let model): model.vocabulary
    case .wordPiece(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    }
  }

  /// Appends the ids of one word to `ids`.
  @inline(__always)
  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ scratch: EncoderScratch) {
    switch self {
    case .bytePair(let model): model.encode(word, into: ids, scratch)
    case .wordPiece(let model): model.encode(word, into: ids, scratch)
    case .wordLevel(let model): model.encode(word, into: ids)
    case .unigram(let model): model.encode(word, into: ids, scratch)
    }
  }
}

extension TokenizerModel {
  /// Whether there may be text that this model drops because it has neither a token nor an unknown token for it.
  var canDropText: Bool {
    switch self {
    case .bytePair(let model): model.canDropText
    case .wordPiece(let model): model.canDropText
    case .wordLevel(let model): model.canDropText
    case .unigram(let model): model.canDropText
    }
  }

  /// The first part of a word that is dropped: a character, or a whole word without a token.
  func firstUnknown(in word: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    switch self {
    case .bytePair(let model): model.firstUnknown(in: word)
    case .wordPiece(let model): model.isKnown(word) ? nil : 0..<word.count
    case .wordLevel(let model): model.isKnown(word) ? nil : 0..<word.count
    case .unigram(let model): model.firstUnknown(in: word)
    }
  }
}

/// A vocabulary of whole words.
struct WordLevelModel: Sendable {
  let vocabulary: Vocabulary
  let unknownToken: String
  private let unknown: Int32?

  init(vocabulary: Vocabulary, unknownToken: String) {
    (self.vocabulary, self.unknownToken) = (vocabulary, unknownToken)
    unknown = vocabulary.id(of: unknownToken)
  }

  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink) {
    if let id = vocabulary.id(of: word) ?? unknown { ids.append(id) }
  }

  var canDropText: Bool { unknown == nil }

  func isKnown(_ word: UnsafeBufferPointer<UInt8>) -> Bool { word.isEmpty || vocabulary.id(of: word) != nil }
}
