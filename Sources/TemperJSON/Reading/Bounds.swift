/// A range of numbers that a field accepts, written as one of Swift's ranges (`0...`, `0...1`, `0..<1`, `...5`, `..<5`) or, where the
/// lower end is excluded, `.above(0)` and `.above(0, through: 1)`.
public protocol ValueRange<Value> {
  /// What the range is made of.
  associatedtype Value: Comparable
  /// Its ends.
  var bounds: Bounds<Value> { get }
}

/// The ends of a range of numbers; nil if it has none.
public struct Bounds<Value: Comparable>: ValueRange, Equatable {
  /// The lower end.
  public var lower: Value?
  /// The upper end.
  public var upper: Value?
  /// Whether the lower end itself is excluded.
  public var excludesLower = false
  /// Whether the upper end itself is excluded.
  public var excludesUpper = false

  /// No limits.
  public static var any: Bounds { Bounds() }

  /// Itself.
  public var bounds: Bounds { self }

  /// Whether `value` lies within.
  public func contains(_ value: Value) -> Bool {
    if let lower, excludesLower ? value <= lower : value < lower { return false }
    if let upper, excludesUpper ? value >= upper : value > upper { return false }
    return true
  }
}

extension Bounds: Sendable where Value: Sendable {}

extension ClosedRange: ValueRange {
  /// Both ends are included.
  public var bounds: Bounds<Bound> { Bounds(lower: lowerBound, upper: upperBound) }
}

extension Range: ValueRange {
  /// The upper end is excluded.
  public var bounds: Bounds<Bound> { Bounds(lower: lowerBound, upper: upperBound, excludesUpper: true) }
}

extension PartialRangeFrom: ValueRange {
  /// Has no upper end.
  public var bounds: Bounds<Bound> { Bounds(lower: lowerBound) }
}

extension PartialRangeThrough: ValueRange {
  /// Has no lower end.
  public var bounds: Bounds<Bound> { Bounds(upper: upperBound) }
}

extension PartialRangeUpTo: ValueRange {
  /// Has no lower end, and the upper end is excluded.
  public var bounds: Bounds<Bound> { Bounds(upper: upperBound, excludesUpper: true) }
}

extension ValueRange where Self == Bounds<Double> {
  /// All numbers greater than `lower`.
  public static func above(_ lower: Double) -> Self { Bounds(lower: lower, excludesLower: true) }
  /// All numbers greater than `lower` up to and including `upper`.
  public static func above(_ lower: Double, through upper: Double) -> Self {
    Bounds(lower: lower, upper: upper, excludesLower: true)
  }
  /// All numbers greater than `lower` and less than `upper`.
  public static func above(_ lower: Double, below upper: Double) -> Self {
    Bounds(lower: lower, upper: upper, excludesLower: true, excludesUpper: true)
  }
}

/// The numbers that bounds are made of.
protocol Bounded: Comparable {
  static var zero: Self { get }
  /// As JSON, with a fraction only if there is one.
  var shortJSON: JSON { get }
  /// A number between two others.
  static func between(_ a: Self, _ b: Self) -> Self
  /// A greater number.
  var next: Self { get }
  /// A smaller number.
  var previous: Self { get }
}

extension Int: Bounded {
  var shortJSON: JSON { .integer(self) }
  static func between(_ a: Int, _ b: Int) -> Int { a / 2 + b / 2 }
  var next: Int { self &+ 1 }
  var previous: Int { self &- 1 }
}

extension Double: Bounded {
  var shortJSON: JSON { abs(self) < 1e15 ? Int(exactly: self).map { .integer($0) } ?? .number(self) : .number(self) }
  static func between(_ a: Double, _ b: Double) -> Double { a / 2 + b / 2 }
  var next: Double { self + 1 }
  var previous: Double { self - 1 }
}

extension Bounds where Value: Bounded {
  /// `of at least 0`, `from 0 to below 1`, `above 0`; empty if there are no limits.
  var phrase: String {
    let low = lower?.shortJSON.serialized() ?? ""
    let high = upper?.shortJSON.serialized() ?? ""
    let to = excludesUpper ? "below \(high)" : high
    switch (lower, upper) {
    case (nil, nil): return ""
    case (_?, nil): return excludesLower ? "above \(low)" : "of at least \(low)"
    case (nil, _?): return excludesUpper ? "below \(high)" : "of at most \(high)"
    case (_?, _?): return excludesLower ? "above \(low) and \(excludesUpper ? to : "at most \(high)")" : "from \(low) to \(to)"
    }
  }

  /// `>= 0, < 1`; empty if there are no limits.
  var notation: String {
    var parts: [String] = []
    if let lower { parts.append("\(excludesLower ? ">" : ">=") \(lower.shortJSON.serialized())") }
    if let upper { parts.append("\(excludesUpper ? "<" : "<=") \(upper.shortJSON.serialized())") }
    return parts.joined(separator: ", ")
  }

  /// Any number within, a placeholder after an error.
  var example: Value {
    var candidates: [Value] = [.zero]
    if let lower, let upper { candidates.append(.between(lower, upper)) }
    if let lower { candidates += [lower, lower.next] }
    if let upper { candidates += [upper, upper.previous] }
    return candidates.first(where: contains) ?? .zero
  }
}

extension Bounds<Int> {
  /// `2 numbers`, `at least 1 number`, `1 to 3 numbers`, `numbers`.
  func count(of noun: String) -> String {
    let least = excludesLower ? lower.map { $0 + 1 } : lower
    let most = excludesUpper ? upper.map { $0 - 1 } : upper
    func plural(_ count: Int) -> String { count == 1 ? noun : noun + "s" }
    switch (least, most) {
    case (let least?, let most?): return least == most ? "\(most) \(plural(most))" : "\(least) to \(most) \(plural(most))"
    case (let least?, nil): return least > 0 ? "at least \(least) \(plural(least))" : noun + "s"
    case (nil, let most?): return "at most \(most) \(plural(most))"
    case (nil, nil): return noun + "s"
    }
  }
}
