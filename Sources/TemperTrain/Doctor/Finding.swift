import TemperJSON

/// Something that a preflight found: a stable code, where it is, and what to do about it.
public struct Finding: Sendable, Equatable {
  /// How serious a finding is.
  public enum Severity: String, Sendable, CaseIterable {
    /// Results will be wrong or misleading.
    case error
    /// Results are likely to suffer.
    case warning
    /// Worth knowing.
    case note
  }

  /// How serious it is.
  public let severity: Severity
  /// The kind of finding.
  public let code: Diagnostic.Code
  /// Where it is; nil if it is about the config as a whole.
  public let place: Place?
  /// What was found.
  public let message: String
  /// What to do about it; nil if the message says it.
  public let remedy: String?

  /// Creates a finding.
  public init(_ severity: Severity, _ code: Diagnostic.Code, at place: Place?, _ message: String, remedy: String?) {
    (self.severity, self.code, self.place, self.message, self.remedy) = (severity, code, place, message, remedy)
  }

  /// The finding in `--json`.
  var json: JSON {
    var members: [(String, JSON)] = [("severity", .string(severity.rawValue)), ("code", .string(code.name))]
    if let place { members.append(("place", .string(place.description))) }
    if case .file(let path, let line, let column) = place {
      members += [("file", .string(path)), ("line", .integer(line)), ("column", .integer(column))]
    }
    return .object(members + [("message", .string(message)), ("remedy", remedy.map { .string($0) } ?? .null)])
  }
}
