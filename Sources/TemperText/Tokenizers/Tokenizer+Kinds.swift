import TemperFiles
import TemperJSON

extension Tokenizer {
  /// Every byte is a token whose id is its value; `special` tokens follow. It has no unknown text.
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

  /// Every character of `text` is a token, by code point, after the `special` ones.
  ///
  /// Other characters become `unknown`, which is special too; where that is nil they cannot be encoded: check texts with
  /// ``encode(checking:)``. Throws `E0283` where `text` is empty, or `E0208` where it is not UTF-8.
  public static func characters(of text: FileBytes, special: [String] = [], unknown: String? = nil) throws(Diagnostics) -> Tokenizer {
    try characters(of: [text], special: special, unknown: unknown)
  }

  /// Every character of `texts` is a token; see the overload for a single text.
  public static func characters(of texts: [FileBytes], special: [String] = [], unknown: String? = nil) throws(Diagnostics) -> Tokenizer {
    var alphabet = Alphabet()
    for text in texts {
      try text.checkUTF8()
      text.withBytes { alphabet.add($0) }
    }
    return try characters(alphabet, special: special, unknown: unknown, path: texts.first?.name ?? "text")
  }

  /// Every character of `alphabet`, collected from `path`, is a token.
  static func characters(_ alphabet: Alphabet, special: [String], unknown: String?, path: String) throws(Diagnostics) -> Tokenizer {
    guard !alphabet.isEmpty else {
      throw Diagnostics(.untrainableTokenizer, at: .wholeFile(path: path), "the text is empty. Use a file with text.")
    }
    var vocabulary = Vocabulary()
    let added = Self.added((unknown.map { [$0] } ?? []) + special, after: &vocabulary)
    for (number, value) in alphabet.sorted.enumerated() {
      vocabulary.add(String(Unicode.Scalar(value)!), id: Int32(added.count + number))
    }
    var options = BytePairModel.Options()
    options.unknownToken = unknown
    return Tokenizer(
      model: .bytePair(BytePairModel(vocabulary: vocabulary, merges: [], options: options)), decoder: .fuse,
      addedTokens: AddedTokens(added, nil))
  }

  /// `names` as special tokens, added to `vocabulary` with the next ids.
  static func added(_ names: [String], after vocabulary: inout Vocabulary) -> [AddedToken] {
    var added: [AddedToken] = []
    for name in names where !added.contains(where: { $0.content.utf8.elementsEqual(name.utf8) }) {
      let id = vocabulary.id(of: name) ?? Int32(vocabulary.size)
      vocabulary.add(name, id: id)
      added.append(AddedToken(id: id, content: name))
    }
    return added
  }

  /// The ids of a file's text. Throws `E0282`, with line and column, for a character without a token where there is no unknown token, and
  /// `E0208` for text that is not UTF-8, unless tokens are bytes.
  public func encode(checking file: FileBytes, addingSpecialTokens: Bool = false) throws(Diagnostics) -> [Int32] {
    if preTokenizer?.isByteLevel != true { try file.checkUTF8() }
    return try file.withBytes { bytes throws(Diagnostics) in
      var findings = Findings()
      findings.checkKnown(bytes, to: self) { file.place(ofByte: $0) }
      try findings.check()
      return encode(bytes, addingSpecialTokens: addingSpecialTokens)
    }
  }
}

/// The characters that occur in texts.
struct Alphabet {
  private var isASCII = [Bool](repeating: false, count: 128)
  private var others = Set<UInt32>()

  /// Adds the characters of a text in UTF-8.
  mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
    var place = 0
    while place < text.count {
      let (value, next) = UTF8Scan.scalar(text, at: place)
      place = next
      if value < 128 { isASCII[Int(value)] = true } else { others.insert(value) }
    }
  }

  /// Whether there was no text.
  var isEmpty: Bool { others.isEmpty && !isASCII.contains(true) }

  /// All characters by code point.
  var sorted: [UInt32] { (0..<128).filter { isASCII[Int($0)] } + others.sorted() }
}
