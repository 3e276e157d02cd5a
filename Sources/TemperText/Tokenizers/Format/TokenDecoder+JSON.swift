import TemperJSON

extension TokenDecoder {
  init(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) {
    let what = "a decoder"
    let type = try reader.string("type", in: value)
    switch type {
    case "Sequence":
      try reader.check(value, what, ["type", "decoders"])
      self = .sequence(try reader.all(reader.array("decoders", in: value)) { part throws(Diagnostics) in try TokenDecoder(part, reader) })
    case "ByteLevel":
      try reader.check(value, what, ["type", "add_prefix_space", "trim_offsets", "use_regex"])
      self = .byteLevel
    case "WordPiece":
      try reader.check(value, what, ["type", "prefix", "cleanup"])
      self = .wordPiece(prefix: try reader.bytes("prefix", in: value), cleansUp: try reader.bool("cleanup", in: value, absent: nil))
    case "Metaspace":
      try reader.check(value, what, ["type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])
      let (replacement, scheme) = try PreTokenizer.metaspace(value, reader)
      self = .metaspace(replacement: replacement, scheme: scheme)
    case "BPEDecoder":
      try reader.check(value, what, ["type", "suffix"])
      self = .bytePair(suffix: try reader.bytes("suffix", in: value))
    case "ByteFallback", "Fuse":
      try reader.check(value, what, ["type"])
      self = type == "Fuse" ? .fuse : .byteFallback
    case "Strip":
      try reader.check(value, what, ["type", "content", "start", "stop"])
      self = .strip(
        try reader.bytes("content", in: value), start: try reader.integer("start", in: value, 0...1000),
        stop: try reader.integer("stop", in: value, 0...1000))
    case "Replace":
      try reader.check(value, what, ["type", "pattern", "content"])
      self = .replace(try reader.pattern(value), with: try reader.bytes("content", in: value))
    default:
      throw reader.unsupported(
        value,
        "unsupported decoder \(quoted(type)). Supported are Sequence, ByteLevel, WordPiece, Metaspace, BPEDecoder, ByteFallback, Fuse, "
          + "Strip and Replace.")
    }
  }

  var json: JSON {
    switch self {
    case .sequence(let parts): ["type": "Sequence", "decoders": .array(parts.map(\.json))]
    case .byteLevel: ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true]
    case .wordPiece(let prefix, let cleansUp): ["type": "WordPiece", "prefix": .bytes(prefix), "cleanup": .bool(cleansUp)]
    case .metaspace(let replacement, let scheme):
      ["type": "Metaspace", "replacement": .bytes(replacement), "prepend_scheme": .string(scheme.rawValue), "split": true]
    case .bytePair(let suffix): ["type": "BPEDecoder", "suffix": .bytes(suffix)]
    case .byteFallback: ["type": "ByteFallback"]
    case .fuse: ["type": "Fuse"]
    case .strip(let content, let start, let stop):
      ["type": "Strip", "content": .bytes(content), "start": .integer(start), "stop": .integer(stop)]
    case .replace(let pattern, let content): ["type": "Replace", "pattern": pattern.json, "content": .bytes(content)]
    }
  }
}
