/// A pattern for dotted names, in which `*` matches any characters, including dots: `transformer.h.0.*`.
public struct NamePattern: Sendable, Equatable, CustomStringConvertible {
  /// The pattern as it was written.
  public let description: String
  private let parts: [[UInt8]]

  /// Parses `text`.
  public init(_ text: String) {
    description = text
    parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// Whether the whole of `name` matches.
  public func matches(_ name: String) -> Bool {
    var rest = Array(name.utf8)[...]
    guard let first = parts.first, rest.starts(with: first) else { return false }
    rest = rest.dropFirst(first.count)
    guard parts.count > 1, let last = parts.last else { return rest.isEmpty }
    for part in parts.dropFirst().dropLast() {
      guard let start = rest.indices.first(where: { rest[$0...].starts(with: part) }) else { return false }
      rest = rest[(start + part.count)...]
    }
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }
}
