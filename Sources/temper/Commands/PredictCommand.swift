import ArgumentParser
import Glibc
import TemperJSON
import TemperTables
import TemperTrain

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Write the class and the probabilities of every row of a table.",
    discussion: """
      It needs the model's own folder only: neither the training data nor the rest of the run. Rows are read, predicted and written some \
      thousand at a time, so memory does not grow with the input (a .gz file is unpacked in memory; pipe it through gunzip -c \
      instead). Standard input is written as the training rows were. A row that cannot be used ends it with exit code 65 and the row's line; the \
      rows before it have been written.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's directory, or a folder like its best/; of a cross-validation the predictions of all folds are averaged.", valueName: "run"),
    completion: .directory)
  var path: String

  @Option(
    name: .long, help: ArgumentHelp("The table, a folder of tables, or an NPY array; - is standard input.", valueName: "file"),
    completion: .file())
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
        let model = try RowPredictor(reading: path, for: "predict")
        var stream = PredictionStream(model, format, keeping: keepsAll ? .all : .columns(kept)) { lines in
          Terminal.write(lines)
          // There is nothing to do but to write.
          if Terminal.isUnread { Glibc.exit(0) }
        }
        try stream.run(input)
        return .success
      }
    }
  }
}

extension PredictionWriter.Format: ExpressibleByArgument {}
