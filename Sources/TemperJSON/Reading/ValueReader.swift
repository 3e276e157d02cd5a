/// How one value is read: what it may look like, and what it is converted to.
///
/// Readers are made of readers: `.list(of: .number(in: 0...))`, `.either(.choice(["balanced"]), .map(of: .number()))`.
/// Pass one to `FieldReader.value`, `optional` or `presence`.
public struct ValueReader<Value> {
  /// The kinds of JSON value that are accepted.
  let kinds: Set<JSON.Kind>
  /// What the value is called: `number`. An `s` makes it plural.
  let noun: String
  /// What it is called with an article, or the choices there are: `a number`, `one of "sgd", "adamw"`.
  let wants: String
  /// The shape, and a placeholder to continue with after an error.
  let describe: () -> (shape: ValueShape, placeholder: Value)
  /// The value and its form in the resolved file. Reports errors, and returns a placeholder then.
  let read: (Found) -> (Value, JSON)
}

extension JSON {
  /// What a value looks like.
  enum Kind: Hashable {
    case null, bool, number, string, array, object
  }

  var kind: Kind {
    switch content {
    case .null: .null
    case .bool: .bool
    case .integer, .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// The value as a message names it: `the string "1e-3"`, `an array`, `3.5`.
  var named: String {
    switch content {
    case .null, .bool, .integer, .number: serialized()
    case .string(let text): "the string \(text.shortened.quoted)"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension Diagnostic.Code {
  /// E0104.
  public static let wrongType = Diagnostic.Code("E0104", "a value of the wrong type")
  /// E0105.
  public static let outOfRange = Diagnostic.Code("E0105", "a number, or the count of an array, is out of range")
  /// E0106.
  public static let unknownChoice = Diagnostic.Code("E0106", "a string that is not one of the allowed values")
}

/// A value in the file (or the default of a key).
struct Found {
  let json: JSON
  let path: String
  let place: Place
  let pass: ReadingPass
  /// All that the key accepts, if a reader knows only a part of it.
  var wants: String?

  /// A part of this value.
  func part(_ json: JSON, path: String) -> Found {
    Found(json: json, path: path, place: json.place ?? place, pass: pass)
  }

  func report(_ code: Diagnostic.Code, _ message: String) {
    pass.report(code, at: place, path: path, message)
  }

  /// Reports it; `scope` is the object that cannot be read without the value, if there is one.
  func wrongType(wants: String, kinds: Set<JSON.Kind>, hint: String? = nil, spoiling scope: String? = nil) {
    let message = "expected \(self.wants ?? wants), found \(json.named)\(hint ?? self.hint(kinds))"
    pass.report(.wrongType, at: place, path: path, message, spoiling: scope ?? path)
  }

  /// Reports it; `scope` is the object that cannot be read without the choice, if there is one.
  func unknownChoice(_ text: String, among names: [String], wants: String, spoiling scope: String? = nil) {
    let message = "expected \(self.wants ?? wants), found \(text.shortened.quoted).\(didYouMean(text, among: names))"
    pass.report(.unknownChoice, at: place, path: path, message.droppingFullStop, spoiling: scope)
  }

  /// What to do when the value has the right content but the wrong JSON type.
  private func hint(_ kinds: Set<JSON.Kind>) -> String {
    switch json.content {
    case .string(let text):
      guard let inner = try? JSON.parse(text, path: ""), inner.kind != .null, kinds.contains(inner.kind) else { return "" }
      return "; remove the quotes"
    case .bool, .integer, .number:
      guard kinds == [.string] else { return "" }
      guard case .option = place else { return "; put it in double quotes" }
      return "; put it in double quotes: '\(path)=\"\(json.serialized())\"'"
    default: return ""
    }
  }
}

extension ValueReader<Double> {
  /// A number; its resolved form always has a fraction. One that 32 bits cannot hold is rejected unless the `precision` is double.
  public static func number(
    in range: some ValueRange<Double> = Bounds<Double>.any, precision: NumberPrecision = .single
  ) -> ValueReader {
    let bounds = range.bounds
    return ValueReader(
      kinds: [.number], noun: "number", wants: "a number",
      describe: { (.number(bounds), bounds.example) },
      read: { found in
        if let value = found.json.number {
          if !bounds.contains(value) {
            found.report(.outOfRange, "expected a number \(bounds.phrase), found \(found.json.serialized())")
          } else if let problem = precision.problem(value, in: bounds) {
            found.report(
              .outOfRange,
              "expected a number\(bounds.phrase.isEmpty ? "" : " ")\(bounds.phrase), also in 32 bits, where \(found.json.serialized()) becomes \(problem)"
            )
          } else {
            return (value, .number(value))
          }
        } else {
          found.wrongType(wants: "a number", kinds: [.number])
        }
        return (bounds.example, .null)
      })
  }
}

extension ValueReader<Int> {
  /// A whole number; `3.0` and `1e3` are whole.
  public static func integer(in range: some ValueRange<Int> = Bounds<Int>.any) -> ValueReader {
    let bounds = range.bounds
    return ValueReader(
      kinds: [.number], noun: "whole number", wants: "a whole number",
      describe: { (.integer(bounds), bounds.example) },
      read: { found in
        if let value = found.json.integer {
          if bounds.contains(value) { return (value, .integer(value)) }
          found.report(.outOfRange, "expected a whole number \(bounds.phrase), found \(value)")
        } else {
          found.wrongType(wants: "a whole number", kinds: [.number])
        }
        return (bounds.example, .null)
      })
  }
}

extension ValueReader<Bool> {
  /// `true` or `false`.
  public static var bool: ValueReader {
    ValueReader(
      kinds: [.bool], noun: "truth value", wants: "true or false",
      describe: { (.bool, false) },
      read: { found in
        if let value = found.json.bool { return (value, .bool(value)) }
        found.wrongType(wants: "true or false", kinds: [.bool])
        return (false, .null)
      })
  }
}

extension ValueReader<String> {
  /// Any string.
  public static var string: ValueReader {
    ValueReader(
      kinds: [.string], noun: "string", wants: "a string",
      describe: { (.string, "") },
      read: { found in
        if let value = found.json.string { return (value, .string(value)) }
        found.wrongType(wants: "a string", kinds: [.string])
        return ("", .null)
      })
  }

  /// One of `names`, of which there is at least one.
  public static func choice(_ names: [String]) -> ValueReader {
    let wants = (names.count == 1 ? "" : "one of ") + names.map(\.quoted).joined(separator: ", ")
    return ValueReader(
      kinds: [.string], noun: "string", wants: wants,
      describe: { (.choice(names), names[0]) },
      read: { found in
        if let value = found.json.string {
          if names.contains(value) { return (value, .string(value)) }
          found.unknownChoice(value, among: names, wants: wants)
        } else {
          found.wrongType(wants: wants, kinds: [.string], hint: "")
        }
        return (names[0], .null)
      })
  }
}

extension ValueReader where Value: RawRepresentable<String> & CaseIterable {
  /// One of the cases, by their raw values.
  public static func choice(_ type: Value.Type = Value.self) -> ValueReader {
    let cases = Array(Value.allCases)
    return ValueReader<String>.choice(cases.map(\.rawValue)).map { name in cases.first { $0.rawValue == name } ?? cases[0] }
  }
}

extension ValueReader {
  /// The same values, whose shape is described once under its `name` and not at every key that accepts them: in the table of keys as a type, in
  /// the schema as a definition. `common` describes it where the ranges differ from key to key.
  public func named(_ name: String, as common: ValueReader? = nil) -> ValueReader {
    ValueReader(
      kinds: kinds, noun: name, wants: wants,
      describe: { (.named(name, (common ?? self).describe().shape), describe().placeholder) }, read: read)
  }

  /// The same values in another form.
  public func map<Other>(_ transform: @escaping (Value) -> Other) -> ValueReader<Other> {
    ValueReader<Other>(
      kinds: kinds, noun: noun, wants: wants,
      describe: {
        let (shape, placeholder) = describe()
        return (shape, transform(placeholder))
      },
      read: { found in
        let (value, resolved) = read(found)
        return (transform(value), resolved)
      })
  }
}
