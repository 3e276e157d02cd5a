import TemperFiles
import TemperJSON

/// The results of all checks of a preflight.
public struct DoctorReport {
  /// The result of one check.
  public struct Entry {
    /// The name of the check.
    public let name: String
    /// What it looks for.
    public let doc: String
    /// Its result.
    public let result: DoctorCheckResult
  }

  /// The checks, in the order in which they were run.
  public let entries: [Entry]
  /// The duration of the preflight.
  public let seconds: Double

  /// All findings, errors first, otherwise in the order of the checks.
  public var findings: [Finding] {
    let all = entries.flatMap(\.result.findings)
    return Finding.Severity.allCases.flatMap { severity in all.filter { $0.severity == severity } }
  }

  /// The number of findings of a severity.
  public func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }

  /// The exit status: that of invalid data if `isStrict` and there is an error, otherwise success.
  public func status(isStrict: Bool) -> ExitStatus { isStrict && count(.error) > 0 ? .data : .success }

  /// The report in `--json`.
  public var json: JSON {
    let counts = Finding.Severity.allCases.map { ("\($0.rawValue)s", JSON.integer(count($0))) }
    return .object(
      counts + [
        ("findings", .array(findings.map(\.json))), ("checks", .array(entries.map(\.json))), ("seconds", .number(seconds)),
      ])
  }

  /// The findings, a table of the checks, and the number of findings.
  public var text: String {
    var table: [(String, String)] = []
    for entry in entries { table.append((entry.name, entry.line)) }
    let width = table.map(\.0.count).max() ?? 0
    let lines = table.map { $0.0 + String(repeating: " ", count: width - $0.0.count) + "  " + $0.1 }
    let total = Finding.Severity.allCases.map { counted(count($0), $0.rawValue) }.joined(separator: ", ")
    return (findings.map(\.text) + [lines.joined(separator: "\n"), "\(total) in \(fixed(seconds, 1)) s"]).joined(separator: "\n\n")
  }
}

extension DoctorReport.Entry {
  /// What came of the check, on one line.
  fileprivate var line: String {
    switch result.extent {
    case .complete: result.summary.printable()
    case .partial(let why): "not finished: \(why)" + (result.summary.isEmpty ? "" : " (\(result.summary.printable()))")
    case .inapplicable(let why): "does not apply: \(why)"
    }
  }

  fileprivate var json: JSON {
    let (extent, why): (String, String?) =
      switch result.extent {
      case .complete: ("complete", nil)
      case .partial(let why): ("partial", why)
      case .inapplicable(let why): ("inapplicable", why)
      }
    return .object(
      [
        ("name", .string(name)), ("looks_for", .string(doc)), ("extent", .string(extent)), ("reason", why.map { .string($0) } ?? .null),
        ("summary", .string(result.summary)), ("findings", .integer(result.findings.count)),
      ] + result.measured)
  }
}

extension Finding {
  /// The finding for a terminal, with its remedy on a line of its own.
  fileprivate var text: String {
    let text = Diagnostic(code, at: place ?? .option("config"), message).description
    return "\(severity.rawValue): \(text)" + (remedy.map { "\n  \($0.printable())" } ?? "")
  }
}
