extension Diagnostic.Code {
  /// E0101.
  public static let missingKey = Diagnostic.Code("E0101", "a required key is missing")
}

/// The presence of a key for which absence and `null` have different meanings.
public enum Presence<Value> {
  /// The key is not there.
  case absent
  /// The key is `null`.
  case null
  /// The key has a value.
  case value(Value)
}

extension Presence: Sendable where Value: Sendable {}
extension Presence: Equatable where Value: Equatable {}

/// Provides the keys of one JSON object to the initializer of a configuration type.
///
/// One line per key gives its name, default, range and documentation:
///
///     init(_ c: FieldReader) {
///       learningRate = c.number("learning_rate", default: 1e-3, in: 0..., doc: "Step size.")
///     }
///
/// Nothing throws. Errors are collected, and a placeholder within the range is returned so that reading continues; the value
/// of the whole is valid only if there were no errors. From the same lines come unknown keys, the resolved file, the JSON Schema and
/// the table of keys. For the latter two the initializer runs without a file: it then gets placeholders (a default, a number
/// within its range, nil), and must read every key whatever it got; only `variant` may depend on a value.
public final class FieldReader {
  /// The path of the object: `train`, `stages[2]`; empty for the root.
  public let path: String
  /// The place where the object begins; for an absent object, that of its parent.
  public let place: Place
  let pass: ReadingPass
  /// The object; nil when the initializer only describes itself.
  let members: [JSON.Member]?
  let isRoot: Bool

  /// What was read so far. Keys are collected while reading too, their shapes only while describing.
  var shape = ObjectShape()
  var keys: Set<String> = []
  /// Keys that are known but were not read, as others excluded them.
  var excludedKeys: Set<String> = []
  var chosenVariants: [ChosenVariant] = []
  private var resolved: [JSON.Member] = []
  /// The values that keys would have had if they were absent; computed on demand by ``isSet(_:)``.
  private var defaults: [String: () -> JSON] = [:]

  /// Reads an object.
  init(_ found: Found, isRoot: Bool = false) {
    (path, place, pass) = (found.path, found.place, found.pass)
    (members, self.isRoot) = (found.json.members ?? [], isRoot)
  }

  /// Describes an object.
  private init() {
    (path, place, pass) = ("", .wholeFile(path: ""), ReadingPass())
    (members, isRoot) = (nil, false)
  }

  /// The keys that `body` reads, and its result for placeholders.
  static func describe<Value>(_ body: (FieldReader) -> Value) -> (shape: ObjectShape, value: Value) {
    let reader = FieldReader()
    let value = body(reader)
    return (reader.shape, value)
  }

  /// Reports keys that nothing read, and returns the resolved object.
  func finish() -> JSON {
    reportUnknownKeys()
    return JSON(.object(resolved))
  }

  func member(_ key: String) -> JSON.Member? { members?.first { $0.name == key } }

  /// The value of `key`, ready to be read.
  func found(_ key: String, _ json: JSON) -> Found {
    Found(json: json, path: path.appending(key: key), place: json.place ?? place, pass: pass)
  }

  /// Records that `key` is read here. Returns a placeholder if there is no file to read it from.
  func declare<Value>(_ key: String, _ reader: ValueReader<Value>, _ presence: FieldShape.Presence, doc: String) -> Value? {
    note(key)
    guard members == nil else { return nil }
    let (valueShape, placeholder) = reader.describe()
    shape.entries.append(.field(FieldShape(key: key, shape: valueShape, presence: presence, doc: doc)))
    return placeholder
  }

  /// Records that `key` is read here; reading it twice is an error in the configuration type.
  func note(_ key: String) {
    if !keys.insert(key).inserted { fatalError("the key \(path.appending(key: key)) is read twice") }
  }

  func resolve(_ key: String, as json: JSON) { resolved.append(JSON.Member(key, json)) }

  /// Whether `key` has another value than its default. A rule that rejects a key that is not used here asks this: a resolved config names every
  /// key, and must be readable again. The key must have been read before; false if there is no file.
  public func isSet(_ key: String) -> Bool {
    if !keys.contains(key) { fatalError("whether the key \(path.appending(key: key)) is set is asked before it is read") }
    guard has(key) else { return false }
    guard let standard = defaults[key], let value = resolved.last(where: { $0.name == key })?.value else { return true }
    return value != standard()
  }
}

extension FieldReader {
  /// A required value.
  public func value<Value>(_ key: String, _ reader: ValueReader<Value>, doc: String) -> Value {
    if let placeholder = declare(key, reader, .required, doc: doc) { return placeholder }
    guard let json = given(key, reader, hint: "") else {
      if member(key) == nil { reportMissing(key, wants: reader.wants, doc: doc) }
      return reader.describe().placeholder
    }
    return read(key, json, reader)
  }

