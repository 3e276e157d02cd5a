import ArgumentParser
import TemperJSON

struct CodesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codes", abstract: "Print every error code with its meaning and what to do.",
    discussion: "A message ends in its code, such as [E0212]. The first two digits tell the exit code.")

  @Argument(help: ArgumentHelp("Only this code.", valueName: "code"))
  var code: String?

  @Flag(name: .long, help: "Print a JSON array instead of a Markdown table.")
  var json = false

  func validate() throws {
    if let code, !CodeList.all.contains(where: { $0.code.name == code.uppercased() }) {
      throw ValidationError("There is no code \(code); temper codes lists them")
    }
    if code != nil, json { throw ValidationError("--json prints all codes; leave the one out") }
  }

  func run() {
    if let code, let found = CodeList.all.first(where: { $0.code.name == code.uppercased() }) {
      Terminal.print("\(found.code.name): \(found.code.meaning)\n\(found.remedy)")
    } else {
      Terminal.print(json ? CodeList.json.serialized() : CodeList.markdown)
    }
  }
}
