import TemperJSON

extension Diagnostic.Code {
  /// A line that is no JSON object.
  public static let badJSONLine = Diagnostic.Code("E0262", "a line is not a JSON object")
  /// An object or a list where a number, a text, a truth value or null belongs.
  public static let nestedValue = Diagnostic.Code("E0263", "a value of a JSON line is an object or a list")
  /// A key that a line has twice, or without a name.
  public static let badJSONKey = Diagnostic.Code("E0264", "a key of a JSON line is empty or there twice")
}

/// Finds where the values of some JSON lines start and end, and what is wrong with them (RFC 8259, strictly). No tree is built.
struct JSONLScan {
  /// Bytes of the file, or of ``arena`` where the text of a value is not there as it stands.
  struct Span {
    var start = 0
    var count = 0
    var isInArena = false
    /// Where the value begins in the file.
    var offset = 0
  }

  let file: FileBytes
  /// The keys met, in the order of their first appearance.
  private(set) var names = ByteIndex()
  /// The value of each row, by key; those of missing keys and of `null` are empty.
  private(set) var spans: [[Span]] = []
  private(set) var rows = 0
  private(set) var arena: [UInt8] = []
  var findings = Findings()
  /// Whether objects and lists inside a row are passed over, as if their keys were missing, and not reported.
  var skipsNested = false

  /// A scan that knows `names` already.
  init(_ file: FileBytes, names: [String] = []) {
    self.file = file
    self.names = ByteIndex(names)
    spans = Array(repeating: [], count: names.count)
  }

