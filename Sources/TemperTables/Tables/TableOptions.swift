/// How table files are read, unless implied by their names.
public struct TableOptions: Sendable, Equatable {
  /// The file format.
  public enum Format: String, Sendable, CaseIterable {
    /// Values separated by commas, tabs or another byte.
    case csv
    /// A JSON object per line.
    case jsonl
  }

  /// The character encoding.
  public enum Encoding: String, Sendable, CaseIterable {
    /// UTF-8, which is validated.
    case utf8 = "utf-8"
    /// ISO 8859-1: each byte is a character.
    case latin1 = "latin-1"
  }

  /// The quote character around fields that contain delimiters, quotes and line breaks.
  public enum Quote: String, Sendable, CaseIterable {
    /// Double quotes, doubled inside a field.
    case double = "\""
    /// Single quotes.
    case single = "'"
    /// None: quotes are ordinary characters.
    case none
  }

  /// Handling of duplicate column names.
  public enum Duplicates: String, Sendable, CaseIterable {
    /// They are errors.
    case error
    /// The second `x` becomes `x.1`, the third `x.2`, as in pandas.
    case rename
  }

  /// The file format; nil if implied by the file name.
  public var format: Format?
  /// The field delimiter; nil if implied by the file name.
  public var delimiter: Delimiter?
  /// Whether the first record has the column names. If not, they are `c1`, `c2` and so on.
  public var hasHeader: Bool
  /// The character encoding.
  public var encoding: Encoding
  /// The quote character.
  public var quote = Quote.double
  /// Whether to strip spaces and tabs around unquoted fields and names, and around the quotes of quoted ones.
  public var trimsBlanks = true
  /// Handling of duplicate column names.
  public var duplicates = Duplicates.error
  /// The number style.
  public var numbers = NumberStyle.plain

  /// Creates options, with defaults unless specified.
  public init(format: Format? = nil, delimiter: Delimiter? = nil, hasHeader: Bool = true, encoding: Encoding = .utf8) {
    (self.format, self.delimiter, self.hasHeader, self.encoding) = (format, delimiter, hasHeader, encoding)
  }
}

extension TableOptions {
  /// The options for standard input, whose name has no extension: unspecified ones are as for the first of `paths`.
  public func forStandardInput(like paths: [String]) -> TableOptions {
    var options = self
    guard let path = paths.first, let format = Format(forPath: path) else { return options }
    options.format = options.format ?? format
    if options.format == .csv { options.delimiter = options.delimiter ?? Delimiter(forPath: path) }
    return options
  }

  /// The config keys for CSV files that differ from their defaults.
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

  /// The format of the file called `name`.
  func format(of name: String) -> Format { format ?? Format(forPath: name) ?? .csv }

  /// The field delimiter of the CSV file called `name`.
  func delimiter(of name: String) -> Delimiter { delimiter ?? Delimiter(forPath: name) }
}

extension TableOptions.Format {
  /// File extensions with their formats; a trailing `.gz` is ignored.
  private static let endings: [(ending: String, format: Self)] = [
    (".csv", .csv), (".tsv", .csv), (".tab", .csv), (".jsonl", .jsonl), (".ndjson", .jsonl),
  ]

  /// The format implied by a file name; nil if none is.
  init?(forPath path: String) {
    var name = path.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    guard let known = Self.endings.first(where: { name.hasSuffix($0.ending) }) else { return nil }
    self = known.format
  }

  /// The known extensions, for messages.
  static var known: String { endings.map(\.ending).joined(separator: ", ") }
}
