import ArgumentParser
import TemperJSON
import TemperTables
import TemperTrain

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judge a trained model on labelled rows, or on a text.",
    discussion: "Without --input it reads the run's own data again and judges the model on one part of them.")

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"), completion: .directory)
  var path: String

  @Option(
    name: .long,
    help: ArgumentHelp("A table with labels, an NPY array, or for a model of language a text; - is standard input.", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(name: .long, help: ArgumentHelp("The labels, where --input is an array of features.", valueName: "file"), completion: .file())
  var labels: String?

  @Option(name: .long, help: "The part of the run's own data.")
  var split: DataPart?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Judge the weights after this step instead of the best: of a checkpoint of the run, ended or not, whose data are read again.",
      valueName: "step"))
  var checkpoint: Int?

  @Flag(
    name: .customLong("explain-data"),
    help: "Tell instead what each column was taken for and why, and what it becomes. Needs the model's folder only.")
  var explainsData = false

  @Option(name: .long, help: "Threads to compute with.")
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object instead of tables.")
  var json = false

  func validate() throws {
    if input != nil, split != nil { throw ValidationError("--split names a part of the run's own data; it does not go with --input") }
    if explainsData, input != nil || split != nil {
      throw ValidationError("--explain-data reads the model alone; it does not go with --input or --split")
    }
    if let checkpoint, checkpoint < 0 { throw ValidationError("--checkpoint must be 0 or more") }
    if labels != nil, input == nil { throw ValidationError("--labels belongs to --input") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(threads) { () throws(Diagnostics) in
        guard let checkpoint else { return try judge(StoredModel(reading: path)) }
        return try CheckpointModel.withFolder(run: path, step: checkpoint) { (folder) throws(Diagnostics) in
          try judge(StoredModel(reading: folder))
        }
      }
    }
  }

  private func judge(_ model: StoredModel) throws(Diagnostics) -> ExitStatus {
    if explainsData {
      let bundle = try model.rows(for: "--explain-data", path: path)
      Terminal.print(json ? ColumnText.json(bundle, path: path).serialized() : ColumnText.text(bundle))
      return .success
    }
    let name: String
    let evaluation: Evaluation
    if let input {
      name = input == "-" ? "standard input" : input
      evaluation = try evaluate(model, on: input)
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

  /// The rows, or the text, of the file `input`.
  private func evaluate(_ model: StoredModel, on input: String) throws(Diagnostics) -> Evaluation {
    switch model {
    case .rows(let bundle):
      return try bundle.evaluate(try Table(input: input, labels: labels, options: bundle.config.data.tableOptions(for: input)))
    case .language(let bundle):
      if labels != nil { _ = try model.rows(for: "--labels", path: path) }
      return try bundle.evaluate([input])
    }
  }

  /// The part asked for, or the last of test, validation and train rows that there are.
  private func evaluatePart(_ model: StoredModel) throws(Diagnostics) -> (String, Evaluation) {
    for part in split.map({ [$0] }) ?? [.test, .validation, .train] {
      if let evaluation = try model.evaluate(part: part) { return (part.rawValue, evaluation) }
    }
    throw Diagnostics(
      .noSuchPart, at: .option("--split \(split?.rawValue ?? "")"), "the run's data have no such part; name a file with --input")
  }
}

extension DataPart: ExpressibleByArgument {}

extension Diagnostic.Code {
  /// A part of the data that the run does not have.
  static let noSuchPart = Diagnostic.Code("E0130", "the run has no such part of its data")
}
