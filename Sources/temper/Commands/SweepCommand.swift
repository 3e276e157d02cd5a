import ArgumentParser
import CTemperSupport
import TemperJSON
import TemperStudies
import TemperSweep
import TemperTrain

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Search for the best settings of a config.",
    discussion: """
      The config has a sweep block, or --space names keys to search over. Trials are in OUTPUT_DIR/NAME, in the file sweep.db, which Optuna \
      reads too; best.json is the best config, and best/ its run, the only one that is evaluated on the test rows. A sweep that was begun is \
      continued.
      """, subcommands: [RunCommand.self, WorkerCommand.self], defaultSubcommand: RunCommand.self)
}

extension SweepCommand {
  struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Search, with as many workers as there are jobs (the default).")

    @OptionGroup var options: ConfigOptions

    @Option(
      name: .long,
      help: ArgumentHelp(
        "Search over one key, such as 'optimizer.learning_rate=log_uniform(1e-4,1e-1)'; repeatable. Also uniform(a,b), int(a,b), each with "
          + "step=, and choice(a,b,...); behind it, 'if KEY=VALUE' on a choice.", valueName: "key=values"))
    var space: [String] = []

    @Option(name: .long, help: ArgumentHelp("Trials in all; the same as --set sweep.budget.trials=N.", valueName: "count"))
    var trials: Int?

    @Option(name: .long, help: ArgumentHelp("Minutes in all; the same as --set sweep.budget.minutes=N.", valueName: "number"))
    var minutes: Double?

    @Option(name: .long, help: ArgumentHelp("Trials at a time; the same as --set sweep.jobs=N.", valueName: "count"))
    var jobs: Int?

    @Option(name: .long, help: "Name of the sweep and its directory; by default the file's name.")
    var name: String?

    @Option(name: .long, help: ArgumentHelp("Folder for the sweep's directory.", valueName: "folder"), completion: .directory)
    var outputDir: String?

    @Option(
      name: .long,
      help: ArgumentHelp(
        "File of the study, such as one that Optuna began; by default sweep.db in the sweep's directory.", valueName: "url"),
      completion: .file())
    var storage: String?

    @Option(name: .long, help: "Name of the study; by default that of the sweep.")
    var study: String?

    @Flag(name: .long, help: "Continue a sweep; an error if there is none.")
    var resume = false

    @Flag(name: .long, help: "Remove a sweep of the same name, and start over.")
    var overwrite = false

    @Flag(name: .long, help: "Set the sweep up for workers that are started by hand, and run nothing.")
    var prepare = false

    @Flag(name: .long, help: "The storage is on a network file system: no write-ahead log.")
    var shared = false

    @Flag(name: .long, help: "End at the first trial that fails.")
    var failFast = false

    @Flag(name: .long, help: "Print one JSON object instead of tables.")
    var json = false

    @Flag(name: [.long, .short], help: "Print warnings and errors, but no progress.")
    var quiet = false

    func validate() throws {
      try options.demandPath()
      if resume, overwrite { throw ValidationError("--resume and --overwrite are mutually exclusive; use one") }
    }

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        var sweep = Sweep.Options()
        (sweep.failsFast, sweep.arguments) = (failFast, CommandLine.arguments)
        (sweep.study, sweep.journal) = (study, shared ? .rollback : nil)
        if let storage { sweep.storage = try StorageURL.path(storage) }
        sweep.existing = resume ? .resume : overwrite ? .replace : .continued
        let display = SweepDisplay(isQuiet: quiet)
        let search = try Sweep(load(), sweep)
        if !quiet { for note in search.notes { Terminal.printError("note: \(note.printable())") } }
        for warning in search.warnings { Terminal.printError("\(Terminal.yellow("warning:")) \(warning)") }
        if prepare {
          Terminal.print(search.storage)
          return .success
        }
        let result = try search.run(isInterrupted: temper_is_interrupted) { display($0) }
        display.finish()
        if json { Terminal.print(result.json.serialized()) } else { Terminal.print(result.text) }
        for failure in result.failures { Terminal.printError("\(Terminal.red("error:")) \(failure.printable())") }
        if result.status == .interrupted { Terminal.printError(result.interruption) }
        return result.status
      }
    }

    private func load() throws(Diagnostics) -> ConfigFile {
      var more: [String] = []
      if let name { more.append(ConfigOptions.override("name", name)) }
      if let outputDir { more.append(ConfigOptions.override("output_dir", outputDir)) }
      let numbers = [
        ("budget.trials", trials.map { "\($0)" }), ("budget.minutes", minutes.map { "\($0)" }), ("jobs", jobs.map { "\($0)" }),
      ]
      for (key, value) in numbers { if let value { more.append("sweep.\(key)=\(value)") } }
      return try options.source.load(options.own + more, spaces: space)
    }
  }

  struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "worker", abstract: "Take trials from a sweep that was begun, until none is left.",
      discussion: "Any number of workers may share a sweep, on one machine or, with --shared, on several that share a file system.")

    @Option(name: .long, help: ArgumentHelp("The storage, sqlite:///FOLDER/sweep.db.", valueName: "url"))
    var storage: String

    @Option(name: .long, help: "Name of the study; by default the only one in the storage.")
    var study: String?

    @Option(name: .long, help: "Threads of each run.")
    var threads = 1

    @Flag(name: .long, help: "The storage is on a network file system: no write-ahead log.")
    var shared = false

    @Flag(name: .long, help: "End at the first trial that fails.")
    var failFast = false

    func validate() throws {
      if !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024") }
    }

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        let path = try StorageURL.path(storage)
        let names = if let study { [study] } else { try Study.names(path: path) }
        guard names.count == 1 else {
          throw Diagnostics(
            .invalidValue, at: .option("--study"),
            names.isEmpty ? "\(path) has no study" : "\(path) has the studies \(listed(names)); name one of them")
        }
        let setup = try StudySetup(storage: path, study: names[0], journal: shared ? .rollback : nil)
        let worker = try SweepWorker(setup, threads: threads, failsFast: failFast, isInterrupted: temper_is_interrupted)
        return try worker.run() == .interrupted ? .interrupted : .success
      }
    }
  }
}

/// The URL of a file with studies, as Optuna writes it: `sqlite:///runs/x/sweep.db`, `sqlite:////data/sweep.db`.
private enum StorageURL {
  private static let scheme = "sqlite:///"

  /// The path in `url`, which may be one itself. Throws if it names another kind of storage.
  static func path(_ url: String) throws(Diagnostics) -> String {
    let path = url.hasPrefix(scheme) ? String(url.dropFirst(scheme.count)) : url
    if path.isEmpty || path.contains("://") || url.hasPrefix("sqlite:") && !url.hasPrefix(scheme) {
      throw Diagnostics(
        .invalidValue, at: .option("--storage \(url)"), "is no file of studies; use \(scheme)FOLDER/sweep.db, or the path of the file")
    }
    return path
  }
}
