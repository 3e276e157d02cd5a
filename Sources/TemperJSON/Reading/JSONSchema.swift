extension FieldReader {
  /// The JSON Schema (draft 2020-12) of what `body`, the initializer of the root object, reads; `id` is its own address (`$id`).
  ///
  /// An object with a discriminator is a `oneOf` with every key in each branch, so that an editor offers only what the chosen
  /// type reads. Checks by components themselves are not part of it.
  public static func schema<Value>(title: String, id: String, _ body: @escaping (FieldReader) -> Value) -> JSON {
    let (shape, _) = describe(body)
    let head: [(String, JSON)] = [
      ("$schema", "https://json-schema.org/draft/2020-12/schema"), ("$id", .string(id)), ("title", .string(title)),
    ]
    let definitions = shape.definitions.map { ($0.name, JSON.object($0.shape.schema)) }
    return .object(head + shape.schema(isRoot: true) + (definitions.isEmpty ? [] : [("$defs", .object(definitions))]))
  }
}

extension ObjectShape {
  /// The members of this object's schema; the root also allows `$schema`.
  func schema(isRoot: Bool = false) -> [(String, JSON)] {
    let branches = alternatives.map { $0.schema(isRoot: isRoot) }
    return branches.count == 1 ? branches[0] : [("oneOf", .array(branches.map { .object($0) }))]
  }
}

extension ObjectShape.Alternative {
  fileprivate func schema(isRoot: Bool) -> [(String, JSON)] {
    var properties: [(String, JSON)] = isRoot ? [("$schema", .object([("type", "string")]))] : []
    var required: [JSON] = []
    var docs: [String] = []
    for part in parts {
      switch part {
      case .field(let field):
        properties.append((field.key, field.schema))
        if field.isRequired { required.append(.string(field.key)) }
      case .discriminator(let variants, let chosen):
        docs.append(chosen.doc)
        var property: [(String, JSON)] = [("description", .string(variants.doc)), ("const", .string(chosen.name))]
        if chosen.name == variants.defaultName {
          property.append(("default", .string(chosen.name)))
        } else {
          required.append(.string(variants.key))
        }
        properties.append((variants.key, .object(property)))
      }
    }
    var members: [(String, JSON)] = docs.isEmpty ? [] : [("description", .string(docs.joined(separator: " ")))]
    members += [("type", "object"), ("properties", .object(properties))]
    if !required.isEmpty { members.append(("required", .array(required))) }
    members.append(("additionalProperties", false))
    return members
  }
}

extension FieldShape {
  fileprivate var schema: JSON {
    // For the only variant, the field's own documentation says more.
    let shape = (acceptsNull ? shape.nullableSchema : shape.schema).filter { $0.0 != "description" }
    var members = [("description", .string(doc))] + shape
    switch presence {
    case .defaulted(let value), .defaultedUnlessNull(let value): members.append(("default", value))
    case .optional: members.append(("default", .null))
    case .required, .implied, .distinctNull: break
    }
    return .object(members)
  }
}

extension ValueShape {
  fileprivate var schema: [(String, JSON)] {
    switch self {
    case .number(let bounds): return [("type", "number")] + bounds.schema
    case .integer(let bounds): return [("type", "integer")] + bounds.schema
    case .bool: return [("type", "boolean")]
    case .string: return [("type", "string")]
    case .anything: return []
    case .choice(let names): return [("enum", .array(names.map { .string($0) }))]
    case .list(let element, let count):
      return [("type", "array"), ("items", .object(element.schema))] + count.schema(least: "minItems", most: "maxItems")
    case .oneOrMany(let element, let count):
      return [("anyOf", [.object(element.schema), .object(ValueShape.list(element, count: count).schema)])]
    case .map(let element): return [("type", "object"), ("additionalProperties", .object(element.schema))]
    case .either(let first, let second): return [("anyOf", [.object(first.schema), .object(second.schema)])]
    case .object(let shape): return shape.schema()
    case .named(let name, _): return [("$ref", .string("#/$defs/\(name)"))]
    }
  }

  fileprivate var nullableSchema: [(String, JSON)] {
    switch self {
    case .number, .integer, .bool, .string:
      schema.map { $0.0 == "type" ? ("type", [$0.1, "null"]) : $0 }
    case .choice(let names): [("enum", .array(names.map { .string($0) } + [.null]))]
    default: [("anyOf", [.object(schema), .object([("type", "null")])])]
    }
  }
}

extension Bounds where Value: Bounded {
  fileprivate var schema: [(String, JSON)] {
    var members: [(String, JSON)] = []
    if let lower { members.append((excludesLower ? "exclusiveMinimum" : "minimum", lower.shortJSON)) }
    if let upper { members.append((excludesUpper ? "exclusiveMaximum" : "maximum", upper.shortJSON)) }
    return members
  }
}

extension Bounds<Int> {
  fileprivate func schema(least: String, most: String) -> [(String, JSON)] {
    var members: [(String, JSON)] = []
    if let lower { members.append((least, .integer(excludesLower ? lower + 1 : lower))) }
    if let upper { members.append((most, .integer(excludesUpper ? upper - 1 : upper))) }
    return members
  }
}
