/// What a field accepts, as data: the source of the JSON Schema and the table of keys.
indirect enum ValueShape {
  case number(Bounds<Double>)
  case integer(Bounds<Int>)
  case bool
  case string
  case anything
  case choice([String])
  case list(ValueShape, count: Bounds<Int>)
  case oneOrMany(ValueShape, count: Bounds<Int>)
  case map(ValueShape)
  case either(ValueShape, ValueShape)
  case object(ObjectShape)
  /// A shape that several keys share, described once under its name.
  case named(String, ValueShape)

  /// The element of a list; any other shape itself.
  var element: ValueShape {
    if case .list(let element, _) = self { element } else { self }
  }
}

/// One key of an object.
struct FieldShape {
  enum Presence {
    /// Must be given.
    case required
    /// Has a default.
    case defaulted(JSON)
    /// Has a default; `null` means none.
    case defaultedUnlessNull(JSON)
    /// An object whose fields have defaults of their own.
    case implied
    /// Absent and `null` mean none.
    case optional
    /// Absence and `null` have different meanings.
    case distinctNull
  }

  let key: String
  let shape: ValueShape
  let presence: Presence
  let doc: String

  /// Whether an object without this key is an error.
  var isRequired: Bool {
    switch (presence, shape) {
    case (.required, _): true
    case (.implied, .object(let object)): !object.acceptsEmpty
    default: false
    }
  }

  var acceptsNull: Bool {
    switch presence {
    case .optional, .distinctNull, .defaultedUnlessNull: true
    default: false
    }
  }
}

/// The keys of an object, in the order they are read.
struct ObjectShape {
  /// A key whose value decides which others are read.
  struct Variants {
    struct Case {
      let name: String
      let doc: String
      let shape: ObjectShape
    }

    let key: String
    let doc: String
    let defaultName: String?
    let cases: [Case]
  }

  enum Entry {
    case field(FieldShape)
    case variants(Variants)
  }

  /// One way to fill the object: for each discriminator one of its values, and the keys read then.
  struct Alternative {
    enum Part {
      case field(FieldShape)
      case discriminator(Variants, Variants.Case)
    }

    var parts: [Part] = []

    var isRequired: Bool {
      parts.contains { part in
        switch part {
        case .field(let field): field.isRequired
        case .discriminator(let variants, let chosen): variants.defaultName != chosen.name
        }
      }
    }
  }

  var entries: [Entry] = []

  /// All ways to fill the object; one if there is no discriminator.
  var alternatives: [Alternative] {
    entries.reduce([Alternative()]) { prefixes, entry in
      let continuations: [[Alternative.Part]] =
        switch entry {
        case .field(let field): [[.field(field)]]
        case .variants(let variants):
          variants.cases.flatMap { chosen in
            chosen.shape.alternatives.map { [.discriminator(variants, chosen)] + $0.parts }
          }
        }
      return prefixes.flatMap { prefix in continuations.map { Alternative(parts: prefix.parts + $0) } }
    }
  }

  /// Whether `{}` has every required key.
  var acceptsEmpty: Bool { alternatives.contains { !$0.isRequired } }

  /// Every key that some alternative reads.
  var keys: [String] {
    entries.flatMap { entry -> [String] in
      switch entry {
      case .field(let field): [field.key]
      case .variants(let variants): [variants.key] + variants.cases.flatMap(\.shape.keys)
      }
    }
  }
}

extension ValueShape {
  /// Every named shape in this one, in order; a name comes once.
  var definitions: [(name: String, shape: ValueShape)] {
    switch self {
    case .number, .integer, .bool, .string, .anything, .choice: []
    case .list(let element, _), .oneOrMany(let element, _), .map(let element): element.definitions
    case .either(let first, let second): first.definitions + second.definitions
    case .object(let object): object.definitions
    case .named(let name, let shape): [(name, shape)] + shape.definitions
    }
  }
}

extension ObjectShape {
  /// Every named shape in the fields; a name comes once.
  var definitions: [(name: String, shape: ValueShape)] {
    let all = entries.flatMap { entry in
      switch entry {
      case .field(let field): field.shape.definitions
      case .variants(let variants): variants.cases.flatMap(\.shape.definitions)
      }
    }
    return all.enumerated().filter { index, definition in !all[..<index].contains { $0.name == definition.name } }.map(\.element)
  }
}
