import ArgumentParser
import TemperJSON
import TemperTrain

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Examine a config and its data before they cost a training.",
    discussion: """
      Looks for held-out rows in the training rows, duplicates, contradicting labels, drift, outliers, a model that learns nothing, and more. \
      Writes nothing.
      """)

  @OptionGroup var options: ConfigOptions

  @Option(
    name: .long, help: ArgumentHelp("The time for all checks; those that need more examine a sample, and say so.", valueName: "seconds"))
  var seconds = 10.0

  @Flag(name: .long, help: "Exit with code 65 if there is an error.")
  var strict = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    try options.demandPath()
    if !(seconds > 0 && seconds <= 1e6) { throw ValidationError("--seconds must be above 0 and at most 1000000") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      let report = try Doctor.examine(try options.load(), seconds: seconds)
      Terminal.print(json ? report.json.serialized() : report.text)
      return report.status(isStrict: strict)
    }
  }
}
