import TemperFiles
import TemperJSON

extension TextCorpus {
  /// A copy of each document as its own file, for training tokenizers.
  public var documentFiles: [FileBytes] {
    (0..<count).map { index in withDocument(index) { FileBytes(name: files.first?.name ?? "text", bytes: Array($0)) } }
  }
}

extension Tokenizer {
  /// A tokenizer with every character of the documents of `corpora`, by code point, after the `special` tokens.
  public static func characters(of corpora: [TextCorpus], special: [String] = []) throws(Diagnostics) -> Tokenizer {
    var alphabet = Alphabet()
    for corpus in corpora { corpus.forEachDocument { alphabet.add($0) } }
    return try characters(alphabet, special: special, unknown: nil, path: corpora.first?.files.first?.name ?? "text")
  }

  /// The tokens of all documents of `corpus`, separated by an end-of-text token where there is one.
  ///
  /// - Throws: for the first character without a token, with its place, where there is no unknown token either.
  public func tokens(of corpus: TextCorpus, cache: TokenCache? = nil) throws(Diagnostics) -> TokenStore {
    try corpus.checkKnown(to: self)
    let encoding = TextEncoding(self, key: cache == nil ? "" : SHA256.hex(Array(json.serialized().utf8)))
    return try cache?.tokens(corpus, encoding) ?? TokenStore(corpus, encoding)
  }

  /// The number of bytes of text of each id; nil where that depends on its neighbours, as in WordPiece. Special tokens have none.
  public var byteCounts: [Int]? {
    guard !isWordPiece, let first = (0..<Int32(vocabularySize)).first(where: { !decode([$0]).isEmpty }) else { return nil }
    // After another token, so that a space is not taken for one at the beginning of the text.
    let before = decode([first]).count
    return (0..<Int32(vocabularySize)).map { id in
      let token = token(id) ?? ""
      // A byte of a character in byte fallback: alone it is not valid text.
      if token.hasPrefix("<0x"), token.hasSuffix(">"), token.utf8.count == 6 { return 1 }
      return max(0, decode([first, id]).count - before)
    }
  }
}
