extension JSON {
  /// The value as JSON text, without a line break at its end. Equal trees give equal bytes.
  ///
  /// A `.number` is written in the fewest digits that read back to the same bits, and keeps its fraction (`3.0`); one that is
  /// not finite is written as `null`, as JSON has no form for it.
  /// If `pretty`, every member has a line of its own, indented by two spaces, and an array without arrays and objects in it stays on
  /// one line if that fits 100 columns.
  public func serialized(pretty: Bool = false) -> String {
    var writer = JSONWriter(pretty: pretty)
    writer.write(self, indent: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension String {
  /// The string as JSON text, in double quotes and on one line.
  var quoted: String { JSON.string(self).serialized() }
}

private struct JSONWriter {
  private static let width = 100

  let pretty: Bool
  var bytes: [UInt8] = []

  mutating func write(_ json: JSON, indent: Int) {
    switch json.content {
    case .null: put("null")
    case .bool(let value): put(value ? "true" : "false")
    case .integer(let value): put(String(value))
    case .number(let value): put(value.isFinite ? value.description : "null")
    case .string(let value): put(string: value)
    case .array(let values): write(values, indent: indent)
    case .object(let members):
      if members.isEmpty { return put("{}") }
      put("{")
      for (index, member) in members.enumerated() {
        if index > 0 { put(",") }
        newLine(indent + 1)
        put(string: member.name)
        put(pretty ? ": " : ":")
        write(member.value, indent: indent + 1)
      }
      newLine(indent)
      put("}")
    }
  }

  private mutating func write(_ values: [JSON], indent: Int) {
    if values.isEmpty { return put("[]") }
    let start = bytes.count
    if !pretty || values.allSatisfy({ $0.array == nil && $0.members == nil }) {
      put("[")
      for (index, value) in values.enumerated() {
        if index > 0 { put(pretty ? ", " : ",") }
        write(value, indent: indent)
      }
      put("]")
      // One column is left for a comma that may follow.
      if !pretty || column < Self.width { return }
      bytes.removeSubrange(start...)
    }
    put("[")
    for (index, value) in values.enumerated() {
      if index > 0 { put(",") }
      newLine(indent + 1)
      write(value, indent: indent + 1)
    }
    newLine(indent)
    put("]")
  }

  /// How many bytes the current line has.
  private var column: Int { bytes.count - ((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1) }

  private mutating func newLine(_ indent: Int) {
    guard pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func put(string: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): put("\\\"")
      case UInt8(ascii: "\\"): put("\\\\")
      case 0x08: put("\\b")
      case 0x09: put("\\t")
      case 0x0A: put("\\n")
      case 0x0C: put("\\f")
      case 0x0D: put("\\r")
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        put(digits.utf8.count == 1 ? "\\u000\(digits)" : "\\u00\(digits)")
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
