import TemperJSON

extension Diagnostic.Code {
  /// A blank line before the header or between rows.
  public static let blankLine = Diagnostic.Code("E0206", "a blank line in a table")
  /// A line that is not a JSON object.
  public static let badJSONLine = Diagnostic.Code("E0262", "a line is not a JSON object")
  /// A list where a number, a text, a boolean or null is expected.
  public static let nestedValue = Diagnostic.Code("E0263", "a value in a JSON line is an array")
  /// A key that is empty or repeated in a line.
  public static let badJSONKey = Diagnostic.Code("E0264", "a key of a JSON line is empty or duplicate")
}

/// Finds the starts and ends of the values in some JSON lines, and errors in them (RFC 8259, strictly). No tree is built.
package struct JSONLScan {
  /// A range of bytes of the file, or of ``arena`` if the text of a value is not literally in the file.
  package struct Span {
    package var start = 0
    package var count = 0
    package var isInArena = false
    /// The start of the value in the file.
    package var offset = 0

    /// The text of the value, in `bytes` (those of the file) or in `arena`.
    @inlinable @inline(__always)
    package func text(_ bytes: UnsafeBufferPointer<UInt8>, _ arena: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(rebasing: (isInArena ? arena : bytes)[start..<(start + count)])
    }
  }

  package let file: FileBytes
  /// The keys found, in order of first appearance.
  package private(set) var names = ByteIndex()
  /// The value of each row, by key; missing keys and `null` are empty.
  package private(set) var spans: [[Span]] = []
  package private(set) var rows = 0
  /// The texts of values that are not in the file as they are, such as those with escapes.
  package internal(set) var arena: [UInt8] = []
  package var findings = Findings()
  /// The only key to find, if set: lists, and objects that do not lead to it, are skipped as if their keys were missing.
  package var sought: String? = nil

  /// Creates a scan that knows `names` already.
  package init(_ file: FileBytes, names: [String] = []) {
    self.file = file
    self.names = ByteIndex(names)
    spans = Array(repeating: [], count: names.count)
  }

  /// Scans the complete lines in `range`, the first of which is on `line`.
  package mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, line: Int) {
    var (start, line) = (range.lowerBound, line)
    while start < range.upperBound, !findings.isFull {
      var end = start
      while end < range.upperBound, bytes[end] != .lineFeed { end += 1 }
      do throws(Mistake) {
        try row(bytes, start..<end)
      } catch {
        let place = file.place(bytes, offset: error.offset, line: line)
        findings.add(error.code, at: place, error.message)
      }
      rows += 1
      (start, line) = (end + 1, line + 1)
    }
    for column in spans.indices { pad(column) }
  }

  /// Calls `body` with the text of a value. Other modules use ``Span/text(_:_:)``: inlined there, this would copy the scan for each value.
  @inline(__always)
  private func withField<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ span: Span, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    arena.withUnsafeBufferPointer { body(span.text(bytes, $0)) }
  }

  /// An error in a row; the rest of the row is skipped.
  struct Mistake: Error {
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
    skipSpace()
    guard i < end else { throw Mistake(code: .blankLine, offset: range.lowerBound, message: "a blank line between rows. Remove it.") }
    guard bytes[i] == UInt8(ascii: "{") else { throw wants(bytes, end, i, "a JSON object ({\"key\": value, ...})") }
    var expected = 0
    try object(bytes, end, &i, &expected, inside: nil, depth: 1)
    skipSpace()
    if i < end { throw wants(bytes, end, i, "the end of the line") }
  }

  private func wants(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: Int, _ what: String) -> Mistake {
    let found = i < end ? quoted(String(decoding: [bytes[i]], as: UTF8.self)) : "the end of the line"
    return Mistake(offset: i, message: "expected \(what), found \(found). Write one JSON object per line.")
  }

  /// Reads the object that opens at `i`, whose keys are nested `inside` another's value: their columns have both names, joined by a point.
  private mutating func object(
    _ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int, _ expected: inout Int, inside outer: Span?, depth: Int
  ) throws(Mistake) {
    guard depth <= Self.depthLimit else { throw tooDeep(i) }
    func skipSpace() {
      while i < end, bytes[i] == 0x20 || bytes[i] == 0x09 || bytes[i] == 0x0D { i += 1 }
    }
    i += 1
    skipSpace()
    if i < end, bytes[i] == UInt8(ascii: "}") {
      i += 1
      return
    }
    while true {
      skipSpace()
      guard i < end, bytes[i] == .doubleQuote else { throw wants(bytes, end, i, "a key in double quotes") }
      let keyOffset = i
      var key = try string(bytes, end, &i)
      if key.count == 0 { throw Mistake(code: .badJSONKey, offset: keyOffset, message: "an empty key. Name it, or remove it.") }
      if let outer { key = joined(bytes, outer, key) }
      skipSpace()
      guard i < end, bytes[i] == UInt8(ascii: ":") else { throw wants(bytes, end, i, "a colon") }
      i += 1
      skipSpace()
      guard i < end else { throw wants(bytes, end, i, "a value") }
      if bytes[i] == UInt8(ascii: "{"), leads(bytes, key) {
        try object(bytes, end, &i, &expected, inside: key, depth: depth + 1)
      } else {
        let span = try value(bytes, end, &i)
        let column = try self.column(bytes, key, expected, keyOffset)
        expected = column + 1
        spans[column].append(span)
      }
      skipSpace()
      guard i < end, bytes[i] == UInt8(ascii: ",") || bytes[i] == UInt8(ascii: "}") else {
        throw wants(bytes, end, i, "a comma or a closing brace")
      }
      i += 1
      if bytes[i - 1] == UInt8(ascii: "}") { return }
    }
  }

  /// The name of `key` nested in the value of `outer`.
  private mutating func joined(_ bytes: UnsafeBufferPointer<UInt8>, _ outer: Span, _ key: Span) -> Span {
    let start = arena.count
    let parts = (withField(bytes, outer) { Array($0) }, withField(bytes, key) { Array($0) })
    arena += parts.0 + [UInt8(ascii: ".")] + parts.1
    return Span(start: start, count: arena.count - start, isInArena: true, offset: key.offset)
  }

  /// Whether keys nested in the value of `key` are needed.
  private func leads(_ bytes: UnsafeBufferPointer<UInt8>, _ key: Span) -> Bool {
    guard let sought else { return true }
    return withField(bytes, key) { sought.utf8.starts(with: Array($0) + [UInt8(ascii: ".")]) }
  }

  /// The index of the key `key`, likely `expected`, which must be new in this row.
  private mutating func column(
    _ bytes: UnsafeBufferPointer<UInt8>, _ key: Span, _ expected: Int, _ offset: Int
  ) throws(Mistake) -> Int {
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
      throw Mistake(
        code: .badJSONKey, offset: offset,
        message: "the key \(quoted(names[column])) is a duplicate, or is both a key and inside an object. Remove one of them.")
    }
    pad(column)
    return column
  }

  private mutating func value(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int) throws(Mistake) -> Span {
    let start = i
    switch bytes[i] {
    case .doubleQuote: return try string(bytes, end, &i)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if sought != nil {
        try nested(bytes, end, &i, depth: 1)
        return Span()
      }
      throw Mistake(
        code: .nestedValue, offset: i,
        message: "an array in a row. Write its elements as separate keys, such as \"size_0\" and \"size_1\", or remove it.")
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "I"):
      if let span = word(bytes, end, &i) { return span }
    default:
      if let span = word(bytes, end, &i, isNegative: true) { return span }
      if number(bytes, end, &i) { return Span(start: start, count: i - start, offset: start) }
    }
    throw Mistake(
      offset: start, message: "not a JSON value. Write a number like -12.5 or 3e-4, a string in double quotes, true, false or null.")
  }

  /// Skips a word; `NaN`, `Infinity` and `-Infinity` are from Python, not JSON. `null` and `NaN` are empty values.
  private func word(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int, isNegative: Bool = false) -> Span? {
    let start = i
    if isNegative, bytes[i] != UInt8(ascii: "-") || i + 1 == end || bytes[i + 1] != UInt8(ascii: "I") { return nil }
    for word: StaticString in isNegative ? ["-Infinity"] : ["true", "false", "null", "NaN", "Infinity"] {
      let count = word.utf8CodeUnitCount
      guard i + count <= end, (0..<count).allSatisfy({ bytes[i + $0] == word.utf8Start[$0] }) else { continue }
      i += count
      return Span(start: start, count: bytes[start] | 0x20 == UInt8(ascii: "n") ? 0 : count, offset: start)
    }
    return nil
  }

  private static let depthLimit = 100

  private func tooDeep(_ offset: Int) -> Mistake {
    Mistake(offset: offset, message: "arrays and objects are nested more than \(Self.depthLimit) deep. Remove them.")
  }

  /// Skips the object or list that opens at `i`.
  private mutating func nested(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int, _ i: inout Int, depth: Int) throws(Mistake) {
    guard depth <= Self.depthLimit else { throw tooDeep(i) }
    let isObject = bytes[i] == UInt8(ascii: "{")
    let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    func skipSpace() {
      while i < end, bytes[i] == 0x20 || bytes[i] == 0x09 || bytes[i] == 0x0D { i += 1 }
    }
    func wants(_ what: String) -> Mistake {
      Mistake(offset: i, message: "expected \(what), found \(i < end ? "something else" : "the end of the line").")
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
        guard i < end, bytes[i] == .doubleQuote else { throw wants("a key in double quotes") }
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
      guard i < end, bytes[i] == UInt8(ascii: ",") || bytes[i] == close else { throw wants("a comma or a closing bracket") }
      i += 1
      if bytes[i - 1] == close { return }
    }
  }

  /// Skips a JSON number; returns false if there is none.
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
}
