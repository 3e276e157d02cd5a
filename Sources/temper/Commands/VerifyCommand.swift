import ArgumentParser
import CTemperSupport
import TemperJSON
import TemperTrain

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Test that a config resumes and repeats to the same bytes.",
    subcommands: [Resume.self, Determinism.self])

  private static let discussion = """
    Trains in a temporary folder, which is kept only if something differs or fails. Exit codes: 0 the same bytes, 10 they differ, 13 a run \
    failed on its own.
    """

  /// Options of all verifications.
  struct Options: ParsableArguments {
    @OptionGroup var source: ConfigSource

    @Flag(name: .long, help: "Print one JSON object instead of a table.")
    var json = false

    func validate() throws { try source.demandPath() }

    /// Carries a verification out, and prints its result.
    func verify<Result: VerificationResult>(
      _ work: (_ file: ConfigFile, _ report: (String) -> Void) throws(Diagnostics) -> Result
    ) {
      Terminal.reporting { () throws(Diagnostics) in
        let file = try source.load()
        Interruptions.mayEndAtOnce(false)
        let result = try work(file) { Terminal.printError($0) }
        if result.status == .interrupted {
          Terminal.printError("temper: interrupted")
        } else {
          Terminal.print(json ? result.json.serialized() : result.text)
        }
        return result.status
      }
    }
  }

  struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Kill a training at random moments, resume it, and compare every byte with a run that was not interrupted.",
      discussion: discussion)

    @OptionGroup var options: Options

    @Option(name: .long, help: "How often a training is killed and resumed.")
    var kills = 10

    @Option(name: .long, help: "Seed of the moments.")
    var seed = 0

    func validate() throws {
      if kills < 1 { throw ValidationError("--kills must be 1 or more") }
      if seed < 0 { throw ValidationError("--seed must be 0 or more") }
    }

    func run() {
      options.verify { file, report throws(Diagnostics) in
        try ResumeVerification(file, kills: kills, seed: seed, isInterrupted: temper_is_interrupted, report: report)
      }
    }
  }

  struct Determinism: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Train several times and on several numbers of threads, and compare every byte.",
      discussion: discussion)

    @OptionGroup var options: Options

    @Option(name: .long, help: "The largest number of threads; by default 4, or the CPUs that the process may use if they are fewer.")
    var threads: Int?

    @Option(name: .long, help: "How often to train on that number of threads.")
    var runs = 2

    func validate() throws {
      if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
      if runs < 1 { throw ValidationError("--runs must be 1 or more") }
      if runs == 1, threads == 1 { throw ValidationError("--runs 1 on one thread has nothing to compare; use --runs 2") }
    }

    func run() {
      options.verify { file, report throws(Diagnostics) in
        try DeterminismVerification(
          file, threads: threads ?? min(4, Machine.processors), runs: runs, isInterrupted: temper_is_interrupted, report: report)
      }
    }
  }
}
