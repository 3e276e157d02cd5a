extension Diagnostic.Code {
  /// E0001.
  public static let jsonEmpty = Diagnostic.Code("E0001", "the JSON file is empty")
  /// E0002.
  public static let jsonUnexpected = Diagnostic.Code("E0002", "something else where JSON expects a value, a key or a separator")
  /// E0003.
  public static let jsonEndsEarly = Diagnostic.Code("E0003", "the file ends before a string, an array or an object is closed")
  /// E0004.
  public static let jsonTextAfterEnd = Diagnostic.Code("E0004", "text follows the one value of the file")
  /// E0005.
  public static let jsonTrailingComma = Diagnostic.Code("E0005", "a comma stands before a closing bracket")
  /// E0006.
  public static let jsonComment = Diagnostic.Code("E0006", "JSON has no comments")
  /// E0007.
  public static let jsonQuotes = Diagnostic.Code("E0007", "keys and strings need straight double quotes")
  /// E0008.
  public static let jsonMalformedNumber = Diagnostic.Code("E0008", "a malformed number")
  /// E0009.
  public static let jsonNumberTooLarge = Diagnostic.Code("E0009", "a number is too large for 64-bit floating point")
  /// E0010.
  public static let jsonControlCharacter = Diagnostic.Code("E0010", "an unescaped line break or control character in a string")
  /// E0011.
  public static let jsonBadEscape = Diagnostic.Code("E0011", "an unknown escape in a string")
  /// E0012.
  public static let jsonLoneSurrogate = Diagnostic.Code("E0012", "an escape is half a surrogate pair")
  /// E0013.
  public static let jsonInvalidUTF8 = Diagnostic.Code("E0013", "the file is not valid UTF-8")
  /// E0014.
  public static let jsonDuplicateKey = Diagnostic.Code("E0014", "an object has the same key twice")
  /// E0015.
  public static let jsonTooDeep = Diagnostic.Code("E0015", "objects and arrays are nested too deep")
  /// E0016.
  public static let jsonMisspeltWord = Diagnostic.Code("E0016", "true, false and null must be lowercase")
}

extension JSONParser {
  /// The error for the next byte, where `wanted` is expected.
  func unexpected(_ wanted: String) -> Diagnostics {
    guard position < bytes.count else { return endsEarly(wanted) }
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "#"):
      return Diagnostics(.jsonComment, at: here, "JSON has no comments; remove it")
    case UInt8(ascii: "'"), UInt8(ascii: "`"):
      return Diagnostics(.jsonQuotes, at: here, "keys and strings need double quotes (\"), not \(Unicode.Scalar(byte))")
    case UInt8(ascii: "+"):
      return Diagnostics(.jsonMalformedNumber, at: here, "a number has no leading \"+\"; remove it")
    case UInt8(ascii: ".") where position + 1 < bytes.count && isDigit(bytes[position + 1]):
      let written = text(position, wordEnd(from: position + 1))
      return Diagnostics(.jsonMalformedNumber, at: here, "a number needs a digit before the \".\"; write 0\(written)")
    case let byte where isLetter(byte): return bareWord(wanted)
    default: break
    }
    guard let (scalar, _) = scalar(at: position) else { return notUTF8() }
    switch scalar {
    case "\u{2018}"..."\u{201F}", "\u{AB}", "\u{BB}":
      return Diagnostics(.jsonQuotes, at: here, "keys and strings need straight double quotes (\"), not \(scalar)")
    case "\u{21}"..."\u{7E}": return Diagnostics(.jsonUnexpected, at: here, "expected \(wanted), found \"\(scalar)\"")
    default:
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let code = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      return Diagnostics(.jsonUnexpected, at: here, "expected \(wanted), found the character U+\(code); remove it")
    }
  }

  /// The next byte does not begin a valid UTF-8 sequence.
  func notUTF8() -> Diagnostics {
    Diagnostics(.jsonInvalidUTF8, at: here, "byte 0x\(String(byte, radix: 16, uppercase: true)) is not UTF-8; save the file as UTF-8")
  }

  private func endsEarly(_ wanted: String) -> Diagnostics {
    guard let last = open.last else { return Diagnostics(.jsonEndsEarly, at: here, "the file ends where \(wanted) is expected") }
    return Diagnostics(
      .jsonEndsEarly, at: here,
      "the file ends where \(wanted) is expected; the \"\(Unicode.Scalar(last.bracket))\" at \(last.line):\(last.column) is not closed")
  }

  private func bareWord(_ wanted: String) -> Diagnostics {
    let word = text(position, wordEnd(from: position))
    guard wanted == "a value" else {
      return Diagnostics(.jsonQuotes, at: here, "expected \(wanted), found \(word.shortened)")
    }
    switch word.lowercased() {
    case "true", "false": return Diagnostics(.jsonMisspeltWord, at: here, "found \(word); write \(word.lowercased())")
    case "null", "none", "nil", "undefined": return Diagnostics(.jsonMisspeltWord, at: here, "found \(word); write null")
    case "nan", "inf", "infinity":
      return Diagnostics(.jsonMalformedNumber, at: here, "\(word) is not a JSON number; write a finite number, or null")
    default: return Diagnostics(.jsonQuotes, at: here, "expected a value, found \(word.shortened); a string needs double quotes")
    }
  }
}
