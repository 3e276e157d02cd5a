import TemperFiles
import TemperJSON

/// How a vocabulary is trained.
public struct TokenizerTraining: Sendable, Equatable {
  /// The target number of tokens, including special ones. Texts with too few repetitions give fewer.
  public var vocabularySize: Int
  /// Less frequent pairs are not merged.
  public var minimumFrequency: Int
  /// Special tokens, which get the first ids.
  public var special: [String]

  /// A vocabulary of `vocabularySize` tokens.
  public init(vocabularySize: Int, minimumFrequency: Int = 2, special: [String] = []) {
    (self.vocabularySize, self.minimumFrequency, self.special) = (vocabularySize, minimumFrequency, special)
  }
}

extension Tokenizer {
  /// A byte-level byte-pair encoding trained on `texts`, like GPT-2's: special tokens, the 256 bytes, then the merged pairs, the most
  /// frequent first and of equally frequent ones that with the smaller ids.
  ///
  /// The same as from the `BpeTrainer` of `tokenizers` with the same whole texts. Throws `E0283` where the bytes alone exceed the
  /// vocabulary size.
  public static func trainedBytePairs(on texts: [FileBytes], _ training: TokenizerTraining) throws(Diagnostics) -> Tokenizer {
    var vocabulary = Vocabulary()
    let added = Self.added(training.special, after: &vocabulary)
    for character in ByteAlphabet.characters.sorted() where vocabulary.id(of: String(character)) == nil {
      vocabulary.add(String(character), id: Int32(vocabulary.size))
    }
    try check(texts, training, atLeast: vocabulary.size, "the 256 bytes and the special tokens")
    let preTokenizer = PreTokenizer.byteLevel(addsPrefixSpace: false, splits: true)
    let byteIDs = ByteAlphabet.characters.map { vocabulary.id(of: String($0))! }
    var trainer = MergeTrainer(vocabulary: vocabulary, prefix: "")
    WordCount(texts, normalizer: nil, preTokenizer).forEach { word, count in trainer.add(word.map { byteIDs[Int($0)] }, count: count) }
    let merges = trainer.train(training)
    var options = BytePairModel.Options()
    options.isByteLevel = true
    return Tokenizer(
      preTokenizer: preTokenizer, model: .bytePair(BytePairModel(vocabulary: trainer.vocabulary, merges: merges, options: options)),
      postProcessor: .byteLevel(addsPrefixSpace: true, trimsOffsets: false, splits: true), decoder: .byteLevel,
      addedTokens: AddedTokens(added, nil))
  }

  /// The special tokens of BERT, in the order of ``trainedWordPieces(on:_:)``.
  public static let bertSpecialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

  /// A WordPiece vocabulary like BERT's (lowercased, without accents) trained on `texts`: BERT's special tokens, those of `training`,
  /// characters, then merged pairs, selected as for byte pairs.
  ///
  /// `tokenizers` numbers the initial pieces in no fixed order, so its vocabularies differ between runs; here one text always gives one
  /// vocabulary. Throws `E0283` where the characters alone exceed the vocabulary size.
  public static func trainedWordPieces(on texts: [FileBytes], _ training: TokenizerTraining) throws(Diagnostics) -> Tokenizer {
    for text in texts { try text.checkUTF8() }
    let (normalizer, preTokenizer, prefix) = (Normalizer.bert(BertNormalization()), PreTokenizer.bert, "##")
    var words: [(characters: [String], count: Int)] = []
    WordCount(texts, normalizer: normalizer, preTokenizer).forEach { word, count in
      words.append((String(decoding: word, as: UTF8.self).unicodeScalars.map { String($0) }, count))
    }
    var vocabulary = Vocabulary()
    let added = Self.added(bertSpecialTokens + training.special, after: &vocabulary)
    let firsts = Set(words.compactMap { $0.characters.first.map { Array($0.utf8) } })
    let others = Set(words.flatMap { $0.characters.dropFirst().map { Array((prefix + $0).utf8) } })
    for pieces in [firsts, others] {
      for piece in pieces.sorted(by: { $0.lexicographicallyPrecedes($1) }) { vocabulary.add(piece, id: Int32(vocabulary.size)) }
    }
    try check(texts, training, atLeast: vocabulary.size, "the characters of the text and the special tokens")
    var trainer = MergeTrainer(vocabulary: vocabulary, prefix: prefix)
    for word in words {
      let pieces = word.characters.enumerated().map { number, character in number == 0 ? character : prefix + character }
      trainer.add(pieces.compactMap { vocabulary.id(of: $0) }, count: word.count)
    }
    _ = trainer.train(training)
    return try Tokenizer(
      bertVocabulary: trainer.vocabulary, BertNormalization(), special: added.map(\.content)
    ) { name in Diagnostics(.untrainableTokenizer, at: .wholeFile(path: texts.first?.name ?? "text"), "the token \(name) is missing.") }
  }

  private static func check(_ texts: [FileBytes], _ training: TokenizerTraining, atLeast least: Int, _ what: String) throws(Diagnostics) {
    guard training.vocabularySize < least else { return }
    throw Diagnostics(
      .untrainableTokenizer, at: .wholeFile(path: texts.first?.name ?? "text"),
      "\(what) are already \(least) tokens, more than the vocabulary size of \(training.vocabularySize). Use a larger one.")
  }
}

/// The words of texts with their counts, in order of first occurrence.
private struct WordCount {
  private var index = ByteIndex()
  private var counts: [Int] = []

  init(_ texts: [FileBytes], normalizer: Normalizer?, _ preTokenizer: PreTokenizer) {
    for text in texts {
      text.withBytes { bytes in
        if let normalizer {
          normalizer.apply(bytes).withUnsafeBufferPointer { count($0, preTokenizer) }
        } else {
          count(bytes, preTokenizer)
        }
      }
    }
  }

  private mutating func count(_ text: UnsafeBufferPointer<UInt8>, _ preTokenizer: PreTokenizer) {
    preTokenizer.forEachWord(in: text, isFirst: true) { word in
      let number = index.insert(word)
      if number == counts.count { counts.append(0) }
      counts[number] += 1
    }
  }

  func forEach(_ body: ([UInt8], Int) -> Void) {
    for number in counts.indices { body(index.bytes(number), counts[number]) }
  }
}
