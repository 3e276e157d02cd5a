import ArgumentParser
import TemperFiles
import TemperJSON
import TemperReports
import TemperTrain

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write an HTML page about a run, or about several that are compared.",
    discussion: """
      The page has curves, the verdict of the guard, the confusion matrix, a reliability diagram, the worst predictions and the environment, in one \
      file that needs neither network nor script. The run may be finished, interrupted, diverged or still running. Worst predictions are computed \
      again, if model and data are there and unchanged.
      """)

  @Argument(help: ArgumentHelp("Directories of runs or of cross-validations.", valueName: "run"), completion: .directory)
  var paths: [String]

  @Option(
    name: .long, help: ArgumentHelp("The file to write; by default report.html in the directory of the first run.", valueName: "file"),
    completion: .file())
  var output: String?

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(nil) { () throws(Diagnostics) in
        let report = try RunReport(paths)
        let path = output ?? report.defaultPath
        try Files.write(report.html(), to: path)
        Terminal.print(path)
        return .success
      }
    }
  }
}
