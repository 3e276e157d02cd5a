import TemperFiles
import TemperJSON

extension TextEncoding {
  /// Encoding with a tokenizer, without the special tokens of its template. `key` identifies it, such as a hash of its file. Documents are
  /// separated by its end-of-text token, if it has one and `endsDocuments`.
  public init(_ tokenizer: Tokenizer, key: String, endsDocuments: Bool = true) {
    self.init(
      key: key, vocabularySize: tokenizer.vocabularySize, endOfDocument: endsDocuments ? tokenizer.specialTokens.end : nil
    ) { tokenizer.encode($0) }
  }
}

extension TextCorpus {
  /// Throws `E0282` for the first character of each document that `tokenizer` would drop, because it has neither a token for it nor an
  /// unknown token.
  public func checkKnown(to tokenizer: Tokenizer) throws(Diagnostics) {
    var findings = Findings()
    for index in 0..<count where !findings.isFull {
      withDocument(index) { bytes in findings.checkKnown(bytes, to: tokenizer) { place(index, offset: $0) } }
    }
    try findings.check()
  }
}
