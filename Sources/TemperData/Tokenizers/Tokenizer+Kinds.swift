import TemperJSON

extension Tokenizer {
  /// Every byte is a token, of the id that is its value; `special` tokens follow. Nothing is unknown to it.
  public static func bytes(special: [String] = []) -> Tokenizer {
    var vocabulary = Vocabulary()
    for byte in 0..<256 { vocabulary.add(String(ByteAlphabet.characters[byte]), id: Int32(byte)) }
    var options = BytePairModel.Options()
    options.isByteLevel = true
    let model = TokenizerModel.bytePair(BytePairModel(vocabulary: vocabulary, merges: [], options: options))
    return Tokenizer(
      preTokenizer: .byteLevel(addsPrefixSpace: false, splits: false), model: model, decoder: .byteLevel,
      addedTokens: AddedTokens(Self.added(special, after: &vocabulary), nil))
  }

  /// Every character of `text` is a token, in the order of code points, after the `special` ones.
  ///
  /// A character that `text` lacks becomes `unknown`, which is special too; where that is nil it cannot be encoded: check texts with
  /// ``encode(checking:)``. Throws `E0283` where `text` is empty, or `E0208` where it is not UTF-8.
  public static func characters(of text: FileBytes, special: [String] = [], unknown: String? = nil) throws(Diagnostics) -> Tokenizer {
    try characters(of: [text], special: special, unknown: unknown)
  }

  /// Every character of `texts` is a token; see the form that takes one.
  public static func characters(of texts: [FileBytes], special: [String] = [], unknown: String? = nil) throws(Diagnostics) -> Tokenizer {
    var seen = Set<UInt32>()
    for text in texts {
      try text.checkUTF8()
      text.withBytes { bytes in
        var isKnown = [Bool](repeating: false, count: 128)
        var place = 0
        while place < bytes.count {
          let (value, next) = UTF8Scan.scalar(bytes, at: place)
          place = next
          if value < 128 {
            if isKnown[Int(value)] { continue }
            isKnown[Int(value)] = true
          }
          seen.insert(value)
        }
      }
    }
    guard !seen.isEmpty else {
      throw Diagnostics(
        .untrainableTokenizer, at: .wholeFile(path: texts.first?.name ?? "text"), "there is no character in it. Give a text.")
    }
    var vocabulary = Vocabulary()
    let added = Self.added((unknown.map { [$0] } ?? []) + special, after: &vocabulary)
    for (number, value) in seen.sorted().enumerated() {
      vocabulary.add(String(Unicode.Scalar(value)!), id: Int32(added.count + number))
    }
    var options = BytePairModel.Options()
    options.unknownToken = unknown
    return Tokenizer(
      model: .bytePair(BytePairModel(vocabulary: vocabulary, merges: [], options: options)), decoder: .fuse,
      addedTokens: AddedTokens(added, nil))
  }

  /// `names` as special tokens, with the ids that follow those of `vocabulary`, to which they are added.
  static func added(_ names: [String], after vocabulary: inout Vocabulary) -> [AddedToken] {
    var added: [AddedToken] = []
    for name in names where !added.contains(where: { $0.content.utf8.elementsEqual(name.utf8) }) {
      let id = vocabulary.id(of: name) ?? Int32(vocabulary.size)
      vocabulary.add(name, id: id)
      added.append(AddedToken(id: id, content: name))
    }
    return added
  }

  /// The ids of a file's text. Throws `E0282`, with line and column, where a character of it has no token and there is no unknown one, and
  /// `E0208` where it is not UTF-8, unless tokens are bytes.
  public func encode(checking file: FileBytes, addingSpecialTokens: Bool = false) throws(Diagnostics) -> [Int32] {
    if preTokenizer?.isByteLevel != true { try file.checkUTF8() }
    return try file.withBytes { bytes throws(Diagnostics) in
      if let offset = firstUnknown(in: bytes) {
        let length = UTF8Scan.length(bytes, at: offset)
        throw Diagnostics(
          .noToken, at: file.place(ofByte: offset),
          "the vocabulary has no token for \(quoted(String(decoding: bytes[offset..<offset + length], as: UTF8.self))), nor one for what is "
            + "unknown. Make the tokenizer of texts that have it, or with an unknown token.")
      }
      return encode(bytes, addingSpecialTokens: addingSpecialTokens)
    }
  }
}

extension FileBytes {
  /// Where a byte of a text stands.
  func place(ofByte offset: Int) -> Place {
    withBytes { bytes in
      let before = bytes[..<offset]
      let start = before.lastIndex(of: CSVScan.lineFeed).map { $0 + 1 } ?? 0
      return .file(path: name, line: before.count { $0 == CSVScan.lineFeed } + 1, column: offset - start + 1)
    }
  }

  /// Throws `E0208` at the first byte that is not UTF-8.
  func checkUTF8() throws(Diagnostics) {
    try withBytes { bytes throws(Diagnostics) in
      guard let offset = UTF8Check.firstInvalid(in: bytes, 0..<bytes.count) else { return }
      throw Diagnostics(
        .notUTF8, at: place(ofByte: offset),
        "the byte 0x\(String(bytes[offset], radix: 16, uppercase: true)) is not UTF-8 here. Save the file as UTF-8.")
    }
  }
}
