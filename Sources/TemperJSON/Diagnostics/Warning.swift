/// Something that looks wrong but does not stop a run, unless the config is strict.
public struct Warning: Sendable, Hashable, CustomStringConvertible {
  /// The kind of warning: a stable name, `W0301`, whose first two digits are its family.
  public let code: Diagnostic.Code
  /// What was found, and what to do about it.
  public let message: String

  /// A warning of the kind `code`.
  public init(_ code: Diagnostic.Code, _ message: String) {
    (self.code, self.message) = (code, message)
  }

  /// The message and its code, as a terminal can show them.
  public var description: String { "\(message.printable().cutToScreen()) [\(code.name)]" }

  /// The error that a strict config makes of it.
  public func error(at place: Place) -> Diagnostic {
    Diagnostic(code, at: place, message + " As the config is strict, this is an error.")
  }

  /// The warning in files and in `--json`.
  public var json: JSON { .object([("code", .string(code.name)), ("message", .string(message))]) }

  /// Reads what ``json`` wrote; nil for anything else.
  public init?(_ json: JSON) {
    guard let code = json["code"]?.string, let message = json["message"]?.string else { return nil }
    self.init(Diagnostic.Code(code, ""), message)
  }

  /// Two warnings are equal if their codes and messages are.
  public static func == (a: Warning, b: Warning) -> Bool { a.code.name == b.code.name && a.message == b.message }

  /// Consistent with ``==(_:_:)``.
  public func hash(into hasher: inout Hasher) { hasher.combine(message) }
}
