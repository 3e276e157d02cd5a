// Int(exactly:) calls the C mathematics library, which is linked only where a module imports it.
import Glibc

/// A JSON value that knows its place in the file it came from, if it came from one.
///
/// Objects keep the order of their members. Two values are equal when their contents are, regardless of their places.
public struct JSON: Sendable {
  /// What the value is.
  public enum Content: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction or exponent that fits 64 bits.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// Values in order.
    case array([JSON])
    /// Named values in order; names are unique.
    case object([Member])
  }

  /// A name and its value.
  public struct Member: Sendable {
    /// The name.
    public var name: String
    /// The place of the name.
    public var place: Place?
    /// The value.
    public var value: JSON

    /// A named value.
    public init(_ name: String, _ value: JSON, place: Place? = nil) {
      (self.name, self.value, self.place) = (name, value, place)
    }
  }

  /// What the value is.
  public var content: Content
  /// The place of the value, if it was read.
  public var place: Place?

  /// A value and its place.
  public init(_ content: Content, place: Place? = nil) {
    (self.content, self.place) = (content, place)
  }

  /// An object of `members`, in their order.
  public static func object(_ members: [(String, JSON)]) -> JSON {
    JSON(.object(members.map { Member($0.0, $0.1) }))
  }

  /// An array of `values`.
  public static func array(_ values: [JSON]) -> JSON { JSON(.array(values)) }
  /// A string.
  public static func string(_ value: String) -> JSON { JSON(.string(value)) }
  /// A whole number.
  public static func integer(_ value: Int) -> JSON { JSON(.integer(value)) }
  /// A number; one that is not finite has no JSON form and becomes `null`.
  public static func number(_ value: Double) -> JSON { JSON(value.isFinite ? .number(value) : .null) }
  /// A number or, for nil, `null`.
  public static func number(_ value: Double?) -> JSON { value.map { number($0) } ?? .null }
  /// `true` or `false`.
  public static func bool(_ value: Bool) -> JSON { JSON(.bool(value)) }
  /// `null`.
  public static let null = JSON(.null)
}

extension JSON {
  /// The member called `name`, if this is an object that has one.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = content else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The members, if this is an object.
  public var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The values, if this is an array.
  public var array: [JSON]? {
    if case .array(let values) = content { values } else { nil }
  }

  /// The string, if this is one.
  public var string: String? {
    if case .string(let value) = content { value } else { nil }
  }

  /// The number, whole or not, if this is one.
  public var number: Double? {
    switch content {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The whole number, if this is one; `3.0` counts.
  public var integer: Int? {
    switch content {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The truth value, if this is one.
  public var bool: Bool? {
    if case .bool(let value) = content { value } else { nil }
  }

  /// Whether this is `null`.
  public var isNull: Bool {
    if case .null = content { true } else { false }
  }
}

extension JSON: Equatable {
  /// Equal contents; places do not count, the order of members does, and `1` equals `1.0`.
  public static func == (a: JSON, b: JSON) -> Bool {
    switch (a.content, b.content) {
    case (.null, .null): true
    case (.bool(let x), .bool(let y)): x == y
    case (.integer(let x), .integer(let y)): x == y
    case (.integer, .number), (.number, .integer), (.number, .number): a.number == b.number
    case (.string(let x), .string(let y)): x == y
    case (.array(let x), .array(let y)): x == y
    case (.object(let x), .object(let y)):
      x.count == y.count && zip(x, y).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral values: JSON...) { self = .array(values) }
  /// An object, its members in the order written.
  public init(dictionaryLiteral members: (String, JSON)...) { self = .object(members) }
}
