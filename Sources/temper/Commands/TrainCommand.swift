import ArgumentParser
import CTemperSupport
import TemperJSON
import TemperTrain

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train, save and evaluate the model that a config describes.",
    discussion: "Results go to standard output, progress to standard error, everything else to OUTPUT_DIR/NAME.")

  @OptionGroup var options: ConfigOptions

  @Option(name: .long, help: "Name of the run and its directory; by default the file's name.")
  var name: String?

  @Option(name: .long, help: ArgumentHelp("Folder for the run's directory.", valueName: "folder"), completion: .directory)
  var outputDir: String?

  @Flag(name: .long, help: "Replace a run of the same name.")
  var overwrite = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Resume an interrupted run from its last checkpoint; the config is the run's own unless one is given.", valueName: "run"),
    completion: .directory)
  var resume: String?

  @Flag(name: .long, help: "Print one JSON object instead of tables.")
  var json = false

  @Flag(name: [.long, .short], help: "Print warnings and errors, but no progress.")
  var quiet = false

  func validate() throws {
    if resume == nil { return try options.demandPath() }
    if overwrite { throw ValidationError("--resume continues a run, and --overwrite replaces it; give one of the two") }
    if name != nil || outputDir != nil {
      throw ValidationError("--resume names the run's directory; it cannot be combined with --name and --output-dir")
    }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      var more: [String] = []
      if let name { more.append(ConfigOptions.override("name", name)) }
      if let outputDir { more.append(ConfigOptions.override("output_dir", outputDir)) }
      let file =
        if let resume {
          try ConfigFile(resuming: resume, path: options.path, overrides: options.allOverrides, removing: options.removed)
        } else {
          try options.load(more)
        }
      let display = ProgressDisplay(isQuiet: quiet)
      let ending = try Runner.run(
        file,
        options: .init(
          existing: resume != nil ? .resume : overwrite ? .replace : .refuse, arguments: CommandLine.arguments,
          isInterrupted: temper_is_interrupted),
        events: { display($0) })
      display.finish()
      report(ending)
      return ExitStatus(ending)
    }
  }

  private func report(_ ending: Ending) {
    switch ending {
    case .interrupted(let interruption):
      if json { Terminal.print(interruption.json.serialized()) }
      let fold = interruption.fold.map { " of fold \($0)" } ?? ""
      Terminal.complain(
        "interrupted after step \(interruption.steps)\(fold); to continue: temper train --resume \(interruption.directory)")
    case .finished(let outcome):
      Terminal.print(json ? outcome.json.serialized() : ResultTable.text(outcome))
      if let divergence = outcome.divergence {
        Terminal.complain(
          "\(Terminal.red("error:")) \(divergence) The weights of step \(outcome.lastStep) are in \(outcome.directory)/last.")
      } else {
        report(outcome.checks)
        if outcome.isStrict { report(outcome.warnings) }
      }
    case .folds(let outcome):
      Terminal.print(json ? outcome.json.serialized() : ResultTable.text(outcome))
      for fold in outcome.diverged {
        Terminal.complain(
          "\(Terminal.red("error:")) fold \(fold.fold): \(fold.error ?? "") Its results are those of its best weights before.")
      }
      if outcome.diverged.isEmpty {
        report(outcome.checks)
        if outcome.isStrict { report(outcome.warnings) }
      }
    }
  }

  /// Reports which warnings are errors.
  private func report(_ warnings: [Warning]) {
    if warnings.isEmpty { return }
    Terminal.complain("\(Terminal.red("error:")) \(listing(warnings)): the config is strict, and warnings are errors")
  }

  /// The codes of `warnings`, each once.
  private func listing(_ warnings: [Warning]) -> String {
    var codes: [String] = []
    for warning in warnings where !codes.contains(warning.code.name) { codes.append(warning.code.name) }
    return codes.joined(separator: ", ")
  }

  /// Reports which expectations are not met.
  private func report(_ checks: [Expectation.Check]) {
    let missed = checks.filter { !$0.isMet }.map(\.expectation.metric)
    if missed.isEmpty { return }
    Terminal.complain("\(Terminal.red("error:")) \(missed.joined(separator: ", ")): out of the bounds in the config's expect")
    if json { Terminal.complain(ResultTable.expectations(checks)) }
  }
}
