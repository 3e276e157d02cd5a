/// A moment as a table has it.
public struct Moment: Sendable, Equatable {
  /// Seconds since 1970-01-01 00:00, by the clock as written.
  public var clock: Double
  /// Seconds since 1970-01-01 00:00 UTC: the clock less its offset, where one is written.
  public var instant: Double

  /// A moment of known parts.
  public init(clock: Double, instant: Double) {
    (self.clock, self.instant) = (clock, instant)
  }
}

/// How dates are written.
///
/// Either ISO 8601, or a pattern of Python's `strptime`: `%Y` (four digits), `%y` (69 to 99 are of the last century), `%m`, `%d`, `%H`, `%I` with
/// `%p` (AM, PM), `%M`, `%S`, `%f` (a fraction of a second), `%b` (an English month, three letters or whole), `%z` (`Z`, `+02`, `+0200`, `+02:00`)
/// and `%%`. What is no directive stands for itself. No other reading is tried: a day 31 of a month of 30 is no date.
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

  /// ISO 8601: `2024-05-17` (or with slashes), `2024-05`, and a time after `T` or a space, `08`, `08:30`, `08:30:15.25` or `08:30:15,25`, with `Z`,
  /// `UTC`, `+02`, `+0200`, `+02:00` or nothing behind; `20240517T083015Z` too.
  public static let iso = DateFormat(text: "iso", parts: [])

  private init(text: String, parts: [Part]) {
    (self.text, self.parts) = (text, parts)
  }

  /// The format that `text` names; nil where a directive is unknown or comes twice, or year, month or day are not told.
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

  /// The moment that a field spells, spaces around it aside; nil if it does not follow the format.
  public func moment(_ bytes: UnsafeBufferPointer<UInt8>) -> Moment? {
    let (start, end) = NumberGrammar.trimmed(bytes)
    guard start < end else { return nil }
    var reader = DateReader(bytes: UnsafeBufferPointer(rebasing: bytes[start..<end]))
    let isRead = self == .iso ? reader.iso() : parts.allSatisfy { read($0, &reader) }
    return isRead && reader.isAtEnd ? reader.moment : nil
  }

  /// The moment that `text` spells.
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

  /// Whether both are written the same, byte for byte.
  public static func == (a: DateFormat, b: DateFormat) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  /// Hashes the text.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension DateFormat {
  /// Formats that a date can be recognised in, besides those of which the order of day and month is open.
  static let usual: [DateFormat] = [.iso] + timed(["%b %d %Y", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d.%m.%Y"])
  /// Formats that only differ in whether the month or the day comes first.
  static let monthFirst = timed(["%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"])
  /// The other order of ``monthFirst``, format by format.
  static let dayFirst = timed(["%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"])

  private static func timed(_ days: [String]) -> [DateFormat] {
    days.flatMap { day in ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"].compactMap { DateFormat(day + $0) } }
  }
}

/// Reads a date from the left.
private struct DateReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var (year, month, day, hour, minute, second) = (1970, 1, 1, 0, 0, 0)
  private var position = 0
  private var fractionOfSecond = 0.0
  private var offset: Int?
  /// 0 before noon, 12 after; nil on a clock of 24 hours.
  private var afterNoon: Int?

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// What was read, if there is such a day and such a time.
  var moment: Moment? {
    var hour = hour
    if let afterNoon {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + afterNoon
    }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), day >= 1, day <= lengths[month - 1], hour < 24, minute < 60, second < 60 else { return nil }
    let days = Calendar.days(year: year, month: month, day: day)
    let clock = Double(days * 86_400 + hour * 3600 + minute * 60 + second) + fractionOfSecond
    return Moment(clock: clock, instant: clock - Double(offset ?? 0))
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func number(_ digits: ClosedRange<Int>, into field: WritableKeyPath<DateReader, Int>) -> Bool {
    let start = position
    var value = 0
    while position - start < digits.upperBound, let byte = next, byte &- UInt8(ascii: "0") < 10 {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      position += 1
    }
    self[keyPath: field] = value
    return position - start >= digits.lowerBound
  }

  mutating func shortYear() -> Bool {
    guard number(2...2, into: \.year) else { return false }
    year += year < 69 ? 2000 : 1900
    return true
  }

  mutating func iso() -> Bool {
    guard number(4...4, into: \.year), let separator = next else { return false }
    if separator &- UInt8(ascii: "0") < 10 { return basic() }
    guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/"), take(separator), number(2...2, into: \.month)
    else { return false }
    if isAtEnd { return separator == UInt8(ascii: "-") }
    guard take(separator), number(2...2, into: \.day) else { return false }
    if isAtEnd { return true }
    guard take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")) || take(UInt8(ascii: " ")), number(2...2, into: \.hour) else { return false }
    if take(UInt8(ascii: ":")) {
      guard number(2...2, into: \.minute) else { return false }
      if take(UInt8(ascii: ":")), !secondWithFraction() { return false }
    }
    return isAtEnd || zoneAfterSpace()
  }

  /// The month, the day and the time behind a `T`, without signs between them.
  private mutating func basic() -> Bool {
    guard number(2...2, into: \.month), number(2...2, into: \.day), take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")),
      number(2...2, into: \.hour)
    else { return false }
    if let byte = next, byte &- UInt8(ascii: "0") < 10 {
      guard number(2...2, into: \.minute) else { return false }
      if let byte = next, byte &- UInt8(ascii: "0") < 10, !secondWithFraction() { return false }
    }
    return isAtEnd || zoneAfterSpace()
  }

  private mutating func secondWithFraction() -> Bool {
    guard number(2...2, into: \.second) else { return false }
    return !(take(UInt8(ascii: ".")) || take(UInt8(ascii: ","))) || fraction()
  }

  private mutating func zoneAfterSpace() -> Bool {
    if take(UInt8(ascii: " ")), next == UInt8(ascii: "Z") || next == UInt8(ascii: "z") { return false }
    return zone()
  }

  /// Digits behind a point.
  mutating func fraction() -> Bool {
    let start = position
    var unit = 0.1
    while let byte = next, byte &- UInt8(ascii: "0") < 10 {
      fractionOfSecond += Double(byte - UInt8(ascii: "0")) * unit
      unit /= 10
      position += 1
    }
    return position > start
  }

  mutating func zone() -> Bool {
    if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) {
      offset = 0
      return true
    }
    for name in ["UTC", "GMT"] where bytes[position...].starts(with: name.utf8) {
      position += 3
      offset = 0
      return true
    }
    let isWest = next == UInt8(ascii: "-")
    guard take(UInt8(ascii: "+")) || take(UInt8(ascii: "-")) else { return false }
    let (savedHour, savedMinute) = (hour, minute)
    defer { (hour, minute) = (savedHour, savedMinute) }
    guard number(2...2, into: \.hour) else { return false }
    minute = 0
    // Whole hours need no minutes.
    let hasColon = take(UInt8(ascii: ":"))
    if hasColon || next.map({ $0 &- UInt8(ascii: "0") < 10 }) ?? false {
      guard number(2...2, into: \.minute) else { return false }
    }
    guard hour < 24, minute < 60 else { return false }
    offset = (hour * 3600 + minute * 60) * (isWest ? -1 : 1)
    return true
  }

  mutating func half() -> Bool {
    guard let letter = next.map({ $0 | 0x20 }), letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else { return false }
    position += 1
    guard let m = next, m | 0x20 == UInt8(ascii: "m") else { return false }
    position += 1
    afterNoon = letter == UInt8(ascii: "p") ? 12 : 0
    return true
  }

  mutating func monthName() -> Bool {
    let start = position
    while let byte = next, (byte | 0x20) &- UInt8(ascii: "a") < 26 { position += 1 }
    let word = bytes[start..<position].map { $0 | 0x20 }
    for (index, name) in Calendar.months.enumerated() where word.elementsEqual(name.utf8) || word.elementsEqual(name.utf8.prefix(3)) {
      month = index + 1
      return true
    }
    return false
  }
}

/// The Gregorian calendar, carried on before its time as ISO 8601 does.
enum Calendar {
  static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
  ]

  /// Days since 1970-01-01, by the count of whole 400-year cycles from a year that begins in March.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let cycle = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfCycle = shifted - cycle * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
  }

  /// The month, 0 for January, of a day counted from 1970-01-01.
  static func month(ofDay day: Int) -> (month: Int, dayOfMonth: Int) {
    let shifted = day + 719_468
    let cycle = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfCycle = shifted - cycle * 146_097
    let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let march = (5 * dayOfYear + 2) / 153
    return ((march + 2) % 12, dayOfYear - (153 * march + 2) / 5 + 1)
  }

  /// The day of the week, 0 for Monday, of a day counted from 1970-01-01, a Thursday.
  static func weekday(ofDay day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }
}
