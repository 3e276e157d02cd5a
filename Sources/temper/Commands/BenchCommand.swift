import ArgumentParser
import TemperJSON
import TemperTrain

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time the training step of a config, or reading its data.",
    discussion: "Runs the trainer's own step: data, forward and backward pass, clipping and update. Writes nothing.")

  @OptionGroup var options: ConfigOptions

  @Option(name: .long, help: "Steps to time, after 50 to warm up.")
  var steps = 500

  @Flag(name: .long, help: "Time reading the data instead, once.")
  var data = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    try options.demandPath()
    if steps < 1 { throw ValidationError("--steps must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      let file = try options.load()
      let result = data ? try DataBenchmark.run(file) : try StepBenchmark.run(file, steps: steps).json
      if json {
        Terminal.print(result.serialized())
      } else {
        var table = TextTable()
        for member in result.members ?? [] {
          table.add([member.name, member.value.string ?? member.value.integer.map(grouped) ?? fixed(member.value.number, 3)])
        }
        Terminal.print(table.text)
      }
      return .success
    }
  }
}
