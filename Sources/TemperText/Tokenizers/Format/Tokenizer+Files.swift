import Glibc
import TemperFiles
import TemperJSON

extension Tokenizer {
  /// Reads the tokenizer at `path`: a `tokenizer.json`, BERT's `vocab.txt`, or a folder with one of these or with GPT-2's `vocab.json` and
  /// `merges.txt`.
  public init(reading path: String) throws(Diagnostics) {
    func holds(_ name: String) -> Bool { access(path + "/" + name, R_OK) == 0 }
    if holds("tokenizer.json") {
      try self.init(json: FileBytes(reading: path + "/tokenizer.json").bytes, path: path + "/tokenizer.json")
    } else if holds("vocab.json"), holds("merges.txt") {
      try self.init(gpt2Vocabulary: FileBytes(reading: path + "/vocab.json"), merges: FileBytes(reading: path + "/merges.txt"))
    } else if holds("vocab.txt") {
      try self.init(bertVocabulary: FileBytes(reading: path + "/vocab.txt"))
    } else if path.hasSuffix(".txt") {
      try self.init(bertVocabulary: FileBytes(reading: path))
    } else {
      try self.init(json: FileBytes(reading: path).bytes, path: path)
    }
  }

  /// GPT-2's tokenizer from its `vocab.json` and `merges.txt`.
  public init(gpt2Vocabulary file: FileBytes, merges: FileBytes) throws(Diagnostics) {
    let reader = TokenizerReader(path: file.name)
    let value = try JSON(file)
    guard let members = value.members else { throw reader.failure(value, "the file must be an object of tokens and their ids.") }
    let vocabulary = try TokenizerModel.vocabulary(members, reader)
    try merges.checkUTF8()
    var pairs: [(left: Int32, right: Int32, merged: Int32)] = []
    for (number, line) in merges.bytes.split(separator: .lineFeed, omittingEmptySubsequences: false).enumerated() {
      let line = line.last == .carriageReturn ? line.dropLast() : line
      if line.isEmpty || (number == 0 && line.starts(with: "#version".utf8)) { continue }
      func failure(_ message: String) -> Diagnostics {
        Diagnostics(.badTokenizer, at: .file(path: merges.name, line: number + 1, column: 1), message)
      }
      let parts = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      guard parts.count == 2 else { throw failure("a merge must be two tokens with a space between them.") }
      pairs.append(try TokenizerModel.merge(parts[0], parts[1], vocabulary, prefix: "", failure))
    }
    var options = BytePairModel.Options()
    options.isByteLevel = true
    let end = "<|endoftext|>"
    let added = vocabulary.id(of: end).map { [AddedToken(id: $0, content: end)] } ?? []
    self.init(
      preTokenizer: .byteLevel(addsPrefixSpace: false, splits: true),
      model: .bytePair(BytePairModel(vocabulary: vocabulary, merges: pairs, options: options)),
      postProcessor: .byteLevel(addsPrefixSpace: true, trimsOffsets: false, splits: true), decoder: .byteLevel,
      addedTokens: AddedTokens(added, nil))
  }

  /// BERT's tokenizer from its `vocab.txt`, one token per line. Without `lowercases`, case and accents are kept.
  public init(bertVocabulary file: FileBytes, lowercases: Bool = true) throws(Diagnostics) {
    try file.checkUTF8()
    var vocabulary = Vocabulary()
    var lines = file.bytes.split(separator: .lineFeed, omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    for (number, line) in lines.enumerated() {
      let token = line.last == .carriageReturn ? line.dropLast() : line
      guard vocabulary.add(token, id: Int32(number)) else {
        throw Diagnostics(
          .badTokenizer, at: .file(path: file.name, line: number + 1, column: 1),
          "the token \(quoted(String(decoding: token, as: UTF8.self))) is a duplicate. Remove one of the two.")
      }
    }
    try self.init(bertVocabulary: vocabulary, BertNormalization(lowercases: lowercases), special: Self.bertSpecialTokens) { name in
      Diagnostics(.badTokenizer, at: .wholeFile(path: file.name), "the token \(name) is missing, but required by BERT. Add a line.")
    }
  }

  /// A BERT tokenizer over `vocabulary`, which must have the tokens `special`.
  init(
    bertVocabulary vocabulary: Vocabulary, _ rules: BertNormalization, special: [String], missing: (String) -> Diagnostics
  ) throws(Diagnostics) {
    var added: [AddedToken] = []
    for name in special {
      guard let id = vocabulary.id(of: name) else { throw missing(name) }
      added.append(AddedToken(id: id, content: name))
    }
    func inTemplate(_ name: String) -> PostProcessor.Special { .init(name: name, ids: [vocabulary.id(of: name)!], tokens: [name]) }
    let single: [PostProcessor.Piece] = [.special("[CLS]", type: 0), .text(isSecond: false, type: 0), .special("[SEP]", type: 0)]
    self.init(
      normalizer: .bert(rules), preTokenizer: .bert,
      model: .wordPiece(WordPieceModel(vocabulary: vocabulary, unknownToken: "[UNK]", prefix: "##", longestWord: 100)),
      postProcessor: .template(
        single: single, pair: single + [.text(isSecond: true, type: 1), .special("[SEP]", type: 1)],
        specials: [inTemplate("[CLS]"), inTemplate("[SEP]")]),
      decoder: .wordPiece(prefix: Array("##".utf8), cleansUp: true), addedTokens: AddedTokens(added, .bert(rules)))
  }
}

extension Tokenizer {
  /// The whitespace-separated ids in a file. Throws `E0284` for anything that is not an id of this tokenizer.
  public func ids(in file: FileBytes) throws(Diagnostics) -> [Int32] {
    let bytes = file.bytes
    var ids: [Int32] = []
    for word in bytes.indices.split(whereSeparator: { [0x20, 0x09, 0x0A, 0x0D].contains(bytes[$0]) }) {
      let text = String(decoding: bytes[word.startIndex..<word.endIndex], as: UTF8.self)
      guard text.utf8.first != UInt8(ascii: "+"), let id = Int32(text), token(id) != nil else {
        throw Diagnostics(
          .badTokenID, at: file.place(ofByte: word.startIndex),
          "\(quoted(text)) is not a token id: write whole numbers from 0 to \(vocabularySize - 1), separated by spaces.")
      }
      ids.append(id)
    }
    return ids
  }
}
