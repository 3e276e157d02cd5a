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
    if overwrite { throw ValidationError("--resume and --overwrite are mutually exclusive; use one") }
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
      let result = try Runner.run(
        file,
        options: .init(
          existing: resume != nil ? .resume : overwrite ? .replace : .refuse, arguments: CommandLine.arguments,
          isInterrupted: temper_is_interrupted),
        events: { display($0) })
      display.finish()
      report(result)
      return result.status
    }
  }

  private func report(_ result: any RunResult) {
    if json { Terminal.print(result.json.serialized()) } else if let text = result.text { Terminal.print(text) }
    if let interruption = result.interruption { return Terminal.printError(interruption.sentence) }
    for failure in result.failures { Terminal.printError("\(Terminal.red("error:")) \(failure)") }
    if result.failures.isEmpty {
      report(result.checks)
      if result.isStrict { report(result.warnings) }
      for breach in result.breaches { Terminal.printError("\(Terminal.red("error:")) \(breach)") }
    }
  }

  /// Reports which warnings are errors.
  private func report(_ warnings: [Warning]) {
    if warnings.isEmpty { return }
    Terminal.printError("\(Terminal.red("error:")) \(listing(warnings)): warnings are errors because strict is set")
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
    Terminal.printError("\(Terminal.red("error:")) \(missed.joined(separator: ", ")): outside the bounds in the config's expect")
    if json { Terminal.printError(ResultTable.expectations(checks)) }
  }
}
