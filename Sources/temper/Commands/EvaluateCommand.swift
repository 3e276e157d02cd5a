import ArgumentParser
import TemperData
import TemperJSON
import TemperTables
import TemperTrain

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate a trained model on labeled rows, or on a text.",
    discussion: "Without --input, evaluates the model on one split of the run's own data, which are read again.")

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"), completion: .directory)
  var path: String

  @Option(
    name: .long,
    help: ArgumentHelp("A labeled table, an NPY array, or for a language model a text; - is standard input.", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(name: .long, help: ArgumentHelp("The labels, if --input is an array of features.", valueName: "file"), completion: .file())
  var labels: String?

  @Option(name: .long, help: "The split of the run's own data.")
  var split: DataSplit?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Evaluate the checkpoint of this step instead of the best weights; the run may still be running.",
      valueName: "step"))
  var checkpoint: Int?

  @Flag(
    name: .customLong("explain-data"),
    help: "Report instead how each column is treated and why. Needs only the model folder.")
  var explainsData = false

  @Option(name: .long, help: "Number of threads.")
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object instead of tables.")
  var json = false

  func validate() throws {
    if input != nil, split != nil { throw ValidationError("--split is a split of the run's own data; it cannot be combined with --input") }
    if explainsData, input != nil || split != nil {
      throw ValidationError("--explain-data reads only the model; it cannot be combined with --input or --split")
    }
    if let checkpoint, checkpoint < 0 { throw ValidationError("--checkpoint must be 0 or more") }
    if labels != nil, input == nil { throw ValidationError("--labels requires --input") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(threads) { () throws(Diagnostics) in
        guard let checkpoint else { return try report(StoredModel.read(path)) }
        return try CheckpointModel.withFolder(run: path, step: checkpoint) { (folder) throws(Diagnostics) in
          try report(StoredModel.read(folder))
        }
      }
    }
  }

  private func report(_ model: any TrainedModel) throws(Diagnostics) -> ExitStatus {
    if explainsData {
      let model = try model.predicting(for: "--explain-data", path: path)
      Terminal.print(json ? ColumnText.json(model, path: path).serialized() : ColumnText.text(model))
      return .success
    }
    let name: String
    let evaluation: Evaluation
    if let input {
      name = input == "-" ? "standard input" : input
      evaluation = try model.evaluate(input: input, labels: labels)
    } else {
      (name, evaluation) = try evaluatePart(model)
    }
    if json {
      let facts: [(String, JSON)] = [("model", .string(path)), ("data", .string(name)), ("step", .integer(model.step))]
      Terminal.print(JSON.object(facts + (evaluation.detailedJSON.members ?? []).map { ($0.name, $0.value) }).serialized())
    } else {
      let parts = [ResultTable.table([(name, evaluation)]), ResultTable.classes(evaluation.report, of: name)]
      Terminal.print(parts.compactMap { $0 }.joined(separator: "\n\n"))
    }
    return .success
  }

  /// The part asked for; by default the test rows, else the validation rows, else the training rows.
  private func evaluatePart(_ model: any TrainedModel) throws(Diagnostics) -> (String, Evaluation) {
    if let (split, evaluation) = try model.evaluate(firstOf: split.map { [$0] } ?? [.test, .validation, .train]) {
      return (split.rawValue, evaluation)
    }
    throw Diagnostics(
      .noSuchPart, at: .option("--split \(split?.rawValue ?? "")"), "the run's data have no such split; use a file with --input instead")
  }
}

extension DataSplit: ExpressibleByArgument {}

extension Diagnostic.Code {
  /// The run's data have no such part.
  static let noSuchPart = Diagnostic.Code("E0130", "the run's data have no such split")
}
