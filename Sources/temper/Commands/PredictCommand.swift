import ArgumentParser
import Glibc
import TemperJSON
import TemperTables
import TemperTrain

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Predict every row of a table, or every image of a folder.",
    discussion: """
      Needs only the model folder, neither the training data nor the rest of the run. Rows are read, predicted and written a \
      few thousand at a time, so memory does not grow with the input (a .gz file is unpacked in memory; pipe it through gunzip -c \
      instead). Standard input has the format of the training rows. An invalid row ends the command with exit code 65 and the row's line, after \
      the rows before it are written.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's directory, or a folder like its best/; for a cross-validation, the predictions of all folds are averaged.", valueName: "run"),
    completion: .directory)
  var path: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The table, a folder of tables, or an NPY array; of images an image, a folder or a list; - is standard input.", valueName: "file"),
    completion: .file())
  var input: String

  @Option(name: .long, help: "Output format.")
  var format: PredictionWriter.Format = .csv

  @Option(
    name: .customLong("keep"), parsing: .singleValue,
    help: ArgumentHelp("A column to copy in front of the prediction; repeatable.", valueName: "column"))
  var kept: [String] = []

  @Flag(name: .customLong("keep-all"), help: "Copy all columns of the input.")
  var keepsAll = false

  @Option(name: .long, help: "Number of threads.")
  var threads: Int?

  func validate() throws {
    if keepsAll, !kept.isEmpty { throw ValidationError("--keep-all keeps every column; leave --keep out") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(threads) { () throws(Diagnostics) in
        let model = try RowPredictor(reading: path, for: "predict")
        var stream = PredictionStream(model, format, keeping: keepsAll ? .all : .columns(kept)) { lines in
          Terminal.write(lines)
          // Nothing is left to do once nobody reads the predictions.
          if Terminal.isUnread { Glibc.exit(0) }
        }
        try stream.run(input)
        return .success
      }
    }
  }
}

extension PredictionWriter.Format: ExpressibleByArgument {}
