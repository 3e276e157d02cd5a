import ArgumentParser
import TemperJSON
import TemperTrain

struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Print a scheduled value for every step of a run, as CSV.",
    discussion: "Nothing is trained; a schedule that depends on a metric stays at its first value.")

  @OptionGroup var options: ConfigOptions

  @Option(name: .customLong("of"), help: "The value to print.")
  var number: ScheduledNumber = .learningRate

  @Option(name: .long, help: "Steps to print; by default all of the run.")
  var steps: Int?

  func validate() throws {
    try options.demandPath()
    if let steps, steps < 1 { throw ValidationError("--steps must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try ScheduleTable.csv(try options.load(), of: number, steps: steps) { rows in
        Terminal.write(rows)
        return !Terminal.isUnread
      }
      return .success
    }
  }
}

extension ScheduledNumber: ExpressibleByArgument {}
