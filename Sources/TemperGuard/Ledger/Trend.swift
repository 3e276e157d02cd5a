import TemperJSON
import TemperNN

/// The course of a number over evaluations, in constant space.
public struct Trend: Sendable, Equatable {
  /// How many values there were.
  public private(set) var count = 0
  /// The first value.
  public private(set) var first = 0.0
  /// The last value.
  public private(set) var last = 0.0
  /// The least value.
  public private(set) var least = Double.infinity
  /// The greatest value.
  public private(set) var greatest = -Double.infinity
  private var (meanPlace, meanValue, spread, shared) = (0.0, 0.0, 0.0, 0.0)

  /// Starts without values.
  public init() {}

  /// Adds the value of the next evaluation; one that is not finite is left out.
  public mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    if count == 0 { first = value }
    (last, least, greatest) = (value, min(least, value), max(greatest, value))
    // Sums of products of differences from running means (Welford 1962), as sums of powers would cancel.
    let place = Double(count)
    count += 1
    let ahead = place - meanPlace
    meanPlace += ahead / Double(count)
    meanValue += (value - meanValue) / Double(count)
    spread += ahead * (place - meanPlace)
    shared += ahead * (value - meanValue)
  }

  /// The slope of the line of least squares through the values, per evaluation; 0 before there are two.
  public var slope: Double { spread > 0 ? shared / spread : 0 }

  /// The members of guard.json; null before there is a value.
  public var json: JSON {
    count == 0
      ? .null
      : [
        "first": .number(first), "last": .number(last), "least": .number(least), "greatest": .number(greatest), "slope": .number(slope),
      ]
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON {
    .array([.integer(count)] + [first, last, least, greatest, meanPlace, meanValue, spread, shared].map { .exact($0) })
  }

  /// Restores a ``state``.
  public init(restoring state: JSON) throws(MalformedState) {
    let values = (state.array ?? []).dropFirst().compactMap { $0.exactNumber ?? nil }
    guard let count = state.array?.first?.integer, count >= 0, values.count == 8 else { throw MalformedState(of: "a trend") }
    self.count = count
    (first, last, least, greatest) = (values[0], values[1], values[2], values[3])
    (meanPlace, meanValue, spread, shared) = (values[4], values[5], values[6], values[7])
  }
}
