import TemperData
import TemperJSON

extension TableOptions {
  /// Reads the keys about how files are written.
  init(_ c: FieldReader) {
    self.init(
      format: c.optionalChoice(
        "format", doc: "What rows are written in: `csv` or `jsonl`; by default what the file's ending says, else csv."),
      delimiter: c.optional("delimiter", .string, doc: "The character between fields; by default a tab for .tsv files, else a comma.")
        .flatMap { text in
          guard let delimiter = Delimiter(text) else {
            c.fail("delimiter", .invalidValue, "wants one ASCII character that is no quote and no line break")
            return nil
          }
          return delimiter
        },
      hasHeader: c.bool(
        "header", default: true, doc: "Whether the first line has the columns' names; without, they are `c1`, `c2` and so on."),
      encoding: c.choice("encoding", default: .utf8, doc: "How a CSV file's characters are written in bytes."))
    if format == .jsonl, let key = ["delimiter", "header", "encoding"].first(where: { c.isSet($0) }) {
      c.fail(key, .invalidValue, "is about CSV files, and data.format is jsonl; remove it", with: ["format"])
    }
  }
}