  /// Scans the whole lines in `range`, the first of which is on `line`.
  mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, line: Int) {
    var (start, line) = (range.lowerBound, line)
    while start < range.upperBound, !findings.isFull {
      var end = start
      while end < range.upperBound, bytes[end] != CSVScan.lineFeed { end += 1 }
      do throws(Mistake) {
        try row(bytes, start..<end)
      } catch {
        let place = CSVScan.place(file, bytes, offset: error.offset, line: line)
        findings.add(error.code, at: place, error.message)
      }
      rows += 1
      (start, line) = (end + 1, line + 1)
    }
    for column in spans.indices { pad(column) }
  }

  /// Runs `body` on the text of a value.
  @inline(__always)
  func withField<Result>(_ bytes: UnsafeBufferPointer<UInt8>, _ span: Span, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if span.isInArena {
      return arena.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[span.start..<(span.start + span.count)])) }
    }
    return body(UnsafeBufferPointer(rebasing: bytes[span.start..<(span.start + span.count)]))
  }

  /// What is wrong with a row; the rest of the row is not looked at.
  private struct Mistake: Error {
    var code = Diagnostic.Code.badJSONLine
    let offset: Int
    let message: String
  }

  private mutating func pad(_ column: Int) {
    while spans[column].count < rows { spans[column].append(Span()) }
  }

  private mutating func row(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) throws(Mistake) {
    var i = range.lowerBound
    let end = range.upperBound
    func skipSpace() {
      while i < end, bytes[i] == 0x20 || bytes[i] == 0x09 || bytes[i] == 0x0D { i += 1 }
    }
    func wants(_ what: String) -> Mistake {
      let found = i < end ? quoted(String(decoding: [bytes[i]], as: UTF8.self)) + " stands here" : "the line ends here"
      return Mistake(offset: i, message: "\(found), and \(what) is wanted. Write one JSON object a line.")
    }
    skipSpace()
    guard i < end else { throw Mistake(code: .blankLine, offset: range.lowerBound, message: "a blank line between rows. Remove it.") }
    guard bytes[i] == UInt8(ascii: "{") else { throw wants("a JSON object, {\"key\": value, ...},") }
    i += 1
    skipSpace()
    var expected = 0
    if i < end, bytes[i] == UInt8(ascii: "}") {
      i += 1
    } else {
      while true {
        skipSpace()
        guard i < end, bytes[i] == CSVScan.quote else { throw wants("a key in double quotes") }
        let keyOffset = i
        let key = try string(bytes, end, &i)
        skipSpace()
        guard i < end, bytes[i] == UInt8(ascii: ":") else { throw wants("a colon") }
        i += 1
        skipSpace()
        guard i < end else { throw wants("a value") }
        let span = try value(bytes, end, &i)
        let column = try self.column(bytes, key, expected, keyOffset)
        expected = column + 1
        spans[column].append(span)
        skipSpace()
        guard i < end, bytes[i] == UInt8(ascii: ",") || bytes[i] == UInt8(ascii: "}") else { throw wants("a comma or a closing brace") }
        i += 1
        if bytes[i - 1] == UInt8(ascii: "}") { break }
      }
    }
    skipSpace()
    if i < end { throw wants("the end of the line") }
  }

  /// The number of the key `key`, likely `expected`, which this row has not had yet.
  private mutating func column(
    _ bytes: UnsafeBufferPointer<UInt8>, _ key: Span, _ expected: Int, _ offset: Int
  ) throws(Mistake) -> Int {
    if key.count == 0 { throw Mistake(code: .badJSONKey, offset: offset, message: "a key without a name. Give it one, or remove it.") }
    let known = withField(bytes, key) { name in names.find(name, likely: expected) }
    guard let column = known else {
      let number = names.count
      let name = withField(bytes, key) { Array($0) }
      name.withUnsafeBufferPointer { names.append($0) }
      spans.append([])
      pad(number)
      return number
    }
    if spans[column].count > rows {
      throw Mistake(code: .badJSONKey, offset: offset, message: "the key \(quoted(names[column])) is there twice. Remove one of them.")
    }
    pad(column)
    return column
  }

  private mutating func value(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int) throws(Mistake) -> Span {
    let start = i
    switch bytes[i] {
    case CSVScan.quote: return try string(bytes, end, &i)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if skipsNested {
        try nested(bytes, end, &i, depth: 1)
        return Span()
      }
      throw Mistake(
        code: .nestedValue, offset: i,
        message: "\(bytes[i] == UInt8(ascii: "{") ? "an object" : "a list") inside a row. Write its parts as keys of their own, such as "
          + "\"size_0\" and \"size_1\", or leave it out.")
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      for word: StaticString in ["true", "false", "null"] where bytes[i] == word.utf8Start[0] {
        let count = word.utf8CodeUnitCount
        guard i + count <= end, (0..<count).allSatisfy({ bytes[i + $0] == word.utf8Start[$0] }) else { break }
        i += count
        return Span(start: start, count: bytes[start] == UInt8(ascii: "n") ? 0 : count, offset: start)
      }
    default:
      if number(bytes, end, &i) { return Span(start: start, count: i - start, offset: start) }
    }
    throw Mistake(
      offset: start, message: "this is no JSON value. Write a number like -12.5 or 3e-4, a text in double quotes, true, false or null.")
  }

  /// Passes over the object or the list that opens at `i`.
  private mutating func nested(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int, depth: Int) throws(Mistake) {
    guard depth <= 100 else { throw Mistake(offset: i, message: "lists and objects lie in each other more than 100 deep. Leave them out.") }
    let isObject = bytes[i] == UInt8(ascii: "{")
    let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    func skipSpace() {
      while i < end, bytes[i] == 0x20 || bytes[i] == 0x09 || bytes[i] == 0x0D { i += 1 }
    }
    func wants(_ what: String) -> Mistake {
      Mistake(offset: i, message: "\(i < end ? "something else stands here" : "the line ends here"), and \(what) is wanted.")
    }
    i += 1
    skipSpace()
    if i < end, bytes[i] == close {
      i += 1
      return
    }
    while true {
      skipSpace()
      if isObject {
        guard i < end, bytes[i] == CSVScan.quote else { throw wants("a key in double quotes") }
        _ = try string(bytes, end, &i)
        skipSpace()
        guard i < end, bytes[i] == UInt8(ascii: ":") else { throw wants("a colon") }
        i += 1
        skipSpace()
      }
      guard i < end else { throw wants("a value") }
      if bytes[i] == UInt8(ascii: "{") || bytes[i] == UInt8(ascii: "[") {
        try nested(bytes, end, &i, depth: depth + 1)
      } else {
        _ = try value(bytes, end, &i)
      }
      skipSpace()
      guard i < end, bytes[i] == UInt8(ascii: ",") || bytes[i] == close else { throw wants("a comma or the end of what is open") }
      i += 1
      if bytes[i - 1] == close { return }
    }
  }

  /// Passes over a number as JSON writes it; false if there is none.
  private func number(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int) -> Bool {
    func digits() -> Bool {
      let start = i
      while i < end, bytes[i] &- UInt8(ascii: "0") < 10 { i += 1 }
      return i > start
    }
    if bytes[i] == UInt8(ascii: "-") { i += 1 }
    let first = i
    guard digits(), i == first + 1 || bytes[first] != UInt8(ascii: "0") else { return false }
    if i < end, bytes[i] == UInt8(ascii: ".") {
      i += 1
      guard digits() else { return false }
    }
    if i < end, bytes[i] | 0x20 == UInt8(ascii: "e") {
      i += 1
      if i < end, bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") { i += 1 }
      guard digits() else { return false }
    }
    return true
  }

  /// Reads the string whose opening quote stands at `i`.
  private mutating func string(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int) throws(Mistake) -> Span {
    let open = i
    i += 1
    let start = i
    while i < end, bytes[i] != CSVScan.quote, bytes[i] != UInt8(ascii: "\\"), bytes[i] >= 0x20 { i += 1 }
    if i < end, bytes[i] == CSVScan.quote {
      i += 1
      return Span(start: start, count: i - 1 - start, offset: open)
    }
    let arenaStart = arena.count
    arena += bytes[start..<i]
    while i < end, bytes[i] != CSVScan.quote {
      if bytes[i] < 0x20 {
        throw Mistake(offset: i, message: "a control character inside a text. Write it as \\t, \\r or \\u00XX.")
      } else if bytes[i] == UInt8(ascii: "\\") {
        try escape(bytes, end, &i)
      } else {
        arena.append(bytes[i])
        i += 1
      }
    }
    guard i < end else {
      throw Mistake(offset: open, message: "the text that opens here is not closed on its line. Close it; write a line break as \\n.")
    }
    i += 1
    return Span(start: arenaStart, count: arena.count - arenaStart, isInArena: true, offset: open)
  }

  private mutating func escape(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int) throws(Mistake) {
    let start = i
    func hex(_ at: Int) -> UInt32? {
      guard at + 6 <= end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else { return nil }
      var value: UInt32 = 0
      for k in 2..<6 {
        guard let digit = Character(UnicodeScalar(bytes[at + k])).hexDigitValue else { return nil }
        value = value << 4 | UInt32(digit)
      }
      return value
    }
    let simple: [UInt8: UInt8] = [0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09]
    if i + 1 < end, let byte = simple[bytes[i + 1]] {
      arena.append(byte)
      i += 2
      return
    }
    if var value = hex(i) {
      i += 6
      if 0xD800..<0xDC00 ~= value, let low = hex(i), 0xDC00..<0xE000 ~= low {
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        i += 6
      }
      if let scalar = UnicodeScalar(value) {
        arena += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        return
      }
      throw Mistake(offset: start, message: "half of a surrogate pair. Write the character itself, or both halves.")
    }
    throw Mistake(offset: start, message: "a backslash with a meaning that JSON does not know. Write \\\\ for the backslash itself.")
  }
}
