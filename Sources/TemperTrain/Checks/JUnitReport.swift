import TemperJSON

/// The results of a check as JUnit XML: a suite for each config, with a case for each metric and for each failed run.
public struct JUnitReport {
  private struct Case {
    let suite, name: String
    /// What makes it fail; nil if it passes.
    var problem: (element: String, kind: String, message: String)?

    var xml: String {
      let start = "    <testcase classname=\"\(escaped(suite))\" name=\"\(escaped(name))\""
      guard let problem else { return start + "/>" }
      return """
        \(start)>
              <\(problem.element) type="\(escaped(problem.kind))" message="\(escaped(problem.message))"/>
            </testcase>
        """
    }
  }

  private let suites: [(name: String, cases: [Case])]

  /// The report of `result`.
  public init(_ result: CheckResult) {
    if let interruption = result.interruption {
      suites = [("check", [Case(suite: "check", name: "all runs", problem: ("error", "interrupted", interruption))])]
      return
    }
    suites = result.configs.map { config in
      let failed = config.failedRuns.map { run in
        Case(suite: config.label, name: "seed \(run.seed)", problem: ("error", "failed run", "\(run.failure ?? ""); see \(run.log)"))
      }
      let warned = config.warnedRuns.map { run in
        Case(suite: config.label, name: "seed \(run.seed)", problem: ("failure", "warnings", "strict is set; see \(run.log)"))
      }
      let metrics = config.cases.map { item in
        Case(
          suite: config.label, name: item.metric,
          problem: item.hasFailed ? ("failure", item.verdict.rawValue, item.explanation ?? "") : nil)
      }
      return (config.label, metrics + warned + failed)
    }
  }

  /// The file.
  public var xml: String {
    let all = suites.flatMap(\.cases)
    let body = suites.map { suite in
      (["  <testsuite name=\"\(escaped(suite.name))\" \(Self.counts(suite.cases))>"] + suite.cases.map(\.xml) + ["  </testsuite>"])
        .joined(separator: "\n")
    }
    return
      (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"temper check\" \(Self.counts(all))>"] + body + ["</testsuites>"])
      .joined(separator: "\n") + "\n"
  }

  private static func counts(_ cases: [Case]) -> String {
    func count(_ element: String) -> Int { cases.count { $0.problem?.element == element } }
    return "tests=\"\(cases.count)\" failures=\"\(count("failure"))\" errors=\"\(count("error"))\" skipped=\"0\""
  }
}

/// `text` as the value of an attribute in XML, which has no form for most control characters.
private func escaped(_ text: String) -> String {
  let names: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;"]
  let allowed = String(String.UnicodeScalarView(text.printable().unicodeScalars.filter { ![0xFFFE, 0xFFFF].contains($0.value) }))
  return allowed.map { names[$0] ?? String($0) }.joined()
}
