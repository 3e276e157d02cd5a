extension Diagnostic.Code {
  /// E0001.
  public static let emptyFile = Diagnostic.Code("E0001", "the JSON file is empty")
  /// E0002.
  public static let unexpected = Diagnostic.Code("E0002", "something else stands where JSON wants a value, a key or a separator")
  /// E0003.
  public static let endsEarly = Diagnostic.Code("E0003", "the file ends before a string, an array or an object is closed")
  /// E0004.
  public static let textAfterEnd = Diagnostic.Code("E0004", "text follows the one value of the file")
  /// E0005.
  public static let trailingComma = Diagnostic.Code("E0005", "a comma stands before a closing bracket")
  /// E0006.
  public static let comment = Diagnostic.Code("E0006", "JSON has no comments")
  /// E0007.
  public static let quotes = Diagnostic.Code("E0007", "keys and strings take straight double quotes")
  /// E0008.
  public static let malformedNumber = Diagnostic.Code("E0008", "a number is not written as JSON writes numbers")
  /// E0009.
  public static let numberTooLarge = Diagnostic.Code("E0009", "a number is too large for 64-bit floating point")
  /// E0010.
  public static let controlCharacter = Diagnostic.Code("E0010", "a line break or control character stands raw in a string")
  /// E0011.
  public static let badEscape = Diagnostic.Code("E0011", "a string holds an escape that JSON does not have")
  /// E0012.
  public static let loneSurrogate = Diagnostic.Code("E0012", "an escape is half a surrogate pair")
  /// E0013.
  public static let invalidUTF8 = Diagnostic.Code("E0013", "the file is not valid UTF-8")
  /// E0014.
  public static let duplicateKey = Diagnostic.Code("E0014", "an object has the same key twice")
  /// E0015.
  public static let tooDeep = Diagnostic.Code("E0015", "objects and arrays are nested too deep")
  /// E0016.
  public static let misspeltWord = Diagnostic.Code("E0016", "true, false and null are written in small letters")
}

extension JSONParser {
  /// What to say about the next byte, where `wanted` should stand.
  func unexpected(_ wanted: String) -> Diagnostics {
    guard position < bytes.count else { return endsEarly(wanted) }
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "#"):
      return Diagnostics(.comment, at: here, "JSON has no comments; remove it")
    case UInt8(ascii: "'"), UInt8(ascii: "`"):
      return Diagnostics(.quotes, at: here, "keys and strings take double quotes (\"), not \(Unicode.Scalar(byte))")
    case UInt8(ascii: "+"):
      return Diagnostics(.malformedNumber, at: here, "a number has no leading \"+\"; remove it")
    case UInt8(ascii: ".") where position + 1 < bytes.count && isDigit(bytes[position + 1]):
      let written = text(position, wordEnd(from: position + 1))
      return Diagnostics(.malformedNumber, at: here, "a number needs a digit before the \".\"; write 0\(written)")
    case let byte where isLetter(byte): return bareWord(wanted)
    default: break
    }
    guard let (scalar, _) = scalar(at: position) else { return notUTF8() }
    switch scalar {
    case "\u{2018}"..."\u{201F}", "\u{AB}", "\u{BB}":
      return Diagnostics(.quotes, at: here, "keys and strings take straight double quotes (\"), not \(scalar)")
    case "\u{21}"..."\u{7E}": return Diagnostics(.unexpected, at: here, "wants \(wanted), found \"\(scalar)\"")
    default:
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let code = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      return Diagnostics(.unexpected, at: here, "wants \(wanted), found the character U+\(code); remove it")
    }
  }

  /// The byte to read next begins no valid UTF-8 sequence.
  func notUTF8() -> Diagnostics {
    Diagnostics(.invalidUTF8, at: here, "byte 0x\(String(byte, radix: 16, uppercase: true)) is not UTF-8; save the file as UTF-8")
  }

  private func endsEarly(_ wanted: String) -> Diagnostics {
    guard let last = open.last else { return Diagnostics(.endsEarly, at: here, "the file ends where it wants \(wanted)") }
    return Diagnostics(
      .endsEarly, at: here,
      "the file ends where it wants \(wanted); the \"\(Unicode.Scalar(last.bracket))\" at \(last.line):\(last.column) is not closed")
  }

  private func bareWord(_ wanted: String) -> Diagnostics {
    let word = text(position, wordEnd(from: position))
    guard wanted == "a value" else {
      return Diagnostics(.quotes, at: here, "wants \(wanted), found \(word.shortened)")
    }
    switch word.lowercased() {
    case "true", "false": return Diagnostics(.misspeltWord, at: here, "found \(word); write \(word.lowercased())")
    case "null", "none", "nil", "undefined": return Diagnostics(.misspeltWord, at: here, "found \(word); write null")
    case "nan", "inf", "infinity":
      return Diagnostics(.malformedNumber, at: here, "\(word) is no number JSON knows; write a finite one, or null")
    default: return Diagnostics(.quotes, at: here, "wants a value, found \(word.shortened); a string takes double quotes")
    }
  }
}
