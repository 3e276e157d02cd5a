import TemperJSON

extension Diagnostic.Code {
  /// A tokenizer file is incomplete or inconsistent.
  public static let badTokenizer = Diagnostic.Code("E0280", "a tokenizer file is damaged or inconsistent")
  /// A tokenizer file uses an unsupported feature.
  public static let unsupportedTokenizer = Diagnostic.Code("E0281", "a tokenizer has unsupported components")
  /// A text contains a character missing from a vocabulary without an unknown token.
  public static let noToken = Diagnostic.Code("E0282", "a character has no token")
  /// There is too little text to train a vocabulary.
  public static let untrainableTokenizer = Diagnostic.Code("E0283", "the vocabulary cannot be trained on the texts")
  /// A list of ids contains something else.
  public static let badTokenID = Diagnostic.Code("E0284", "an invalid token id")
}

/// Reads the members of a tokenizer's parts; the first error ends the reading. Unknown members are errors, as they may change the ids.
struct TokenizerReader {
  let path: String

  func failure(_ value: JSON, _ message: String) -> Diagnostics {
    Diagnostics(.badTokenizer, at: value.place ?? .wholeFile(path: path), message)
  }

  func unsupported(_ value: JSON, _ message: String) -> Diagnostics {
    Diagnostics(.unsupportedTokenizer, at: value.place ?? .wholeFile(path: path), message)
  }

  /// Throws if `value` is not an object, or has a member that is not one of `known`.
  func check(_ value: JSON, _ what: String, _ known: [String]) throws(Diagnostics) {
    guard let members = value.members else { throw failure(value, "\(what) must be an object.") }
    for member in members where !known.contains(member.name) {
      throw Diagnostics(
        .unsupportedTokenizer, at: member.place ?? .wholeFile(path: path),
        "\(what) has the unknown key \(quoted(member.name)). Create the tokenizer without it, or remove it if it has no effect.")
    }
  }

  func string(_ key: String, in value: JSON) throws(Diagnostics) -> String {
    guard let text = value[key]?.string else { throw failure(value[key] ?? value, "\(quoted(key)) must be a string.") }
    return text
  }

  /// A string that may be `null` or missing.
  func optionalString(_ key: String, in value: JSON) throws(Diagnostics) -> String? {
    guard let member = value[key], !member.isNull else { return nil }
    return try string(key, in: value)
  }

  func bytes(_ key: String, in value: JSON) throws(Diagnostics) -> [UInt8] { Array(try string(key, in: value).utf8) }

  /// `true` or `false`; a missing value means `absent`, and is an error where that is nil.
  func bool(_ key: String, in value: JSON, absent: Bool?) throws(Diagnostics) -> Bool {
    guard let member = value[key], !member.isNull else {
      if let absent { return absent }
      throw failure(value, "\(quoted(key)) is required: true or false.")
    }
    guard let bool = member.bool else { throw failure(member, "\(quoted(key)) must be true or false.") }
    return bool
  }

  func integer(_ key: String, in value: JSON, _ range: ClosedRange<Int>, absent: Int? = nil) throws(Diagnostics) -> Int {
    if value[key] == nil, let absent { return absent }
    guard let number = value[key]?.integer, range.contains(number) else {
      throw failure(value[key] ?? value, "\(quoted(key)) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  func array(_ key: String, in value: JSON) throws(Diagnostics) -> [JSON] {
    guard let items = value[key]?.array else { throw failure(value[key] ?? value, "\(quoted(key)) must be an array.") }
    return items
  }

  func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, in value: JSON, _ type: Value.Type = Value.self
  ) throws(Diagnostics) -> Value {
    let text = try string(key, in: value)
    guard let choice = Value(rawValue: text) else {
      throw unsupported(value[key] ?? value, "\(quoted(key)) must be one of \(listed(Value.allCases.map(\.rawValue))).")
    }
    return choice
  }

  func id(_ value: JSON) throws(Diagnostics) -> Int32 {
    // Far beyond any vocabulary, and small enough for a table indexed by id.
    guard let id = value.integer, (0..<(1 << 26)).contains(id) else {
      throw failure(value, "an id must be a whole number from 0 to \((1 << 26) - 1).")
    }
    return Int32(id)
  }

  /// The result of `read` for a value that is present and not `null`.
  func optional<Value>(_ key: String, in value: JSON, _ read: (JSON) throws(Diagnostics) -> Value) throws(Diagnostics) -> Value? {
    guard let member = value[key], !member.isNull else { return nil }
    return try read(member)
  }

  func all<Value>(_ values: [JSON], _ read: (JSON) throws(Diagnostics) -> Value) throws(Diagnostics) -> [Value] {
    var result: [Value] = []
    for value in values { result.append(try read(value)) }
    return result
  }

  /// The member `pattern`: a text, or a regular expression.
  func pattern(_ value: JSON) throws(Diagnostics) -> TextPattern {
    guard let pattern = value["pattern"] else { throw failure(value, "\"pattern\" is missing.") }
    if let text = pattern["String"]?.string, !text.isEmpty { return .literal(Array(text.utf8)) }
    guard let text = pattern["Regex"]?.string else {
      throw failure(pattern, "a pattern must be {\"String\": ...} or {\"Regex\": ...}, and not be empty.")
    }
    do {
      return .expression(try RegularExpression(text))
    } catch {
      throw unsupported(pattern, "the regular expression \(quoted(text)) \(error.message).")
    }
  }
}

extension TextPattern {
  var json: JSON {
    switch self {
    case .literal(let text): ["String": .bytes(text)]
    case .expression(let expression): ["Regex": .string(expression.pattern)]
    }
  }
}

extension JSON {
  static func bytes(_ bytes: [UInt8]) -> JSON { .string(String(decoding: bytes, as: UTF8.self)) }
}
