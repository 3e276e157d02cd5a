/// One key in the table of all keys.
public struct FieldRow: Sendable, Equatable {
  /// The key with the objects it lies in, `optimizer.betas`. `[]` stands for any element of an array, `*` for any key.
  public let path: String
  /// The values of the discriminators for which it is read: `adamw`, `adam, adamw` (either), `transformer: local` (the second
  /// within the first); empty for a key that is always read.
  public var types = ""
  /// `number`, `integer`, `boolean`, `string`, `object`, `array of numbers` and so on.
  public let type: String
  /// The default as JSON, or `required`.
  public let defaultText: String
  /// The values accepted, `>= 0, < 1` or `"relu", "gelu"`; empty if the type says everything.
  public let range: String
  /// What the key does.
  public let doc: String

  /// The path and, in parentheses, the types: `optimizer.betas (adamw)`.
  public var label: String { types.isEmpty ? path : "\(path) (\(types))" }
}

extension FieldReader {
  /// A row for every key that `body` reads, in the order of reading; an object's own row comes before those of its keys.
  public static func table<Value>(_ body: @escaping (FieldReader) -> Value) -> [FieldRow] {
    let (shape, _) = describe(body)
    return shape.rows(path: "")
  }
}

extension ObjectShape {
  fileprivate func rows(path: String) -> [FieldRow] {
    entries.flatMap { entry -> [FieldRow] in
      switch entry {
      case .field(let field): field.rows(path: path)
      case .variants(let variants): variants.rows(path: path)
      }
    }
  }
}

extension ObjectShape.Variants {
  /// The discriminator and the keys of all cases; a key that several cases read in the same way has one row that names them all.
  fileprivate func rows(path: String) -> [FieldRow] {
    let own = FieldRow(
      path: path.appending(key: key), type: "string", defaultText: defaultName?.quoted ?? "required",
      range: cases.map(\.name.quoted).joined(separator: ", "), doc: doc)
    var merged: [(row: FieldRow, cases: [String])] = []
    for variant in cases {
      for row in variant.shape.rows(path: path) {
        if let index = merged.firstIndex(where: { $0.row == row }) {
          merged[index].cases.append(variant.name)
        } else {
          merged.append((row, [variant.name]))
        }
      }
    }
    return [own]
      + merged.map { row, cases in
        var row = row
        let names = cases.joined(separator: ", ")
        row.types = row.types.isEmpty ? names : "\(names): \(row.types)"
        return row
      }
  }
}

extension FieldShape {
  fileprivate func rows(path: String) -> [FieldRow] {
    let path = path.appending(key: key)
    let defaultText =
      switch presence {
      case .required: "required"
      case .defaulted(let value), .defaultedUnlessNull(let value): value.serialized()
      case .implied: isRequired ? "required" : "{}"
      case .optional: "null"
      case .distinctNull: "absent"
      }
    let own = FieldRow(path: path, type: shape.typeName, defaultText: defaultText, range: shape.range, doc: doc)
    return [own] + shape.innerRows(path: path)
  }
}

extension ValueShape {
  /// `number`, `array of numbers`, `string or object`.
  fileprivate var typeName: String {
    switch self {
    case .number: "number"
    case .integer: "integer"
    case .bool: "boolean"
    case .string, .choice: "string"
    case .anything: "value"
    case .list(let element, _): "array of \(element.typeName)s"
    case .oneOrMany(let element, _): "\(element.typeName) or array of \(element.typeName)s"
    case .map(let element): "object of \(element.typeName)s"
    case .either(let first, let second): "\(first.typeName) or \(second.typeName)"
    case .object: "object"
    case .named(let name, _): name
    }
  }

  fileprivate var range: String {
    switch self {
    case .number(let bounds): bounds.notation
    case .integer(let bounds): bounds.notation
    case .bool, .string, .anything, .object, .named: ""
    case .choice(let names): names.map(\.quoted).joined(separator: ", ")
    case .list(let element, let count), .oneOrMany(let element, let count):
      [count == .any ? "" : count.count(of: "value"), element.range].filter { !$0.isEmpty }.joined(separator: ", each ")
    case .map(let element): element.range
    case .either(let first, let second): [first.range, second.range].filter { !$0.isEmpty }.joined(separator: " or ")
    }
  }

  fileprivate func innerRows(path: String) -> [FieldRow] {
    switch self {
    case .number, .integer, .bool, .string, .anything, .choice, .named: []
    case .list(let element, _): element.innerRows(path: path + "[]")
    case .oneOrMany(let element, _): element.innerRows(path: path) + element.innerRows(path: path + "[]")
    case .map(let element): element.innerRows(path: path + ".*")
    case .either(let first, let second): first.innerRows(path: path) + second.innerRows(path: path)
    case .object(let shape): shape.rows(path: path)
    }
  }
}
