/// A point in time in a table.
public struct Moment: Sendable, Equatable {
  /// Seconds since 1970-01-01 00:00 in local time as written.
  public var clock: Double
  /// Seconds since 1970-01-01 00:00 UTC: local time minus its offset, if one is written.
  public var instant: Double

  /// Creates a moment from known parts.
  public init(clock: Double, instant: Double) {
    (self.clock, self.instant) = (clock, instant)
  }
}

/// A date format.
///
/// Either ISO 8601, or a pattern of Python's `strptime`: `%Y` (four digits), `%y` (69 to 99 are in the last century), `%m`, `%d`, `%H`,
/// `%I` with `%p` (AM, PM), `%M`, `%S`, `%f` (a fraction of a second), `%b` (an English month, three letters or full), `%z` (`Z`,
/// `+02`, `+0200`, `+02:00`) and `%%`. All else is literal. Parsing is strict: day 31 of a month with 30 days is not a date.
public struct DateFormat: Sendable, Hashable {
  /// `iso`, or the pattern.
  public let text: String
  private let parts: [Part]

  private enum Part: Hashable {
    case literal(UInt8)
    case field(Field)
  }

  private enum Field: UInt8 {
    case year = 0x59  // Y
    case shortYear = 0x79  // y
    case month = 0x6D  // m
    case monthName = 0x62  // b
    case day = 0x64  // d
    case hour = 0x48  // H
    case hour12 = 0x49  // I
    case half = 0x70  // p
    case minute = 0x4D  // M
    case second = 0x53  // S
    case fraction = 0x66  // f
    case zone = 0x7A  // z
  }

  /// ISO 8601: `2024-05-17` (or with slashes), `2024-05`, and a time after `T` or a space, `08`, `08:30`, `08:30:15.25` or
  /// `08:30:15,25`, with `Z`, `UTC`, `+02`, `+0200`, `+02:00` or no zone; also `20240517T083015Z`.
  public static let iso = DateFormat(text: "iso", parts: [])

  private init(text: String, parts: [Part]) {
    (self.text, self.parts) = (text, parts)
  }

  /// Parses a format; nil if a directive is unknown or repeated, or if year, month or day is missing.
  public init?(_ text: String) {
    guard text != "iso" else {
      self = .iso
      return
    }
    var parts: [Part] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%") else {
        parts.append(.literal(byte))
        continue
      }
      guard let directive = bytes.next() else { return nil }
      if directive == UInt8(ascii: "%") {
        parts.append(.literal(directive))
      } else {
        guard let field = Field(rawValue: directive), !parts.contains(.field(field)) else { return nil }
        parts.append(.field(field))
      }
    }
    func has(_ fields: Field...) -> Int { fields.count { parts.contains(.field($0)) } }
    guard has(.year, .shortYear) == 1, has(.month, .monthName) == 1, has(.day) == 1, has(.hour, .hour12) < 2, has(.hour12) == has(.half)
    else { return nil }
    self.init(text: text, parts: parts)
  }

  /// Parses a field, ignoring spaces around it; nil if it does not match the format.
  public func moment(_ bytes: UnsafeBufferPointer<UInt8>) -> Moment? {
    let (start, end) = NumberGrammar.trimmed(bytes)
    guard start < end else { return nil }
    var reader = DateReader(bytes: UnsafeBufferPointer(rebasing: bytes[start..<end]))
    let isRead = self == .iso ? reader.iso() : parts.allSatisfy { read($0, &reader) }
    return isRead && reader.isAtEnd ? reader.moment : nil
  }

  /// Parses `text`.
  public func moment(_ text: String) -> Moment? {
    var text = text
    return text.withUTF8 { moment($0) }
  }

  private func read(_ part: Part, _ reader: inout DateReader) -> Bool {
    switch part {
    case .literal(let byte): reader.take(byte)
    case .field(.year): reader.number(4...4, into: \.year)
    case .field(.shortYear): reader.shortYear()
    case .field(.month): reader.number(1...2, into: \.month)
    case .field(.monthName): reader.monthName()
    case .field(.day): reader.number(1...2, into: \.day)
    case .field(.hour), .field(.hour12): reader.number(1...2, into: \.hour)
    case .field(.half): reader.half()
    case .field(.minute): reader.number(2...2, into: \.minute)
    case .field(.second): reader.number(2...2, into: \.second)
    case .field(.fraction): reader.fraction()
    case .field(.zone): reader.zone()
    }
  }

  /// Whether both formats are identical byte for byte.
  public static func == (a: DateFormat, b: DateFormat) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  /// Hashes the text.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension DateFormat {
  /// Formats that are recognised automatically, besides those with an ambiguous order of day and month.
  static let usual: [DateFormat] = [.iso] + timed(["%b %d %Y", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d.%m.%Y"])
  /// Formats with the month first, which differ from ``dayFirst`` only in that.
  static let monthFirst = timed(["%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"])
  /// The other order of ``monthFirst``, format by format.
  static let dayFirst = timed(["%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"])

  private static func timed(_ days: [String]) -> [DateFormat] {
    days.flatMap { day in ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"].compactMap { DateFormat(day + $0) } }
  }
}
