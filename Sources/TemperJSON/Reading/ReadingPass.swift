/// The errors that one pass over a file has found so far.
final class ReadingPass {
  private struct Finding {
    /// The path of the value it concerns, `train.epochs`.
    let path: String
    /// The value that could not be read at all because of it.
    let scope: String?
    /// Whether it concerns a value that is absent.
    let isAbsent: Bool
    let diagnostic: Diagnostic
  }

  /// Names that users of other tools would write, each with the full path of the right key.
  let aliases: [String: String]
  private var findings: [Finding] = []
  /// Keys that misspelled ones probably stand for.
  private var meant: Set<String> = []

  init(aliases: [String: String] = [:]) {
    self.aliases = aliases
  }

  /// Records an error in the value at `path`; `scope` is the value that stays unread because of it, if there is one.
  func report(
    _ code: Diagnostic.Code, at place: Place, path: String, _ message: String, spoiling scope: String? = nil, isAbsent: Bool = false
  ) {
    let diagnostic = Diagnostic(code, at: place, path.isEmpty ? message : "\(path): \(message)")
    findings.append(Finding(path: path, scope: scope, isAbsent: isAbsent, diagnostic: diagnostic))
  }

  /// Records that the user did give the value at `path`, under a wrong name, so that no other error about it is reported.
  func meant(_ path: String) { meant.insert(path) }

  /// Whether something was found in the value at `path` or in a part of it.
  func hasFindings(within path: String) -> Bool {
    findings.contains { $0.path.isWithin(path) }
  }

  /// Whether the value at `path` may be a placeholder, in part or as a whole.
  func isDoubtful(_ path: String) -> Bool {
    findings.contains { finding in
      finding.path.isWithin(path) || finding.scope.map { path.isWithin($0) } ?? false
    }
  }

  /// The errors found: by line and column, then those without a place in the order they were found.
  var diagnostics: [Diagnostic] {
    let kept = findings.filter { finding in
      !finding.isAbsent || !meant.contains { finding.path.isWithin($0) }
    }.map(\.diagnostic)
    func position(_ diagnostic: Diagnostic) -> (Int, Int) {
      if case .file(_, let line, let column) = diagnostic.place { (line, column) } else { (.max, .max) }
    }
    return kept.enumerated().sorted { a, b in
      let (first, second) = (position(a.element), position(b.element))
      return first == second ? a.offset < b.offset : first < second
    }.map(\.element)
  }
}

extension String {
  /// Whether this path is `path` itself or leads to a part of it.
  fileprivate func isWithin(_ path: String) -> Bool {
    guard utf8.starts(with: path.utf8) else { return false }
    let rest = utf8.dropFirst(path.utf8.count).first
    return path.isEmpty || rest == nil || rest == UInt8(ascii: ".") || rest == UInt8(ascii: "[")
  }

  /// This path and then `key`: `train.epochs`, or `expect["test.accuracy"]` if the key is not a plain word.
  func appending(key: String) -> String {
    let plain = key.utf8.allSatisfy { byte in
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "$")
    }
    if !plain || key.isEmpty { return "\(self)[\(key.quoted)]" }
    return isEmpty ? key : "\(self).\(key)"
  }

  /// At most 40 characters of the text, for messages.
  var shortened: String { count > 40 ? prefix(37) + "..." : self }
}
