import TemperFiles

/// The special bytes of a CSV file.
struct CSVDialect: Sendable, Equatable {
  /// The byte between fields.
  let delimiter: UInt8
  /// The quote byte around fields that contain delimiters and line ends.
  let quote: UInt8
  /// Bytes that are stripped around unquoted fields, and outside quotes.
  private let blanks: (UInt8, UInt8)

  /// Placeholder for an unused byte, which is not in any UTF-8 text.
  private static let none: UInt8 = 0xF9

  /// Creates a dialect with fields separated by `delimiter`, quoted by `quote`, and with blanks around them stripped if `trims`.
  init(_ delimiter: Delimiter, quote: TableOptions.Quote = .double, trims: Bool = true) {
    self.delimiter = delimiter.byte
    self.quote =
      switch quote {
      case .double: .doubleQuote
      case .single: UInt8(ascii: "'")
      case .none: Self.none
      }
    func blank(_ byte: UInt8) -> UInt8 { trims && byte != delimiter.byte ? byte : Self.none }
    blanks = (blank(UInt8(ascii: " ")), blank(UInt8(ascii: "\t")))
  }

  static func == (a: CSVDialect, b: CSVDialect) -> Bool { (a.delimiter, a.quote) == (b.delimiter, b.quote) && a.blanks == b.blanks }

  @inline(__always)
  func isBlank(_ byte: UInt8) -> Bool { byte == blanks.0 || byte == blanks.1 }
}

extension TableOptions {
  /// The dialect of the CSV file called `name`.
  func dialect(of name: String) -> CSVDialect {
    CSVDialect(delimiter(of: name), quote: quote, trims: trimsBlanks)
  }
}

extension CSVDialect {
  /// `bytes`, which begin with a record, with a line feed for each carriage return outside quotes that is not followed by one, the line
  /// ends of old Macs. Nil if there are none. A carriage return at the very end counts only if nothing follows.
  func withoutLoneReturns(_ bytes: UnsafeBufferPointer<UInt8>, isAll: Bool) -> [UInt8]? {
    guard bytes.hasLoneReturn(in: 0..<bytes.count, isAll: isAll) else { return nil }
    var result = Array(bytes)
    let count = bytes.count
    var i = bytes.markLength
    var isStart = true
    var isChanged = false
    while i < count {
      if isStart {
        while i < count, isBlank(bytes[i]) { i += 1 }
        if i < count, bytes[i] == quote {
          repeat {
            i = bytes.find(quote, from: i + 1, upTo: count) + 1
          } while i < count && bytes[i] == quote
        }
        isStart = false
        continue
      }
      let byte = bytes[i]
      if byte == .carriageReturn, i + 1 < count ? bytes[i + 1] != .lineFeed : isAll {
        result[i] = .lineFeed
        isChanged = true
      }
      isStart = byte == delimiter || byte == .lineFeed || result[i] == .lineFeed
      i += 1
    }
    return isChanged ? result : nil
  }

  /// The bytes of a quoted field with doubled quotes unescaped.
  @inline(never)
  static func unescaped(_ raw: UnsafeBufferPointer<UInt8>, quote: UInt8) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var i = 0
    while i < raw.count {
      bytes.append(raw[i])
      i += raw[i] == quote && i + 1 < raw.count && raw[i + 1] == quote ? 2 : 1
    }
    return bytes
  }
}
