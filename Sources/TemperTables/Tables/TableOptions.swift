/// How files of tables are read, where their names do not say it.
public struct TableOptions: Sendable, Equatable {
  /// What rows are written in.
  public enum Format: String, Sendable, CaseIterable {
    /// Values separated by commas, tabs or another byte.
    case csv
    /// A JSON object a line.
    case jsonl
  }

  /// How characters are written in bytes.
  public enum Encoding: String, Sendable, CaseIterable {
    /// UTF-8, which is checked.
    case utf8 = "utf-8"
    /// ISO 8859-1: each byte is a character.
    case latin1 = "latin-1"
  }

  /// What stands around fields that hold delimiters, quotes and line breaks.
  public enum Quote: String, Sendable, CaseIterable {
    /// Double quotes; one that belongs to the value is doubled.
    case double = "\""
    /// Single quotes.
    case single = "'"
    /// Nothing: quotes are characters like any other.
    case none
  }

  /// What becomes of a column with the name of another.
  public enum Duplicates: String, Sendable, CaseIterable {
    /// It is an error.
    case error
    /// The second `x` becomes `x.1`, the third `x.2`, as pandas has it.
    case rename
  }

  /// What rows are written in; nil for what the file's name says.
  public var format: Format?
  /// The byte between fields; nil for what the file's name says.
  public var delimiter: Delimiter?
  /// Whether the first record has the columns' names. Without, they are called `c1`, `c2` and so on.
  public var hasHeader: Bool
  /// How characters are written.
  public var encoding: Encoding
  /// What stands around fields that hold delimiters.
  public var quote = Quote.double
  /// Whether spaces and tabs around a field or a name without quotes do not count, nor those around the quotes of one with them.
  public var trimsBlanks = true
  /// What becomes of a column with the name of another.
  public var duplicates = Duplicates.error
  /// How numbers are written.
  public var numbers = NumberStyle.plain

  /// Options, all of them at their defaults unless said otherwise.
  public init(format: Format? = nil, delimiter: Delimiter? = nil, hasHeader: Bool = true, encoding: Encoding = .utf8) {
    (self.format, self.delimiter, self.hasHeader, self.encoding) = (format, delimiter, hasHeader, encoding)
  }
}

extension TableOptions {
  /// The same for standard input, whose name has no ending: what is not said is as in the first of `paths`.
  public func forStandardInput(like paths: [String]) -> TableOptions {
    var options = self
    guard let path = paths.first, let format = Format(forPath: path) else { return options }
    options.format = options.format ?? format
    if options.format == .csv { options.delimiter = options.delimiter ?? Delimiter(forPath: path) }
    return options
  }

  /// The keys of a config that differ from their defaults and are about CSV files.
  public var csvKeys: [String] {
    let usual = TableOptions()
    let differ: [(String, Bool)] = [
      ("delimiter", delimiter != usual.delimiter), ("header", hasHeader != usual.hasHeader), ("encoding", encoding != usual.encoding),
      ("quote", quote != usual.quote), ("trim", trimsBlanks != usual.trimsBlanks),
      ("duplicate_columns", duplicates != usual.duplicates), ("decimal", numbers.decimal != usual.numbers.decimal),
      ("thousands", numbers.thousands != usual.numbers.thousands),
    ]
    return differ.filter(\.1).map(\.0)
  }

  /// What the rows of the file called `name` are written in.
  func format(of name: String) -> Format { format ?? Format(forPath: name) ?? .csv }

  /// The byte between the fields of the CSV file called `name`.
  func delimiter(of name: String) -> Delimiter { delimiter ?? Delimiter(forPath: name) }
}

extension TableOptions.Format {
  /// Endings of names and what they say; `.gz` behind them does not count.
  private static let endings: [(ending: String, format: Self)] = [
    (".csv", .csv), (".tsv", .csv), (".tab", .csv), (".jsonl", .jsonl), (".ndjson", .jsonl),
  ]

  /// What the name of a file says; nil if it says nothing.
  init?(forPath path: String) {
    var name = path.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    guard let known = Self.endings.first(where: { name.hasSuffix($0.ending) }) else { return nil }
    self = known.format
  }

  /// The endings that are known, for messages.
  static var known: String { endings.map(\.ending).joined(separator: ", ") }
}
