import ArgumentParser
import CTemperSupport
import TemperFiles
import TemperImages
import TemperJSON
import TemperTables
import TemperTrain

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Profile a table or a folder of images and write a config that trains on it as it is.",
    discussion: "Without --data, writes a template for --task to fill in. A file that exists is never overwritten.")

  @Option(
    name: .long,
    help: ArgumentHelp("The table, a folder of tables, or a folder of images with a folder for each class.", valueName: "file"),
    completion: .file())
  var data: String?

  @Option(name: .long, help: ArgumentHelp("The column to predict.", valueName: "column"))
  var label: String?

  @Option(name: .long, help: "What to predict; by default inferred from the label.")
  var task: TaskName?

  @Option(
    name: .long, help: ArgumentHelp("The config to write; by default NAME.json in the working folder.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(name: .long, help: "Train the models that suit the table on parts of it, and write the config of the best.")
  var compare = false

  @Option(name: .long, help: ArgumentHelp("The time that --compare may take, about; by default 60.", valueName: "seconds"))
  var seconds: Double?

  @Flag(name: .long, help: "Print one JSON object that describes the columns.")
  var json = false

  func validate() throws {
    if data == nil, task == nil { throw ValidationError("A table is required: --data FILE --label COLUMN; or a --task for a template") }
    let isImages = data.map(ImageProfile.isFolderOfImages) ?? false
    if isImages,
      let option = label != nil ? "--label" : compare ? "--compare" : task != nil && task?.name != "classification" ? "--task" : nil
    {
      throw ValidationError("\(option) is not for a folder of images, whose classes are its folders; leave it out")
    }
    if data != nil, label == nil, !isImages { throw ValidationError("The column to predict is required: --label COLUMN") }
    if data == nil, label != nil { throw ValidationError("--label requires --data") }
    if output == "-" || output?.isEmpty == true { throw ValidationError("--output must be a file") }
    if let data, [".npy", ".npz"].contains(where: data.hasSuffix) {
      throw ValidationError("--data must be a table of text; for arrays write a config with data.type npy, data.features and data.labels")
    }
    if data == "-" { throw ValidationError("--data must be a file, which the config refers to, not standard input") }
    if data != nil, let task, task.definition.target == nil {
      throw ValidationError(
        "--task \(task.name) trains on text: write a template without --data, and set data.path to the text")
    }
    if data != nil, let task, task.definition.target == .labels {
      throw ValidationError("--task \(task.name) has several labels: write a template without --data, and list them in data.labels")
    }
    if data == nil, json { throw ValidationError("--json requires --data") }
    if data == nil, compare { throw ValidationError("--compare requires --data") }
    if seconds != nil, !compare { throw ValidationError("--seconds requires --compare") }
    if let seconds, !(seconds >= 1 && seconds <= 1e6) { throw ValidationError("--seconds must be from 1 to 1000000") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      if let data, ImageProfile.isFolderOfImages(data) { return try draftImages(data) }
      guard let data, let label else {
        let task = task?.definition ?? Components.standard.tasks[0]
        let path = output ?? "\(task.name).json"
        try ConfigDraft(task: task).write(to: path)
        Terminal.print("wrote \(path): fill in the path and the names, then: temper validate \(path)")
        return .success
      }
      let path = output ?? Self.name(of: data) + ".json"
      let profile = try TableProfile(path: data, label: label, classes: task.map { $0.definition.target == .classes })
      let seen = Self.path(of: data, seenFrom: path)
      let comparison = compare ? try compare(profile, data, path, seen) : nil
      if comparison?.isInterrupted == true {
        Terminal.printError("interrupted; no config was written")
        return .interrupted
      }
      let draft = comparison?.winner?.draft ?? ConfigDraft(profile, path: seen)
      do throws(Diagnostics) {
        try draft.write(to: path)
      } catch {
        if let comparison { Terminal.print(json ? comparison.json.serialized() : comparison.text) }
        throw error
      }
      Terminal.print(
        json
          ? TableProfileText.json(profile, draft, comparison, data: data, config: path).serialized()
          : ([TableProfileText.text(profile, draft)] + [comparison?.text].compactMap(\.self) + [Self.next(draft, path, profile.rows)])
            .joined(separator: "\n\n"))
      return .success
    }
  }

  /// The path of the data as the config at `path` names it.
  private static func path(of data: String, seenFrom path: String) -> String {
    data.hasPrefix("/") ? data : Paths.relative(data, to: Paths.folder(of: path))
  }

  private func draftImages(_ data: String) throws(Diagnostics) -> ExitStatus {
    let folder = data.count > 1 && data.hasSuffix("/") ? String(data.dropLast()) : data
    let path = output ?? Self.name(of: Paths.absolute(folder)) + ".json"
    let profile = try ImageProfile(folder: folder)
    let draft = ConfigDraft(profile, path: Self.path(of: folder, seenFrom: path))
    try draft.write(to: path)
    Terminal.print(
      json
        ? profile.json(draft, data: data, config: path).serialized()
        : profile.text(folder) + "\n\nwrote \(path); next: temper train \(path)")
    return .success
  }

  private func compare(_ profile: TableProfile, _ data: String, _ path: String, _ seen: String) throws(Diagnostics) -> DraftComparison {
    // What was trained would be lost.
    try ConfigDraft.demandWritable(path)
    return try DraftComparison(
      profile, data: data, config: path, written: seen, seconds: seconds ?? 60, isInterrupted: temper_is_interrupted,
      report: { Terminal.printError($0) })
  }

  /// What to do next; if all rows are training rows, also how to estimate the quality of the model.
  private static func next(_ draft: ConfigDraft, _ path: String, _ rows: Int) -> String {
    let train = "temper train \(path)"
    return draft.defaults.holdsNothingOut
      ? "wrote \(path): a linear model fitted to all \(rows) rows, which are too few to hold some out\n"
        + "to evaluate such a model on held-out rows: \(train) --set data.split.test=0.2 --name trial\nnext: \(train)"
      : "wrote \(path); next: \(train)"
  }

  /// The name of a table's file without its endings.
  private static func name(of path: String) -> String {
    Paths.stem(of: path.lowercased().hasSuffix(".gz") ? String(path.dropLast(3)) : path)
  }
}

/// A task by its name.
struct TaskName: ExpressibleByArgument {
  let definition: TaskDefinition
  var name: String { definition.name }

  init?(argument: String) {
    guard let definition = Components.standard.task(argument) else { return nil }
    self.definition = definition
  }

  static var allValueStrings: [String] { Components.standard.tasks.map(\.name) }
}
