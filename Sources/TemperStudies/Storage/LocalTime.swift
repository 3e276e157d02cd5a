import Glibc

/// Times as Optuna stores them: local time without a zone, `2026-01-31 23:59:59.123456`.
enum LocalTime {
  /// Now.
  static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return text(time)
  }

  static func text(_ time: timespec) -> String {
    var (seconds, fields) = (time.tv_sec, tm())
    localtime_r(&seconds, &fields)
    let date = [Int(fields.tm_year) + 1900, Int(fields.tm_mon) + 1, Int(fields.tm_mday)].map { padded($0, 2) }.joined(separator: "-")
    let clock = [fields.tm_hour, fields.tm_min, fields.tm_sec].map { padded(Int($0), 2) }.joined(separator: ":")
    return "\(date) \(clock).\(padded(time.tv_nsec / 1000, 6))"
  }

  /// Seconds since 1970 of a stored time; nil for anything else. A zone behind the time is ignored, as Optuna does. Of the hour that the end of
  /// daylight saving time repeats, the system takes one.
  static func seconds(_ text: String) -> Double? {
    let parts = text.utf8.split { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let numbers = parts.prefix(6).compactMap { Int32(Substring($0)) }
    guard numbers.count == 6 else { return nil }
    var fields = tm()
    (fields.tm_year, fields.tm_mon, fields.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
    (fields.tm_hour, fields.tm_min, fields.tm_sec) = (numbers[3], numbers[4], numbers[5])
    fields.tm_isdst = -1
    let whole = Double(mktime(&fields))
    guard parts.count > 6, text.utf8.contains(UInt8(ascii: ".")) else { return whole }
    return whole + (Double("0.\(Substring(parts[6]))") ?? 0)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
  }
}
