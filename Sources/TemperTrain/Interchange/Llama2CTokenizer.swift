import TemperJSON
import TemperNN

/// A vocabulary in the format of llama2.c (`tok512.bin`): the length of the longest token, then score, length and bytes of each, little-endian.
///
/// Its rule is that of SentencePiece's BPE: of all adjacent pairs whose concatenation is a token, the one with the highest score is
/// merged first. That is byte-pair encoding with a list of merges: every way to split a token into two others, in the order of the
/// tokens' scores.
struct Llama2CTokenizer {
  private var pieces: [(text: String, score: Float)] = []

  /// Parses the bytes of a file with `count` tokens.
  init(parsing bytes: [UInt8], count: Int, path: String) throws(Diagnostics) {
    func damaged(_ what: String) -> Diagnostics {
      Diagnostics(
        .badLlama2C, at: .wholeFile(path: path),
        "\(what); use the tokenizer file of this llama2.c checkpoint, such as tok512.bin")
    }
    var position = 4
    for id in 0..<count {
      guard bytes.count >= position + 8 else { throw damaged("ends after \(id) of \(count) tokens") }
      let (score, length) = bytes.withUnsafeBytes { all in
        (
          Float(bitPattern: UInt32(littleEndian: all.loadUnaligned(fromByteOffset: position, as: UInt32.self))),
          Int(Int32(littleEndian: all.loadUnaligned(fromByteOffset: position + 4, as: Int32.self)))
        )
      }
      position += 8
      guard length >= 0, bytes.count >= position + length else { throw damaged("token \(id) has an invalid length of \(length) bytes") }
      guard let text = String(validating: bytes[position..<position + length], as: UTF8.self) else {
        throw damaged("token \(id) is not UTF-8")
      }
      pieces.append((text, score))
      position += length
    }
    guard position == bytes.count else { throw damaged("has \(bytes.count - position) extra bytes after \(count) tokens") }
    guard count >= 259 else { throw damaged("has \(count) tokens, but needs three special ones and one for each byte") }
  }

  /// The equivalent Hugging Face tokenizer.json, in the form of the one for LLaMA.
  var json: JSON {
    let special = ["<unk>", "<s>", "</s>"]
    // The file has spaces where the model itself uses U+2581, and line breaks around the names of special tokens.
    let texts = pieces.enumerated().map { id, piece in
      id < special.count ? special[id] : id < 259 ? piece.text : Self.visible(piece.text)
    }
    return [
      "version": "1.0", "truncation": .null, "padding": .null,
      "added_tokens": .array(
        special.enumerated().map { id, name in
          [
            "id": .integer(id), "content": .string(name), "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
            "special": true,
          ]
        }),
      "normalizer": [
        "type": "Sequence",
        "normalizers": [
          ["type": "Prepend", "prepend": "\u{2581}"], ["type": "Replace", "pattern": ["String": " "], "content": "\u{2581}"],
        ],
      ],
      "pre_tokenizer": .null,
      "post_processor": [
        "type": "TemplateProcessing", "single": [["SpecialToken": ["id": "<s>", "type_id": 0]], ["Sequence": ["id": "A", "type_id": 0]]],
        "pair": [
          ["SpecialToken": ["id": "<s>", "type_id": 0]], ["Sequence": ["id": "A", "type_id": 0]],
          ["SpecialToken": ["id": "<s>", "type_id": 1]], ["Sequence": ["id": "B", "type_id": 1]],
        ],
        "special_tokens": ["<s>": ["id": "<s>", "ids": [1], "tokens": ["<s>"]]],
      ],
      "decoder": [
        "type": "Sequence",
        "decoders": [
          ["type": "Replace", "pattern": ["String": "\u{2581}"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
          ["type": "Strip", "content": " ", "start": 1, "stop": 0],
        ],
      ],
      "model": [
        "type": "BPE", "dropout": .null, "unk_token": "<unk>", "continuing_subword_prefix": .null, "end_of_word_suffix": .null,
        "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
        "vocab": .object(texts.enumerated().map { ($0.element, .integer($0.offset)) }), "merges": .array(merges(texts)),
      ],
    ]
  }

  private static func visible(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == " " ? "\u{2581}" : $0 }))
  }

  /// Every split of a token into two others, by descending score of the token; splits of one token by their own ids.
  private func merges(_ texts: [String]) -> [JSON] {
    let first = 259
    // By bytes: strings that differ only in Unicode composition are equal as keys.
    var ids: [[UInt8]: Int] = [:]
    for id in first..<texts.count { ids[Array(texts[id].utf8)] = id }
    var merges: [(score: Float, left: Int, right: Int)] = []
    for id in first..<texts.count {
      let bytes = Array(texts[id].utf8)
      for cut in 1..<max(bytes.count, 1) {
        if let left = ids[Array(bytes[..<cut])], let right = ids[Array(bytes[cut...])] { merges.append((pieces[id].score, left, right)) }
      }
    }
    merges.sort { ($1.score, $0.left, $0.right) < ($0.score, $1.left, $1.right) }
    return merges.map { [.string(texts[$0.left]), .string(texts[$0.right])] }
  }
}
