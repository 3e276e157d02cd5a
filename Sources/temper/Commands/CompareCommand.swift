import ArgumentParser
import TemperData
import TemperJSON
import TemperTrain

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs: settings, data, metrics, and the rows that they predict differently.",
    discussion: """
      Every run is compared with the first. Differences of classifiers are tested by McNemar's test, those of other models by a paired bootstrap; \
      both need the rows, which are read again if the files are still there and unchanged.
      """)

  @Argument(
    help: ArgumentHelp("Directories of runs or of cross-validations, or folders like best/.", valueName: "run"), completion: .directory)
  var paths: [String]

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The split whose rows are compared, validation or test; by default the test rows, or the validation rows where there are none.",
      valueName: "split"))
  var split: DataSplit?

  @Option(name: .long, help: "Seed of the bootstrap.")
  var seed = 0

  @Flag(name: .long, help: "Print one JSON object, with every row that is predicted differently.")
  var json = false

  func validate() throws {
    if paths.count < 2 { throw ValidationError("at least two runs are needed to compare") }
    if split == .train {
      throw ValidationError("--split must be validation or test: training rows do not show which model is better")
    }
    if seed < 0 { throw ValidationError("--seed must be 0 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(nil) { () throws(Diagnostics) in
        let comparisons = try RunComparisons(paths, split: split, seed: seed)
        Terminal.print(json ? comparisons.json.serialized() : comparisons.text)
        return .success
      }
    }
  }
}
