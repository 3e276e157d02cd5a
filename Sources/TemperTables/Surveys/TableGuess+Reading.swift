import TemperJSON

extension TableGuess {
  /// Reads the table at `path`. If its rows show unquoted quote characters, duplicate column names or another number style, the options
  /// are updated, and notes explain why. Throws other errors in the file.
  mutating func table(path: String) throws(Diagnostics) -> Table {
    let table: Table
    do throws(Diagnostics) {
      table = try Table(path: path, options: options)
    } catch {
      table = try mended(path, error)
    }
    guard table.isCSV else { return table }
    return try withQuotes(with(numbersOf: table, path), path)
  }

  /// Retries after `problem` with other options, and uses the first that works.
  private mutating func mended(_ path: String, _ problem: Diagnostics) throws(Diagnostics) -> Table {
    let codes = Set(problem.list.map(\.code))
    var quotes = [TableOptions.Quote.double]
    if codes.contains(.strayQuote) || codes.contains(.unclosedQuote) { quotes = [.none] }
    if codes.contains(.raggedRow) { quotes.append(.single) }
    for quote in quotes {
      for duplicates in [TableOptions.Duplicates.error, .rename] {
        var options = options
        (options.quote, options.duplicates) = (quote, duplicates)
        guard options != self.options, let table = try? Table(path: path, options: options) else { continue }
        self.options = options
        if quote == .none { add("double quotes occur inside values, so they are read as ordinary characters (data.quote)") }
        if quote == .single { add(Self.singleQuotes) }
        if duplicates == .rename {
          add("columns have the same name, so a number is appended to all but the first (data.duplicate_columns)")
        }
        return table
      }
    }
    throw problem
  }

  private static let singleQuotes = "values are in single quotes (data.quote)"

  /// `table`, or the table read with single quotes if all names are in single quotes.
  private mutating func withQuotes(_ table: Table, _ path: String) throws(Diagnostics) -> Table {
    let isQuoted = table.header.allSatisfy { $0.utf8.count > 1 && $0.hasPrefix("'") && $0.hasSuffix("'") }
    guard isQuoted, options.quote == .double else { return table }
    options.quote = .single
    add(Self.singleQuotes)
    return try Table(path: path, options: options)
  }

  /// The number of values per column sampled to infer the number style.
  private static let sampleRows = 200

  private mutating func with(numbersOf table: Table, _ path: String) throws(Diagnostics) -> Table {
    let columns = table.header.indices.map { column -> [String] in
      let rows = (0..<table.count).lazy.filter { !table.isBlank(row: $0, column: column) }
      return rows.prefix(Self.sampleRows).map { table.text(row: $0, column: column) }
    }
    let styles = NumberStyle.guesses(columns)
    guard let style = styles.first else { return table }
    let example = columns.joined().first { NumberStyle.plain.double($0) == nil && style.double($0) != nil } ?? ""
    guard styles.count == 1 else {
      add(
        "numbers like \(quoted(example)) are ambiguous: set \(styles.map(\.keys).joined(separator: ", or "))")
      return table
    }
    options.numbers = style
    add("numbers are written like \(quoted(example)): \(style.keys.replacing(" to ", with: " is "))")
    return try Table(path: path, options: options)
  }
}
