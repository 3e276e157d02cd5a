import TemperCore
import TemperJSON
import TemperTables

extension TableOptions {
  /// Reads the keys for file formats.
  init(_ c: FieldReader) {
    self.init(
      format: c.optionalChoice(
        "format", doc: "File format: `csv` or `jsonl`; by default from the file extension, else csv."),
      delimiter: c.optional("delimiter", .string, doc: "Field delimiter; by default a tab for .tsv files, else a comma.")
        .flatMap { text in
          guard let delimiter = Delimiter(text) else {
            c.fail("delimiter", .invalidValue, "expected one ASCII character other than a quote or a line break")
            return nil
          }
          return delimiter
        },
      hasHeader: c.bool(
        "header", default: true, doc: "Whether the first line has the column names; if not, they are `c1`, `c2` and so on."),
      encoding: c.choice("encoding", default: .utf8, doc: "Character encoding of CSV files."))
    quote = c.choice(
      "quote", default: Quote.double,
      doc: "Quote character around CSV values that contain the delimiter or a line break: `\"`, `'`, or `none`.")
    trimsBlanks = c.bool(
      "trim", default: true,
      doc: "Strip spaces and tabs around unquoted CSV names and values, and around the quotes of others; labels and "
        + "categories are always compared without them.")
    duplicates = c.choice(
      "duplicate_columns", default: Duplicates.error,
      doc: "Handling of duplicate CSV column names: `error`, or `rename` to `x.1`, `x.2` and so on.")
    numbers = Self.numbers(c, delimiter, quote)
    if format == .jsonl, let key = Self.keys.first(where: { c.isSet($0) }) {
      c.fail(key, .invalidValue, "is only supported for CSV files, and data.format is jsonl; remove it", with: ["format"])
    }
  }

  /// The keys that apply to CSV files only.
  private static let keys = ["delimiter", "header", "encoding", "quote", "trim", "duplicate_columns", "decimal", "thousands"]

  private static func numbers(_ c: FieldReader, _ delimiter: Delimiter?, _ quote: Quote) -> NumberStyle {
    let decimal = c.choice("decimal", of: [".", ","], default: ".", doc: "Decimal separator of CSV numbers.")
    let thousands = c.optional(
      "thousands", .string, doc: "Thousands separator of CSV numbers, such as `.` in `1.234,5`; by default none.")
    guard let mark = decimal.utf8.first, let thousands else { return decimal == "," ? .comma : .plain }
    if thousands.utf8.elementsEqual(decimal.utf8) {
      c.fail("thousands", .contradiction, "is the same as data.decimal; use another character, or remove it", with: ["decimal"])
    } else if let delimiter, quote == .none, thousands.utf8.elementsEqual([delimiter.byte]) {
      c.fail(
        "thousands", .contradiction, "is the delimiter, which no value contains without quotes; remove it", with: ["delimiter", "quote"])
    } else if let byte = thousands.utf8.first, thousands.utf8.count == 1, let style = NumberStyle(decimal: mark, thousands: byte) {
      return style
    } else {
      c.fail("thousands", .invalidValue, "expected one ASCII character other than a digit, letter, sign, double quote or control character")
    }
    return .plain
  }
}
