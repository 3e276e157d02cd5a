extension JSON {
  /// Parses one JSON text (RFC 8259, UTF-8, no extensions), recording line and column of every value and every member name.
  ///
  /// A byte order mark is skipped. Whole numbers that fit 64 bits become `.integer`, all others `.number`. `path` is the file's
  /// name as the user knows it, and is only used for places.
  ///
  /// Throws the first error, with its place and a remedy.
  public static func parse(_ bytes: [UInt8], path: String) throws(Diagnostics) -> JSON {
    var parser = JSONParser(bytes, path: path)
    return try parser.document()
  }

  /// Parses one JSON text; see the form that takes bytes.
  public static func parse(_ text: String, path: String) throws(Diagnostics) -> JSON {
    try parse(Array(text.utf8), path: path)
  }
}

/// A recursive descent over bytes. Line breaks are legal only between tokens, so lines are counted only there.
struct JSONParser {
  /// Objects and arrays may be nested this deep; more is an error, and would overflow the stack.
  static let depthLimit = 128

  let bytes: [UInt8]
  let path: String
  /// The byte that is read next.
  var position = 0
  private var line = 1
  private var lineStart = 0
  /// Where the objects and arrays not yet closed began.
  var open: [(bracket: UInt8, line: Int, column: Int)] = []

  init(_ bytes: [UInt8], path: String) {
    (self.bytes, self.path) = (bytes, path)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (position, lineStart) = (3, 3) }
  }

  /// The whole text: one value and white space.
  mutating func document() throws(Diagnostics) -> JSON {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw Diagnostics(.jsonInvalidUTF8, at: here, "the file is UTF-16; save it as UTF-8")
    }
    skipSpace()
    if position == bytes.count {
      throw Diagnostics(.jsonEmpty, at: .wholeFile(path: path), "the file is empty; write at least {}")
    }
    let value = try self.value()
    skipSpace()
    if position < bytes.count {
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "#") { throw unexpected("the end of the file") }
      throw Diagnostics(.jsonTextAfterEnd, at: here, "text after the end; a file has one value, so remove what follows it")
    }
    return value
  }

  /// The byte to read next; 0 after the end, which is not a byte of any JSON token.
  var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

  /// The place of the byte to read next.
  var here: Place { place(of: position) }

  /// The place of a byte of the current line.
  func place(of index: Int) -> Place { .file(path: path, line: line, column: index - lineStart + 1) }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0D: position += 1
      case 0x0A:
        position += 1
        line += 1
        lineStart = position
      default: return
      }
    }
  }

  private mutating func value() throws(Diagnostics) -> JSON {
    let place = here
    switch byte {
    case UInt8(ascii: "{"): return JSON(try object(), place: place)
    case UInt8(ascii: "["): return JSON(try array(), place: place)
    case UInt8(ascii: "\""): return JSON(.string(try string()), place: place)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return JSON(try number(), place: place)
    case UInt8(ascii: "t") where takeWord("true"): return JSON(.bool(true), place: place)
    case UInt8(ascii: "f") where takeWord("false"): return JSON(.bool(false), place: place)
    case UInt8(ascii: "n") where takeWord("null"): return JSON(.null, place: place)
    default: throw unexpected("a value")
    }
  }

  private mutating func takeWord(_ text: StaticString) -> Bool {
    let end = position + text.utf8CodeUnitCount
    guard end <= bytes.count, wordEnd(from: position) == end else { return false }
    for index in position..<end where bytes[index] != text.utf8Start[index - position] { return false }
    position = end
    return true
  }

  private mutating func enter() throws(Diagnostics) {
    if open.count == Self.depthLimit {
      throw Diagnostics(.jsonTooDeep, at: here, "nested more than \(Self.depthLimit) levels deep; make the file flatter")
    }
    open.append((byte, line, position - lineStart + 1))
    position += 1
    skipSpace()
  }

  private mutating func array() throws(Diagnostics) -> JSON.Content {
    try enter()
    var values: [JSON] = []
    while byte != UInt8(ascii: "]") || !values.isEmpty {
      values.append(try value())
      if try !another(before: UInt8(ascii: "]")) { break }
    }
    position += 1
    open.removeLast()
    return .array(values)
  }

  private mutating func object() throws(Diagnostics) -> JSON.Content {
    try enter()
    var members: [JSON.Member] = []
    var names = MemberNames()
    while byte != UInt8(ascii: "}") || !members.isEmpty {
      guard byte == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
      let place = here
      let name = try string()
      if let first = names.insert(name, among: members) {
        let before = members[first].place.map { " (\($0))" } ?? ""
        throw Diagnostics(.jsonDuplicateKey, at: place, "duplicate key \(name.quoted)\(before); remove one of the two")
      }
      skipSpace()
      guard byte == UInt8(ascii: ":") else { throw unexpected("\":\" after the key \(name.quoted)") }
      position += 1
      skipSpace()
      members.append(JSON.Member(name, try value(), place: place))
      if try !another(before: UInt8(ascii: "}")) { break }
    }
    position += 1
    open.removeLast()
    return .object(members)
  }

  /// Takes the comma between two elements; false at the closing bracket, which it leaves.
  private mutating func another(before close: UInt8) throws(Diagnostics) -> Bool {
    skipSpace()
    if byte == close { return false }
    let bracket = Unicode.Scalar(close)
    guard byte == UInt8(ascii: ",") else {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "0")...UInt8(ascii: "9"):
        throw Diagnostics(.jsonUnexpected, at: here, "a \",\" is missing before this")
      default: throw unexpected("\",\" or \"\(bracket)\"")
      }
    }
    let comma = here
    position += 1
    skipSpace()
    if byte == close { throw Diagnostics(.jsonTrailingComma, at: comma, "a comma before \"\(bracket)\"; remove it") }
    return true
  }
}

/// The names of one object, compared byte by byte (Swift's `==` would equate "é" with its decomposed form).
private struct MemberNames {
  private struct Name: Hashable {
    let text: String

    static func == (a: Name, b: Name) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
      for byte in text.utf8 { hasher.combine(byte) }
    }
  }

  /// Filled once an object is too large for a linear search.
  private var indices: [Name: Int] = [:]

  /// The index of the member that has this name already, else nil.
  mutating func insert(_ text: String, among members: [JSON.Member]) -> Int? {
    if members.count < 16 { return members.firstIndex { Name(text: $0.name) == Name(text: text) } }
    if indices.isEmpty {
      for (index, member) in members.enumerated() { indices[Name(text: member.name)] = index }
    }
    let known = indices.updateValue(members.count, forKey: Name(text: text))
    return known
  }
}
