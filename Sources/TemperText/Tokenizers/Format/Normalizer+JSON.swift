import TemperJSON

extension Normalizer {
  init(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) {
    let what = "a normalizer"
    let type = try reader.string("type", in: value)
    switch type {
    case "Sequence":
      try reader.check(value, what, ["type", "normalizers"])
      self = .sequence(
        try reader.all(reader.array("normalizers", in: value)) { part throws(Diagnostics) in try Normalizer(part, reader) })
    case "BertNormalizer":
      try reader.check(value, what, ["type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"])
      self = .bert(
        BertNormalization(
          cleansText: try reader.bool("clean_text", in: value, absent: nil),
          spacesIdeographs: try reader.bool("handle_chinese_chars", in: value, absent: nil),
          stripsAccents: try reader.optional("strip_accents", in: value) { _ throws(Diagnostics) in
            try reader.bool("strip_accents", in: value, absent: nil)
          },
          lowercases: try reader.bool("lowercase", in: value, absent: nil)))
    case "Lowercase", "NFD", "NFC", "NFKD", "NFKC", "Nmt", "StripAccents":
      try reader.check(value, what, ["type"])
      self =
        switch type {
        case "Lowercase": .lowercase
        case "NFD": .nfd
        case "NFC": .nfc
        case "NFKD": .nfkd
        case "NFKC": .nfkc
        case "Nmt": .nmt
        default: .stripAccents
        }
    case "Strip":
      try reader.check(value, what, ["type", "strip_left", "strip_right"])
      self = .strip(
        left: try reader.bool("strip_left", in: value, absent: nil), right: try reader.bool("strip_right", in: value, absent: nil))
    case "Prepend":
      try reader.check(value, what, ["type", "prepend"])
      self = .prepend(try reader.bytes("prepend", in: value))
    case "Replace":
      try reader.check(value, what, ["type", "pattern", "content"])
      self = .replace(try reader.pattern(value), with: try reader.bytes("content", in: value))
    case "Precompiled":
      try reader.check(value, what, ["type", "precompiled_charsmap"])
      self = .precompiled(try Self.precompiled(value, reader))
    default:
      throw reader.unsupported(
        value,
        "unsupported normalizer \(quoted(type)). Supported are Sequence, BertNormalizer, Lowercase, NFD, NFC, NFKD, NFKC, Nmt, "
          + "StripAccents, Strip, Prepend, Replace and Precompiled.")
    }
  }

  private static func precompiled(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) -> PrecompiledMap {
    let key = "precompiled_charsmap"
    guard let bytes = Base64.decode(try reader.string(key, in: value)) else {
      throw reader.failure(value[key] ?? value, "\(quoted(key)) is not base64. Copy or download the file again.")
    }
    do {
      return try PrecompiledMap(bytes)
    } catch {
      throw reader.failure(value[key] ?? value, "\(quoted(key)) \(error.message). Copy or download the file again.")
    }
  }

  var json: JSON {
    switch self {
    case .sequence(let parts): ["type": "Sequence", "normalizers": .array(parts.map(\.json))]
    case .bert(let rules):
      [
        "type": "BertNormalizer", "clean_text": .bool(rules.cleansText), "handle_chinese_chars": .bool(rules.spacesIdeographs),
        "strip_accents": rules.stripsAccents.map { .bool($0) } ?? .null, "lowercase": .bool(rules.lowercases),
      ]
    case .lowercase: ["type": "Lowercase"]
    case .nfd: ["type": "NFD"]
    case .nfc: ["type": "NFC"]
    case .nfkd: ["type": "NFKD"]
    case .nfkc: ["type": "NFKC"]
    case .nmt: ["type": "Nmt"]
    case .stripAccents: ["type": "StripAccents"]
    case .strip(let left, let right): ["type": "Strip", "strip_left": .bool(left), "strip_right": .bool(right)]
    case .prepend(let prefix): ["type": "Prepend", "prepend": .bytes(prefix)]
    case .replace(let pattern, let content): ["type": "Replace", "pattern": pattern.json, "content": .bytes(content)]
    case .precompiled(let map): ["type": "Precompiled", "precompiled_charsmap": .string(Base64.encode(map.bytes))]
    }
  }
}
