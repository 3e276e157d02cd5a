/// Something that looks wrong and stops nothing, unless the config is strict.
public struct Warning: Sendable, Hashable, CustomStringConvertible {
  /// What kind of thing it is: a stable name, `W0301`, whose first two digits tell the family.
  public let code: Diagnostic.Code
  /// What was seen, and what may be done about it.
  public let message: String

  /// A warning of the kind `code`.
  public init(_ code: Diagnostic.Code, _ message: String) {
    (self.code, self.message) = (code, message)
  }

  /// The message and its code, as a terminal can show them.
  public var description: String { "\(message.printable().cutToScreen()) [\(code.name)]" }

  /// The error that it is where the config is strict.
  public func error(at place: Place) -> Diagnostic {
    Diagnostic(code, at: place, message + " As the config is strict, this is an error.")
  }

  /// As files and `--json` have it.
  public var json: JSON { .object([("code", .string(code.name)), ("message", .string(message))]) }

  /// Reads what ``json`` wrote; nil where it did not.
  public init?(_ json: JSON) {
    guard let code = json["code"]?.string, let message = json["message"]?.string else { return nil }
    self.init(Diagnostic.Code(code, ""), message)
  }

  /// Two warnings are the same if they say the same.
  public static func == (a: Warning, b: Warning) -> Bool { a.code.name == b.code.name && a.message == b.message }

  /// Goes with ``==(_:_:)``.
  public func hash(into hasher: inout Hasher) { hasher.combine(message) }
}
