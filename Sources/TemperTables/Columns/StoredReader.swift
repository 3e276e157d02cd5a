import TemperData
import TemperFiles
import TemperJSON

/// Reads members of a stored preprocessing, which is not written by hand: the first error ends reading.
package struct StoredReader {
  let file: Place?

  package init(file: Place?) { self.file = file }

  package func failure(_ key: String, _ value: JSON, _ expected: String) -> Diagnostics {
    Diagnostics(
      .badPreprocessing, at: value.place ?? file ?? .wholeFile(path: "preprocessing"),
      "the stored preprocessing is damaged or of another version: \(quoted(key)) must be \(expected). Train the model again.")
  }

  func string(_ key: String, in value: JSON) throws(Diagnostics) -> String {
    guard let text = value[key]?.string else { throw failure(key, value[key] ?? value, "a string") }
    return text
  }

  func number(_ key: String, in value: JSON) throws(Diagnostics) -> Double {
    guard let number = value[key]?.number, number.isFinite else { throw failure(key, value[key] ?? value, "a number") }
    return number
  }

  /// A positive number.
  func unit(_ key: String, in value: JSON) throws(Diagnostics) -> Double {
    let unit = try number(key, in: value)
    guard unit > 0 else { throw failure(key, value[key] ?? value, "a number above 0") }
    return unit
  }

  func bool(_ key: String, in value: JSON) throws(Diagnostics) -> Bool {
    guard let bool = value[key]?.bool else { throw failure(key, value[key] ?? value, "true or false") }
    return bool
  }

  /// A count: from 0, and small enough that sums of counts do not overflow.
  func count(_ key: String, in value: JSON) throws(Diagnostics) -> Int {
    guard let number = value[key]?.integer, (0...1 << 48).contains(number) else {
      throw failure(key, value[key] ?? value, "a whole number from 0 to \(1 << 48)")
    }
    return number
  }

  /// Seconds since 1970, in a year within the range of the calendar.
  func seconds(_ key: String, in value: JSON) throws(Diagnostics) -> Double {
    let seconds = try number(key, in: value)
    guard abs(seconds) <= 1e13 else { throw failure(key, value[key] ?? value, "a time in seconds since 1970") }
    return seconds
  }

  /// Reads a member that may be `null` or absent with `read`.
  func optional<Value>(_ key: String, in value: JSON, _ read: (JSON) throws(Diagnostics) -> Value) throws(Diagnostics) -> Value? {
    guard let member = value[key], !member.isNull else { return nil }
    return try read(member)
  }

  func choice<Value: RawRepresentable<String>>(_ key: String, in value: JSON, _ type: Value.Type = Value.self) throws(Diagnostics) -> Value
  {
    guard let choice = value[key]?.string.flatMap(Value.init(rawValue:)) else { throw failure(key, value[key] ?? value, "a known name") }
    return choice
  }

  package func scale(in value: JSON) throws(Diagnostics) -> Scale {
    Scale(center: try number("mean", in: value), unit: try unit("deviation", in: value))
  }

  /// The bounds "least" and "greatest", if they are there.
  func bounds(in value: JSON) throws(Diagnostics) -> ClosedRange<Double>? {
    let least = try optional("least", in: value) { _ throws(Diagnostics) in try number("least", in: value) }
    let greatest = try optional("greatest", in: value) { _ throws(Diagnostics) in try number("greatest", in: value) }
    guard let least, let greatest else { return nil }
    guard least <= greatest else { throw failure("least", value["least"] ?? value, "no more than \"greatest\"") }
    return least...greatest
  }

  /// A list of distinct strings, with at least one unless it may be empty.
  func strings(_ key: String, in value: JSON, mayBeEmpty: Bool = false) throws(Diagnostics) -> [String] {
    guard let items = value[key]?.array else { throw failure(key, value[key] ?? value, "a list of different strings") }
    let strings = items.compactMap(\.string)
    let index = ByteIndex(strings)
    guard mayBeEmpty || !items.isEmpty, strings.count == items.count, strings.indices.allSatisfy({ index.find(strings[$0]) == $0 }) else {
      throw failure(key, value[key] ?? value, "a list of different strings")
    }
    return strings
  }
}
