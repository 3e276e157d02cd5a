/// Parses a date from left to right.
struct DateReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var (year, month, day, hour, minute, second) = (1970, 1, 1, 0, 0, 0)
  private var position = 0
  private var fractionOfSecond = 0.0
  private var offset: Int?
  /// 0 for AM, 12 for PM; nil on a 24-hour clock.
  private var afterNoon: Int?

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The parsed moment, if date and time exist.
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

  /// Parses month, day and the time after a `T` in basic format, without separators.
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

  /// Digits after a decimal point.
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
    // Minutes are optional after whole hours.
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

/// The proleptic Gregorian calendar, as in ISO 8601.
enum Calendar {
  static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
  ]

  /// Days since 1970-01-01, counted in 400-year cycles of years that begin in March.
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