  /// A value with a default, given as it would be in the file.
  public func value<Value>(_ key: String, _ reader: ValueReader<Value>, default defaultValue: JSON, doc: String) -> Value {
    if declare(key, reader, .defaulted(defaultValue), doc: doc) != nil { return read(key, defaultValue, reader) }
    defaults[key] = { [place] in reader.read(Found(json: defaultValue, path: "", place: place, pass: ReadingPass())).1 }
    guard let json = given(key, reader, hint: "; for the default (\(defaultValue.serialized())) remove the key") else {
      return read(key, defaultValue, reader)
    }
    let value = read(key, json, reader)
    if !pass.hasFindings(within: path.appending(key: key)) { return value }
    return reader.read(Found(json: defaultValue, path: "", place: place, pass: ReadingPass())).0
  }

  /// A value, or nil if the key is absent or `null`.
  public func optional<Value>(_ key: String, _ reader: ValueReader<Value>, doc: String) -> Value? {
    if declare(key, reader, .optional, doc: doc) != nil { return nil }
    guard let json = member(key)?.value, !json.isNull else {
      resolve(key, as: .null)
      return nil
    }
    let value = read(key, json, reader)
    return pass.hasFindings(within: path.appending(key: key)) ? nil : value
  }

  /// A value with a default, given as it would be in the file; nil if the key is `null`.
  public func valueUnlessNull<Value>(_ key: String, _ reader: ValueReader<Value>, default defaultValue: JSON, doc: String) -> Value? {
    if declare(key, reader, .defaultedUnlessNull(defaultValue), doc: doc) != nil { return read(key, defaultValue, reader) }
    guard let json = member(key)?.value else { return read(key, defaultValue, reader) }
    if json.isNull {
      resolve(key, as: .null)
      return nil
    }
    return read(key, json, reader)
  }

  /// A value whose absence has another meaning than `null`.
  public func presence<Value>(_ key: String, _ reader: ValueReader<Value>, doc: String) -> Presence<Value> {
    if declare(key, reader, .distinctNull, doc: doc) != nil { return .absent }
    guard let json = member(key)?.value else { return .absent }
    if json.isNull {
      resolve(key, as: .null)
      return .null
    }
    return .value(read(key, json, reader))
  }

  /// An object; if the key is absent it is read from `{}`, so that its defaults apply and the resolved file shows them.
  public func object<Value>(_ key: String, doc: String, _ body: @escaping (FieldReader) -> Value) -> Value {
    let reader = ValueReader.object(body)
    if let placeholder = declare(key, reader, .implied, doc: doc) { return placeholder }
    defaults[key] = { [place] in reader.read(Found(json: .object([]), path: "", place: place, pass: ReadingPass())).1 }
    func hint() -> String {
      let shape = FieldShape(key: key, shape: reader.describe().shape, presence: .implied, doc: doc)
      return shape.isRequired ? "" : "; for the defaults remove the key"
    }
    if let json = given(key, reader, hint: hint()) { return read(key, json, reader) }
    return member(key) == nil ? read(key, .object([]), reader) : reader.describe().placeholder
  }

  /// An object, or nil if the key is absent or `null`.
  public func optionalObject<Value>(_ key: String, doc: String, _ body: @escaping (FieldReader) -> Value) -> Value? {
    optional(key, .object(body), doc: doc)
  }

  /// An object that `null` turns off, which gives nil; if the key is absent it is read from `{}`, so that its defaults apply.
  public func objectUnlessNull<Value>(_ key: String, doc: String, _ body: @escaping (FieldReader) -> Value) -> Value? {
    let reader = ValueReader.object(body)
    if let placeholder = declare(key, reader, .distinctNull, doc: doc) { return placeholder }
    guard let json = member(key)?.value else { return read(key, .object([]), reader) }
    guard json.isNull else { return read(key, json, reader) }
    resolve(key, as: .null)
    return nil
  }

  /// An array of objects, `count` of them; an absent one is empty.
  public func objects<Value>(
    _ key: String, count: some ValueRange<Int> = Bounds<Int>.any, doc: String, _ body: @escaping (FieldReader) -> Value
  ) -> [Value] {
    value(key, .list(of: .object(body), count: count), default: [], doc: doc)
  }

  /// The value at `key`, if there is one; reports a `null`.
  private func given<Value>(_ key: String, _ reader: ValueReader<Value>, hint: @autoclosure () -> String) -> JSON? {
    guard let json = member(key)?.value else { return nil }
    guard json.isNull else { return json }
    found(key, json).wrongType(wants: reader.wants, kinds: reader.kinds, hint: hint())
    return nil
  }

  private func read<Value>(_ key: String, _ json: JSON, _ reader: ValueReader<Value>) -> Value {
    let (value, resolved) = reader.read(found(key, json))
    resolve(key, as: resolved)
    return value
  }

  func reportMissing(_ key: String, wants: String, doc: String, spoiling scope: String? = nil) {
    pass.report(
      .missingKey, at: place, path: path.appending(key: key), "missing; expected \(wants) (\(doc.droppingFullStop))", spoiling: scope,
      isAbsent: true)
  }
}

extension String {
  /// A message ends with a full stop only if it has several sentences.
  var droppingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
