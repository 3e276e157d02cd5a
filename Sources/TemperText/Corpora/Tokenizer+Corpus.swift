import TemperFiles
import TemperJSON

extension TextCorpus {
  /// A copy of each document, as a file of its own: what tokenizers are trained on.
  public var documentFiles: [FileBytes] {
    (0..<count).map { index in withDocument(index) { FileBytes(name: files.first?.name ?? "text", bytes: Array($0)) } }
  }
}

extension Tokenizer {
  /// Every character of the documents of `corpora` is a token, in the order of code points, after the `special` ones.
  public static func characters(of corpora: [TextCorpus], special: [String] = []) throws(Diagnostics) -> Tokenizer {
    var alphabet = Alphabet()
    for corpus in corpora { corpus.forEachDocument { alphabet.add($0) } }
    return try characters(alphabet, special: special, unknown: nil, path: corpora.first?.files.first?.name ?? "text")
  }

  /// The tokens of all documents of `corpus`, with an end-of-text token between two of them where there is one.
  ///
  /// - Throws: with its place, the first character that has no token, where there is no unknown one either.
  public func tokens(of corpus: TextCorpus, cache: TokenCache? = nil) throws(Diagnostics) -> TokenStore {
    try corpus.checkKnown(to: self)
    let encoding = TextEncoding(self, key: cache == nil ? "" : SHA256.hex(Array(json.serialized().utf8)))
    return try cache?.tokens(corpus, encoding) ?? TokenStore(corpus, encoding)
  }

  /// How many bytes of text each id is; nil where that depends on its neighbours, as WordPiece's does. Special tokens are none.
  public var byteCounts: [Int]? {
    guard !isWordPiece, let first = (0..<Int32(vocabularySize)).first(where: { !decode([$0]).isEmpty }) else { return nil }
    // Behind another token, so that a space is not taken for one that begins the text.
    let before = decode([first]).count
    return (0..<Int32(vocabularySize)).map { id in
      let token = token(id) ?? ""
      // A byte of a character that is spelled out: alone it is no text.
      if token.hasPrefix("<0x"), token.hasSuffix(">"), token.utf8.count == 6 { return 1 }
      return max(0, decode([first, id]).count - before)
    }
  }
}
