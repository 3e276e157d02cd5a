import ArgumentParser
import TemperData
import TemperJSON
import TemperTrain

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Write the class and the probabilities of every row of a table.",
    discussion: "It needs the model's own folder only: neither the training data nor the rest of the run.")

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"))
  var path: String

  @Option(name: .long, help: ArgumentHelp("The table, a folder of tables, or an NPY array; - is standard input.", valueName: "file"))
  var input: String

  @Option(name: .long, help: "The kind of text to write.")
  var format: PredictionWriter.Format = .csv

  @Option(
    name: .customLong("keep"), parsing: .singleValue,
    help: ArgumentHelp("A column to repeat in front of the prediction; repeatable.", valueName: "column"))
  var kept: [String] = []

  @Flag(name: .customLong("keep-all"), help: "Repeat all columns of the input.")
  var keepsAll = false

  @Option(name: .long, help: "Threads to compute with.")
  var threads: Int?

  func validate() throws {
    if keepsAll, !kept.isEmpty { throw ValidationError("--keep-all keeps every column; leave --keep out") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(threads) { () throws(Diagnostics) in
        let bundle = try StoredModel(reading: path).rows(for: "predict", path: path)
        let table: Table?
        let writer: PredictionWriter
        // Everything is checked before the first line is written; then it comes in pieces.
        let (count, predictions): (Int, [Float])
        if bundle.takesImages, !input.hasSuffix(".csv"), !input.hasSuffix(".tsv") {
          let images = try IDXImages(try FileBytes(reading: input))
          if keepsAll || !kept.isEmpty {
            throw Diagnostics(.noSuchPart, at: .option("--keep"), "images have no columns to repeat; leave --keep out")
          }
          table = nil
          (count, predictions) = (images.count, try bundle.predictions(images))
        } else {
          let rows = try Table(input: input, options: bundle.config.data.tableOptions)
          table = rows
          (count, predictions) = (rows.count, try bundle.predictions(rows, rows: 0..<rows.count))
        }
        writer = try PredictionWriter(
          format, table: table, passthrough: keepsAll ? table?.header ?? [] : kept, target: bundle.preprocessor.target)
        Terminal.write(writer.header)
        let (width, piece) = (bundle.preprocessor.target.width, 4096)
        for start in stride(from: 0, to: count, by: piece) {
          let rows = start..<min(start + piece, count)
          // There is nothing to do but to write.
          if Terminal.isUnread { return .success }
          Terminal.write(writer.lines(rows: rows, outputs: Array(predictions[rows.lowerBound * width..<rows.upperBound * width])))
        }
        return .success
      }
    }
  }
}

extension PredictionWriter.Format: ExpressibleByArgument {}
