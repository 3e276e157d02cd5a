import TemperJSON

extension PostProcessor {
  init(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) {
    let what = "a post-processor"
    let type = try reader.string("type", in: value)
    switch type {
    case "Sequence":
      try reader.check(value, what, ["type", "processors"])
      self = .sequence(
        try reader.all(reader.array("processors", in: value)) { part throws(Diagnostics) in try PostProcessor(part, reader) })
    case "ByteLevel":
      try reader.check(value, what, ["type", "add_prefix_space", "trim_offsets", "use_regex"])
      self = .byteLevel(
        addsPrefixSpace: try reader.bool("add_prefix_space", in: value, absent: true),
        trimsOffsets: try reader.bool("trim_offsets", in: value, absent: true),
        splits: try reader.bool("use_regex", in: value, absent: true))
    case "BertProcessing":
      try reader.check(value, what, ["type", "sep", "cls"])
      self = .bert(separator: try Self.token("sep", value, reader), classification: try Self.token("cls", value, reader))
    case "RobertaProcessing":
      try reader.check(value, what, ["type", "sep", "cls", "trim_offsets", "add_prefix_space"])
      self = .roberta(
        separator: try Self.token("sep", value, reader), classification: try Self.token("cls", value, reader),
        trimsOffsets: try reader.bool("trim_offsets", in: value, absent: true),
        addsPrefixSpace: try reader.bool("add_prefix_space", in: value, absent: true))
    case "TemplateProcessing":
      try reader.check(value, what, ["type", "single", "pair", "special_tokens"])
      let specials = try reader.all((value["special_tokens"]?.members ?? []).map(\.value)) { value throws(Diagnostics) in
        try reader.check(value, "a special token", ["id", "ids", "tokens"])
        return Special(
          name: try reader.string("id", in: value),
          ids: try reader.all(reader.array("ids", in: value)) { id throws(Diagnostics) in try reader.id(id) },
          tokens: try reader.array("tokens", in: value).compactMap(\.string))
      }
      func pieces(_ key: String) throws(Diagnostics) -> [Piece] {
        try reader.all(reader.array(key, in: value)) { piece throws(Diagnostics) in try Self.piece(piece, specials, reader) }
      }
      self = .template(single: try pieces("single"), pair: try pieces("pair"), specials: specials)
    default:
      throw reader.unsupported(
        value,
        "unsupported post-processor \(quoted(type)). Supported are Sequence, TemplateProcessing, BertProcessing, RobertaProcessing and "
          + "ByteLevel.")
    }
  }

  /// A token and its id, as `["[SEP]", 102]`.
  private static func token(_ key: String, _ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) -> Special {
    let pair = try reader.array(key, in: value)
    guard pair.count == 2, let name = pair[0].string else {
      throw reader.failure(value[key]!, "\(quoted(key)) must be a token and its id.")
    }
    return Special(name: name, ids: [try reader.id(pair[1])], tokens: [name])
  }

  private static func piece(_ value: JSON, _ specials: [Special], _ reader: TokenizerReader) throws(Diagnostics) -> Piece {
    try reader.check(value, "a piece of a template", ["Sequence", "SpecialToken"])
    guard let member = value.members?.first?.value else {
      throw reader.failure(value, "a piece of a template must name a sequence or a token.")
    }
    let name = try reader.string("id", in: member)
    let type = try reader.integer("type_id", in: member, 0...Int(Int32.max))
    if value["Sequence"] != nil {
      guard name == "A" || name == "B" else { throw reader.failure(member, "a sequence of a template must be \"A\" or \"B\".") }
      return .text(isSecond: name == "B", type: type)
    }
    guard specials.contains(where: { $0.name == name }) else {
      throw reader.failure(member, "the template's token \(quoted(name)) is not in its \"special_tokens\".")
    }
    return .special(name, type: type)
  }

  var json: JSON {
    switch self {
    case .sequence(let parts): return ["type": "Sequence", "processors": .array(parts.map(\.json))]
    case .template(let single, let pair, let specials):
      func json(_ piece: Piece) -> JSON {
        switch piece {
        case .text(let isSecond, let type): ["Sequence": ["id": .string(isSecond ? "B" : "A"), "type_id": .integer(type)]]
        case .special(let name, let type): ["SpecialToken": ["id": .string(name), "type_id": .integer(type)]]
        }
      }
      return [
        "type": "TemplateProcessing", "single": .array(single.map(json)), "pair": .array(pair.map(json)),
        "special_tokens": .object(
          specials.map { special in
            (
              special.name,
              [
                "id": .string(special.name), "ids": .array(special.ids.map { .integer(Int($0)) }),
                "tokens": .array(special.tokens.map { .string($0) }),
              ]
            )
          }),
      ]
    case .bert(let separator, let classification):
      return ["type": "BertProcessing", "sep": separator.pairJSON, "cls": classification.pairJSON]
    case .roberta(let separator, let classification, let trimsOffsets, let addsPrefixSpace):
      return [
        "type": "RobertaProcessing", "sep": separator.pairJSON, "cls": classification.pairJSON, "trim_offsets": .bool(trimsOffsets),
        "add_prefix_space": .bool(addsPrefixSpace),
      ]
    case .byteLevel(let addsPrefixSpace, let trimsOffsets, let splits):
      return [
        "type": "ByteLevel", "add_prefix_space": .bool(addsPrefixSpace), "trim_offsets": .bool(trimsOffsets), "use_regex": .bool(splits),
      ]
    }
  }
}

extension PostProcessor.Special {
  fileprivate var pairJSON: JSON { [.string(name), .integer(Int(ids.first ?? 0))] }
}
