/// A piece of HTML or SVG. Texts that are interpolated into it are escaped, other pieces are taken as they are, so that what comes from data cannot
/// become markup:
///
/// ```swift
/// let cell: Markup = "<td>\(name)</td>"
/// ```
public struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// The HTML.
  public let html: String

  /// A literal is markup.
  public init(stringLiteral value: String) { html = value }

  /// A literal with interpolations.
  public init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

  /// `text`, escaped as content or attribute.
  public init(text: String) { html = Self.escaped(text) }

  /// What is interpolated into ``Markup``.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    /// Creates an empty one.
    public init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity + 16 * interpolationCount) }

    /// Appends markup.
    public mutating func appendLiteral(_ literal: String) { html += literal }

    /// Appends a text, escaped.
    public mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }

    /// Appends digits.
    public mutating func appendInterpolation(_ number: Int) { html += String(number) }

    /// Appends markup.
    public mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

    /// Appends pieces of markup, a line each.
    public mutating func appendInterpolation(_ pieces: [Markup]) { html += pieces.joined(by: "\n").html }
  }

  fileprivate init(html: String) { self.html = html }

  /// Control characters, which HTML has no place for, are shown as a replacement character.
  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      case UInt8(ascii: "\""): bytes += "&quot;".utf8
      case UInt8(ascii: "'"): bytes += "&#39;".utf8
      case 9, 10, 13: bytes.append(byte)
      case ..<32, 127: bytes += "\u{FFFD}".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension [Markup] {
  /// The pieces in order, with `separator` between them.
  public func joined(by separator: String = "") -> Markup { Markup(html: map(\.html).joined(separator: separator)) }
}
