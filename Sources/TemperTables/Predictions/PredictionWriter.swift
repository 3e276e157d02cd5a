import TemperCore
import TemperFiles
import TemperJSON
import TemperMetrics

/// Formats the predictions for rows: for classes `prediction` and a `probability_` column each, for a value `prediction`, for labels a
/// `probability_` column each.
///
/// It returns text and leaves writing to the caller, batch by batch, so that predictions can be streamed.
public struct PredictionWriter: Sendable {
  /// The output format.
  public enum Format: String, Sendable, CaseIterable {
    /// Comma-separated, quoted by RFC 4180, with a header.
    case csv
    /// One JSON object per line.
    case jsonl
  }

  private let format: Format
  private let table: Table?
  private let passthrough: [Int]
  private let target: Target
  /// Whether a passed-through column is numeric, which JSON writes without quotes.
  private let areNumbers: [Bool]
  /// The names of all columns as the format writes them: `name` quoted, with the colon for JSON.
  private let names: [String]

  /// Creates a writer for the rows of `table`, or for images if there is none.
  ///
  /// - Parameters:
  ///   - format: The output format.
  ///   - table: The table being predicted; nil for images, which have no columns to pass through.
  ///   - passthrough: Columns of the table to copy before the predictions, as their original text.
  ///   - target: The target.
  ///   - numbers: The columns that are numeric for the model; all others are written as texts.
  /// - Throws: `E0211` for a column that the table does not have, `E0217` for one whose name clashes with a prediction column or is
  ///   given twice.
  public init(
    _ format: Format, table: Table?, passthrough: [String], target: Target, numbers: [String] = []
  ) throws(Diagnostics) {
    require(table != nil || passthrough.isEmpty, "images have no columns to pass through")
    var findings = Findings()
    let own =
      switch target {
      case .classes(_, let names): ["prediction"] + names.map { "probability_\($0)" }
      case .value: ["prediction"]
      case .multilabel(let labels): labels.map { "probability_\($0)" }
      }
    var taken = ByteIndex(own)
    var columns: [Int] = []
    for name in passthrough {
      guard let table else { break }
      if let column = table.column(name) {
        columns.append(column)
        if taken.find(name) != nil {
          findings.add(
            .columnConflict, at: table.headerPlace(column: column),
            "the predictions already have a column \(quoted(name)). Do not pass it through again, or rename it.")
        }
        var name = name
        name.withUTF8 { taken.append($0) }
      } else {
        findings.add(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(name, asked: "the columns to pass through"))
      }
    }
    try findings.check()
    (self.format, self.table, self.target, self.passthrough) = (format, table, target, columns)
    let known = ByteIndex(numbers)
    areNumbers = passthrough.map { known.find($0) != nil }
    names = (passthrough + own).map { format == .csv ? Self.csv($0) : Self.json($0) + ":" }
  }

  /// What precedes the first row; empty for JSON lines.
  public var header: String {
    format == .csv ? names.joined(separator: ",") + "\n" : ""
  }

  /// A line for each of `rows` of `table`, by default the table given on creation. `outputs` has, row-major, the probabilities of the
  /// classes or labels, or the value in the label's unit.
  public func lines(of table: Table? = nil, rows: Range<Int>, outputs: [Double]) -> String {
    let table = table ?? self.table
    let width = target.width
    require(outputs.count == rows.count * width, "there must be an output for every row and class, label or value")
    var text = ""
    for (number, row) in rows.enumerated() {
      let own = outputs[(number * width)..<((number + 1) * width)]
      var texts = passthrough.map { table?.text(row: row, column: $0) ?? "" }
      var isNumber = areNumbers
      if case .classes(_, let names) = target {
        texts.append(names[ClassificationReport.argmax(own.map { Float($0) }[...])])
        isNumber.append(false)
      }
      switch format {
      case .csv:
        text += (texts.map(Self.csv) + own.map(decimal)).joined(separator: ",")
      case .jsonl:
        let front = zip(texts, isNumber).map { text, isNumber in
          isNumber ? Self.number(text, table?.numberStyle ?? .plain) : Self.json(text)
        }
        let values = front + own.map { $0.isFinite ? decimal($0) : "null" }
        text += "{" + zip(names, values).map { $0 + $1 }.joined(separator: ",") + "}"
      }
      text += "\n"
    }
    return text
  }

  /// The shortest form that is exact in the precision of the predictions.
  private func decimal(_ value: Double) -> String { target.fits32Bits ? "\(Float(value))" : "\(value)" }

  /// `text` as a CSV field: quoted if it contains a comma, a quote or a line break, or would be misread without.
  package static func csv(_ text: String) -> String {
    let special: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    guard text.isEmpty || text.utf8.contains(where: special.contains) else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      quoted.unicodeScalars.append(scalar)
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "\""
  }

  /// The number in `text` as JSON, keeping the digits if they are valid JSON. Blank text is null.
  private static func number(_ text: String, _ style: NumberStyle) -> String {
    if ValueKey.isEmpty(Array(text.utf8)) { return "null" }
    guard let value = style.double(text) else { return json(text) }
    let isWritten = (try? JSON.parse(text, path: ""))?.number == value
    return isWritten ? text : "\(value)"
  }

  /// `text` as a JSON string.
  static func json(_ text: String) -> String {
    JSON.string(text).serialized()
  }
}
