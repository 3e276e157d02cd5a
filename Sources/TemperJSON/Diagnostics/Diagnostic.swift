/// The place of something that a user wrote: a file with line and column, or an option of the command line.
public enum Place: Sendable, Hashable, CustomStringConvertible {
  /// `line` and `column` count from 1; a column counts bytes.
  case file(path: String, line: Int, column: Int)
  /// A whole file.
  case wholeFile(path: String)
  /// The text of a command-line option, such as `--set train.epochs=3`.
  case option(String)

  /// As compilers print it: `path:line:column`.
  public var description: String {
    switch self {
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .wholeFile(let path): path
    case .option(let text): text
    }
  }
}

/// One error in a user's input: its place, a stable code, and a message with a remedy.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
  /// A stable name of a kind of error, `E0102`; it never changes its meaning. The first two digits are its family, which determines the exit code.
  public struct Code: Sendable, Hashable {
    /// `E0102`.
    public let name: String
    /// One line for the list of all codes.
    public let meaning: String

    /// Declares a code; each is declared once, as a static member in an extension beside the code that reports it.
    public init(_ name: String, _ meaning: String) {
      (self.name, self.meaning) = (name, meaning)
    }
  }

  /// The place of the error.
  public let place: Place
  /// The kind of error.
  public let code: Code
  /// What is wrong, in the user's terms, and what to do.
  public let message: String

  /// A diagnostic about `place`.
  public init(_ code: Code, at place: Place, _ message: String) {
    (self.code, self.place, self.message) = (code, place, message)
  }

  /// `configs/x.json:14:7: train.learing_rate: unknown key. Did you mean "learning_rate"? [E0102]`. Text from files is made
  /// printable.
  public var description: String {
    "\(place.description.printable()): \(message.printable(keepingLineBreaks: true).cutToScreen()) [\(code.name)]"
  }
}

/// All errors in one input, collected in one pass.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
  /// In the order they were found.
  public let list: [Diagnostic]

  /// An error made of at least one diagnostic.
  public init(_ list: [Diagnostic]) {
    self.list = list
  }

  /// An error of one diagnostic.
  public init(_ code: Diagnostic.Code, at place: Place, _ message: String) {
    self.init([Diagnostic(code, at: place, message)])
  }

  /// The first twenty, a line each, then the number of others.
  public var description: String {
    var lines = list.prefix(20).map(\.description)
    if list.count > 20 { lines.append("and \(list.count - 20) more") }
    return lines.joined(separator: "\n")
  }
}
