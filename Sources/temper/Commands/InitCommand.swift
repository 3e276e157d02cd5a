import ArgumentParser
import TemperFiles
import TemperJSON
import TemperTables
import TemperTrain

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Look at a table and write a config that trains on it as it stands.",
    discussion: "Without --data it writes a template for --task, whose names are to be filled in. A file that exists is never overwritten.")

  @Option(name: .long, help: ArgumentHelp("The table, or a folder of tables.", valueName: "file"), completion: .file())
  var data: String?

  @Option(name: .long, help: ArgumentHelp("The column to predict.", valueName: "column"))
  var label: String?

  @Option(name: .long, help: "What is predicted; by default what the label looks like.")
  var task: TaskKind?

  @Option(
    name: .long, help: ArgumentHelp("The config to write; by default NAME.json in the working folder.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(name: .long, help: "Print one JSON object on what the columns were taken for.")
  var json = false

  func validate() throws {
    if data == nil, task == nil { throw ValidationError("Name a table: --data FILE --label COLUMN; or a --task for a template") }
    if data != nil, label == nil { throw ValidationError("Name the column to predict: --label COLUMN") }
    if data == nil, label != nil { throw ValidationError("--label belongs to --data") }
    if data == "-" { throw ValidationError("--data names a file that the config can name too; standard input has no name") }
    if data != nil, task?.isLanguage == true {
      throw ValidationError(
        "--task \(task?.rawValue ?? "") learns from text: write a template without --data, and name the text in data.path")
    }
    if data != nil, task == .multilabel {
      throw ValidationError("--task multilabel has several labels: write a template without --data, and name them in data.labels")
    }
    if data == nil, json { throw ValidationError("--json tells of the columns of --data") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      guard let data, let label else {
        let task = task ?? .classification
        let path = output ?? "\(task.rawValue).json"
        try ConfigDraft(task: task).write(to: path)
        Terminal.complain("wrote \(path): fill in the path and the names, then: temper validate \(path)")
        return .success
      }
      let path = output ?? Self.name(of: data) + ".json"
      let survey = try TableSurvey(path: data, label: label, classes: task.map { $0 == .classification })
      let seen = data.hasPrefix("/") ? data : Paths.relative(data, to: Paths.folder(of: path))
      let draft = ConfigDraft(survey, path: seen)
      try draft.write(to: path)
      if json { Terminal.print(SurveyText.json(survey, data: data, config: path).serialized()) }
      Terminal.complain("\(SurveyText.text(survey))\n\n\(Self.next(draft, path, survey.rows))")
      return .success
    }
  }

  /// What to do next; where all rows are learned from, also how to see what the model is worth.
  private static func next(_ draft: ConfigDraft, _ path: String, _ rows: Int) -> String {
    let train = "temper train \(path)"
    return draft.recipe.isLinear
      ? "wrote \(path): a linear model of all \(rows) rows, which are too few to hold some out\n"
        + "how good it is on rows it never saw: \(train) --set data.split.test=0.2 --name trial\nnext: \(train)"
      : "wrote \(path); next: \(train)"
  }

  /// The name of a table's file without its endings.
  private static func name(of path: String) -> String {
    Paths.stem(of: path.lowercased().hasSuffix(".gz") ? String(path.dropLast(3)) : path)
  }
}

extension TaskKind: ExpressibleByArgument {}
