import TemperJSON

extension PreTokenizer {
  init(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) {
    let what = "a pre-tokenizer"
    let type = try reader.string("type", in: value)
    switch type {
    case "Sequence":
      try reader.check(value, what, ["type", "pretokenizers"])
      self = .sequence(
        try reader.all(reader.array("pretokenizers", in: value)) { part throws(Diagnostics) in try PreTokenizer(part, reader) })
    case "ByteLevel":
      try reader.check(value, what, ["type", "add_prefix_space", "trim_offsets", "use_regex"])
      self = .byteLevel(
        addsPrefixSpace: try reader.bool("add_prefix_space", in: value, absent: nil),
        splits: try reader.bool("use_regex", in: value, absent: true))
    case "BertPreTokenizer", "Whitespace", "WhitespaceSplit":
      try reader.check(value, what, ["type"])
      self = type == "Whitespace" ? .whitespace : type == "WhitespaceSplit" ? .whitespaceSplit : .bert
    case "Metaspace":
      try reader.check(value, what, ["type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])
      let (replacement, scheme) = try Self.metaspace(value, reader)
      self = .metaspace(replacement: replacement, scheme: scheme, splits: try reader.bool("split", in: value, absent: true))
    case "Digits":
      try reader.check(value, what, ["type", "individual_digits"])
      self = .digits(individual: try reader.bool("individual_digits", in: value, absent: nil))
    case "Punctuation":
      try reader.check(value, what, ["type", "behavior"])
      self = .punctuation(value["behavior"] == nil ? .isolated : try reader.choice("behavior", in: value))
    case "CharDelimiterSplit":
      try reader.check(value, what, ["type", "delimiter"])
      self = .characterDelimiter(try reader.bytes("delimiter", in: value))
    case "Split":
      try reader.check(value, what, ["type", "pattern", "behavior", "invert"])
      self = .pattern(
        try reader.pattern(value), try reader.choice("behavior", in: value), inverted: try reader.bool("invert", in: value, absent: nil))
    default:
      throw reader.unsupported(
        value,
        "unsupported pre-tokenizer \(quoted(type)). Supported are Sequence, ByteLevel, BertPreTokenizer, Whitespace, WhitespaceSplit, "
          + "Metaspace, Digits, Punctuation, CharDelimiterSplit and Split.")
    }
  }

  /// The members shared by the pre-tokenizer and the decoder of this name. Older files have `add_prefix_space` instead of the scheme.
  static func metaspace(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) -> (replacement: [UInt8], scheme: PrependScheme) {
    let scheme: PrependScheme =
      if value["prepend_scheme"] != nil {
        try reader.choice("prepend_scheme", in: value)
      } else {
        try reader.bool("add_prefix_space", in: value, absent: true) ? .always : .never
      }
    let replacement = try reader.string("replacement", in: value)
    guard replacement.unicodeScalars.count == 1 else {
      throw reader.failure(value["replacement"] ?? value, "\"replacement\" must be one character, such as \"\u{2581}\".")
    }
    return (Array(replacement.utf8), scheme)
  }

  /// Whether words reach the model as bytes; nil where only some do, which no model supports.
  var isByteLevel: Bool? {
    switch self {
    case .byteLevel: true
    case .sequence(let parts):
      if parts.dropLast().contains(where: { $0.isByteLevel != false }) { nil } else { parts.last?.isByteLevel ?? false }
    default: false
    }
  }

  var json: JSON {
    switch self {
    case .sequence(let parts): ["type": "Sequence", "pretokenizers": .array(parts.map(\.json))]
    case .byteLevel(let addsPrefixSpace, let splits):
      ["type": "ByteLevel", "add_prefix_space": .bool(addsPrefixSpace), "trim_offsets": true, "use_regex": .bool(splits)]
    case .bert: ["type": "BertPreTokenizer"]
    case .whitespace: ["type": "Whitespace"]
    case .whitespaceSplit: ["type": "WhitespaceSplit"]
    case .metaspace(let replacement, let scheme, let splits):
      ["type": "Metaspace", "replacement": .bytes(replacement), "prepend_scheme": .string(scheme.rawValue), "split": .bool(splits)]
    case .digits(let individual): ["type": "Digits", "individual_digits": .bool(individual)]
    case .punctuation(let behavior): ["type": "Punctuation", "behavior": .string(behavior.rawValue)]
    case .characterDelimiter(let delimiter): ["type": "CharDelimiterSplit", "delimiter": .bytes(delimiter)]
    case .pattern(let pattern, let behavior, let inverted):
      [
        "type": "Split", "pattern": pattern.json, "behavior": .string(behavior.rawValue), "invert": .bool(inverted),
      ]
    }
  }
}
