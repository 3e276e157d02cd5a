import ArgumentParser
import TemperJSON
import TemperTrain

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train, save and evaluate what a config describes.",
    discussion: "Results go to standard output, progress to standard error, everything else to OUTPUT_DIR/NAME.")

  @OptionGroup var options: ConfigOptions

  @Option(name: .long, help: "Name of the run and its directory; by default that of the file.")
  var name: String?

  @Option(name: .long, help: ArgumentHelp("Folder for the run's directory.", valueName: "folder"))
  var outputDir: String?

  @Flag(name: .long, help: "Replace a run of the same name.")
  var overwrite = false

  @Flag(name: .long, help: "Print one JSON object instead of tables.")
  var json = false

  @Flag(name: [.long, .short], help: "No progress; warnings and errors only.")
  var quiet = false

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      var more: [String] = []
      if let name { more.append(ConfigOptions.override("name", name)) }
      if let outputDir { more.append(ConfigOptions.override("output_dir", outputDir)) }
      let file = try options.load(more)
      let display = ProgressDisplay(isQuiet: quiet)
      let outcome = try Runner.run(
        file, options: .init(overwrites: overwrite, arguments: CommandLine.arguments), events: { display($0) })
      display.finish()
      Terminal.print(json ? outcome.json.serialized() : ResultTable.text(outcome))
      if let divergence = outcome.divergence {
        Terminal.complain("\(Terminal.red("error:")) \(divergence) The weights of the step before are in \(outcome.directory)/last.")
      } else if !outcome.meetsExpectations {
        let missed = outcome.checks.filter { !$0.isMet }.map(\.expectation.metric).joined(separator: ", ")
        Terminal.complain("\(Terminal.red("error:")) \(missed): not as the config's expect wants it")
        if json { Terminal.complain(ResultTable.expectations(outcome.checks)) }
      }
      return ExitStatus(outcome)
    }
  }
}
