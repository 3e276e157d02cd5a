extension JSONParser {
  /// A number; `position` is at its sign or first digit.
  mutating func number() throws(Diagnostics) -> JSON.Content {
    let start = position
    let negative = byte == UInt8(ascii: "-")
    if negative { position += 1 }
    guard isDigit(byte) else {
      let end = wordEnd(from: position)
      throw malformed(at: start, end > position ? "\"\(text(start, end))\" is not a JSON number" : "a digit must follow \"-\"")
    }
    let firstDigit = position
    var magnitude = 0
    var isInteger = true
    while isDigit(byte) {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      // Downwards, because there is one more negative Int than there are positive ones.
      let (sum, overflow2) = product.subtractingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      if overflow || overflow2 { isInteger = false }
      magnitude = sum
      position += 1
    }
    if bytes[firstDigit] == UInt8(ascii: "0"), position > firstDigit + 1 {
      throw malformed(at: start, "a number has no leading zeros; remove them")
    }
    if byte == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      guard isDigit(byte) else { throw malformed(at: start, "a digit must follow the \".\" of a number") }
      while isDigit(byte) { position += 1 }
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
      guard isDigit(byte) else { throw malformed(at: start, "a digit must follow the \"e\" of a number") }
      while isDigit(byte) { position += 1 }
    }
    let tail = wordEnd(from: position)
    if tail > position || byte == UInt8(ascii: ".") {
      throw malformed(at: start, "\"\(text(start, max(tail, position + 1)))\" is not a number; write it as 1000, 0.001 or 1e-3")
    }
    // -0 is the only whole number that an Int cannot hold.
    if isInteger, !(negative && magnitude == 0) {
      if negative { return .integer(magnitude) }
      if magnitude != .min { return .integer(-magnitude) }
    }
    guard let value = Double(text(start, position)), value.isFinite else {
      throw Diagnostics(
        .jsonNumberTooLarge, at: place(of: start),
        "\(String(text(start, position)).shortened) is too large; the largest number is \(Double.greatestFiniteMagnitude)")
    }
    return .number(value)
  }

  /// A string; `position` is at its opening quote.
  mutating func string() throws(Diagnostics) -> String {
    let start = position
    position += 1
    var copied = position
    var unescaped: [UInt8] = []
    while true {
      guard position < bytes.count else {
        throw Diagnostics(.jsonEndsEarly, at: place(of: start), "this string is never closed; add a \" at its end")
      }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let rest = bytes[copied..<position]
        position += 1
        if unescaped.isEmpty { return String(decoding: rest, as: UTF8.self) }
        return String(decoding: unescaped + rest, as: UTF8.self)
      case UInt8(ascii: "\\"):
        unescaped += bytes[copied..<position]
        unescaped += String(try escape()).utf8
        copied = position
      case 0x0A, 0x0D:
        throw Diagnostics(
          .jsonControlCharacter, at: here, "a string ends on the line it began on; close it with \", or write the line break as \\n")
      case let control where control < 0x20:
        let escape = control == 0x09 ? "\\t" : "\\u\(hex(UInt32(control)))"
        throw Diagnostics(.jsonControlCharacter, at: here, "an unescaped control character in a string; write it as \(escape)")
      case let byte where byte < 0x80: position += 1
      default:
        guard let (_, length) = scalar(at: position) else { throw notUTF8() }
        position += length
      }
    }
  }

  /// An escape; `position` is at its backslash.
  private mutating func escape() throws(Diagnostics) -> Unicode.Scalar {
    let start = position
    position += 2
    switch position <= bytes.count ? bytes[position - 1] : 0 {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try hexDigits(escapeAt: start)
      if let scalar = Unicode.Scalar(unit) { return scalar }
      if unit < 0xDC00, byte == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") {
        position += 2
        let low = try hexDigits(escapeAt: position - 2)
        if low & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF) { return scalar }
      }
      throw Diagnostics(
        .jsonLoneSurrogate, at: place(of: start),
        "\\u\(hex(unit)) is half a surrogate pair; a character beyond U+FFFF needs two escapes, such as \\ud83d\\ude00")
    default:
      throw Diagnostics(
        .jsonBadEscape, at: place(of: start),
        "unknown escape; write a backslash itself as \\\\ (the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)")
    }
  }

  private mutating func hexDigits(escapeAt start: Int) throws(Diagnostics) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw Diagnostics(.jsonBadEscape, at: place(of: start), "\\u needs four hexadecimal digits, such as \\u00e9")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  /// The UTF-8 sequence at `index`, nil if there is no valid one (Unicode 3.9, table 3-7).
  func scalar(at index: Int) -> (Unicode.Scalar, length: Int)? {
    func continuation(_ offset: Int) -> UInt32? {
      guard index + offset < bytes.count, bytes[index + offset] & 0xC0 == 0x80 else { return nil }
      return UInt32(bytes[index + offset] & 0x3F)
    }
    guard index < bytes.count else { return nil }
    let first = UInt32(bytes[index])
    switch first {
    case 0..<0x80: return Unicode.Scalar(first).map { ($0, 1) }
    case 0xC2...0xDF:
      guard let b = continuation(1) else { return nil }
      return Unicode.Scalar((first & 0x1F) << 6 | b).map { ($0, 2) }
    case 0xE0...0xEF:
      guard let b = continuation(1), let c = continuation(2) else { return nil }
      let code = (first & 0x0F) << 12 | b << 6 | c
      return code < 0x800 ? nil : Unicode.Scalar(code).map { ($0, 3) }
    case 0xF0...0xF4:
      guard let b = continuation(1), let c = continuation(2), let d = continuation(3) else { return nil }
      let code = (first & 0x07) << 18 | b << 12 | c << 6 | d
      return code < 0x10000 ? nil : Unicode.Scalar(code).map { ($0, 4) }
    default: return nil
    }
  }

  /// Where the run of letters, digits and underscores that begins at `index` ends.
  func wordEnd(from index: Int) -> Int {
    var end = index
    while end < bytes.count, isDigit(bytes[end]) || isLetter(bytes[end]) { end += 1 }
    return end
  }

  /// The text between two byte positions.
  func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<min(end, bytes.count)], as: UTF8.self) }

  func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_") }

  private func malformed(at start: Int, _ message: String) -> Diagnostics {
    Diagnostics(.jsonMalformedNumber, at: place(of: start), message)
  }

  private func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
