/// The course of a number in a space that does not grow with the number of its values: of each stretch of consecutive values, the least and the
/// greatest, so that no peak is lost.
struct ThinSeries: Sendable {
  /// A value and where it is.
  struct Point: Sendable, Equatable {
    let x, y: Double
  }

  private struct Bucket {
    /// The least and the greatest value.
    var low, high: Point

    func joined(with other: Bucket) -> Bucket {
      Bucket(low: other.low.y < low.y ? other.low : low, high: other.high.y > high.y ? other.high : high)
    }
  }

  /// Buckets are joined in pairs once there are twice as many.
  private let limit: Int
  private var buckets: [Bucket] = []
  /// Values per bucket, and those in the last one.
  private var (size, filled) = (1, 0)
  /// The values that are numbers, and those that are not.
  private(set) var (count, undefined) = (0, 0)
  /// The first and the last value.
  private(set) var (first, last): (Point?, Point?)

  /// An empty series that keeps at most four times `limit` points.
  init(limit: Int = 120) { self.limit = limit }

  /// Adds a value; one that is not finite is counted only.
  mutating func add(_ x: Double, _ y: Double) {
    guard y.isFinite else {
      undefined += 1
      return
    }
    let point = Point(x: x, y: y)
    (count, last) = (count + 1, point)
    if first == nil { first = point }
    let own = Bucket(low: point, high: point)
    if filled > 0, filled < size {
      buckets[buckets.count - 1] = buckets[buckets.count - 1].joined(with: own)
      filled += 1
      return
    }
    if buckets.count == 2 * limit {
      buckets = (0..<limit).map { buckets[2 * $0].joined(with: buckets[2 * $0 + 1]) }
      size *= 2
    }
    buckets.append(own)
    filled = 1
  }

  /// Counts a value that is not a number.
  mutating func addUndefined() { undefined += 1 }

  /// The kept points, by x.
  var points: [Point] {
    var points: [Point] = []
    func append(_ point: Point) { if points.last != point { points.append(point) } }
    if let first { append(first) }
    for bucket in buckets {
      for point in [bucket.low, bucket.high].sorted(by: { $0.x < $1.x }) { append(point) }
    }
    if let last { append(last) }
    return points
  }

  /// The least and the greatest value; nil without values.
  var range: ClosedRange<Double>? {
    guard let low = buckets.map(\.low.y).min(), let high = buckets.map(\.high.y).max() else { return nil }
    return low...high
  }
}
