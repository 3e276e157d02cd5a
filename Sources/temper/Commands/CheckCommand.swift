import ArgumentParser
import CTemperSupport
import TemperFiles
import TemperJSON
import TemperTrain

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Train configs, and compare their metrics with their bounds and a baseline.",
    discussion: """
      A metric has regressed if it is worse than in the baseline by more than min_delta, and a one-sided Welch test over the seeds gives \
      p < 0.01. The exit code is 10 if one has regressed or is gone, or an expect is not met, and 13 if a run failed. The runs are in \
      OUTPUT_DIR/check; the next check replaces them.
      """)

  @Argument(help: ArgumentHelp("The config files.", valueName: "config"), completion: .file())
  var configs: [String]

  @Option(name: .long, help: "Runs to train at a time; they share the processors.")
  var jobs = 1

  @Option(name: .long, help: ArgumentHelp("Seeds to train each config with, from its own on.", valueName: "count"))
  var seeds = 1

  @Option(
    name: .long, help: ArgumentHelp("Compare with this file; without it only expect is checked.", valueName: "file"), completion: .file())
  var baseline: String?

  @Flag(name: .long, help: "Write the results to the baseline file, unless a run failed.")
  var updateBaseline = false

  @Option(
    name: .long,
    help: ArgumentHelp("Smallest difference that counts, for all metrics, in place of those in the baseline file.", valueName: "number"))
  var minDelta: Double?

  @Option(name: .long, help: ArgumentHelp("Write the results as JUnit XML.", valueName: "file"), completion: .file())
  var junit: String?

  @Option(name: .long, help: ArgumentHelp("Write the results as a Markdown table.", valueName: "file"), completion: .file())
  var markdown: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("Change one key of every config; repeatable.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(name: .long, help: ArgumentHelp("Folder of the folder check with the runs.", valueName: "folder"), completion: .directory)
  var outputDir = "runs"

  @Flag(name: .long, help: "Print one JSON object instead of a table.")
  var json = false

  @Flag(name: [.long, .short], help: "Print no progress and no notes.")
  var quiet = false

  func validate() throws {
    if !(1...1024).contains(jobs) { throw ValidationError("--jobs must be from 1 to 1024") }
    if !(1...10_000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 10000") }
    if let minDelta, !(minDelta >= 0 && minDelta.isFinite) { throw ValidationError("--min-delta must be a number of 0 or more") }
    if baseline == nil, updateBaseline { throw ValidationError("--update-baseline requires --baseline FILE") }
    if baseline == nil, minDelta != nil { throw ValidationError("--min-delta requires --baseline FILE") }
    if configs.contains("-") { throw ValidationError("standard input cannot be a config of a check; use a file") }
    let paths = configs.map { Paths.absolute($0) }
    for (index, path) in paths.enumerated() where paths[..<index].contains(path) {
      throw ValidationError("\(configs[index]) is given twice")
    }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      var options = Check.Options(configs: configs)
      (options.overrides, options.jobs, options.seeds, options.outputDirectory) = (overrides, jobs, seeds, outputDir)
      options.reports = [junit, markdown].compactMap { $0 }
      (options.baseline, options.updatesBaseline, options.minDelta) = (baseline, updateBaseline, minDelta)
      let check = try Check(options)
      // A folder that cannot be made is found out before the runs are trained.
      for path in [junit, markdown, updateBaseline ? baseline : nil] { if let path { try Files.makeFolder(Paths.folder(of: path)) } }
      let result = try check.run(isInterrupted: temper_is_interrupted) { line in
        if !quiet { Terminal.printError(line) }
      }
      if json { Terminal.print(result.json.serialized()) }
      if let interruption = result.interruption { Terminal.printError(interruption) } else if !json { Terminal.print(result.text) }
      if !quiet { for note in result.allNotes { Terminal.note(note) } }
      for failure in result.failures { Terminal.printError("\(Terminal.red("error:")) \(failure.printable())") }
      // Of an interrupted check too: the files of an earlier one would be taken for its result.
      if let junit { try Files.write(JUnitReport(result).xml, to: junit) }
      if let markdown { try Files.write(result.markdown, to: markdown) }
      return result.status
    }
  }
}
