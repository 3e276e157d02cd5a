import ArgumentParser
import TemperJSON

struct CodesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codes", abstract: "List every error code with its meaning and remedy.",
    discussion: "A message ends in its code, such as [E0212]. The first two digits determine the exit code.")

  @Argument(help: ArgumentHelp("Only this code.", valueName: "code"))
  var code: String?

  @Flag(name: .long, help: "Print a JSON array instead of a Markdown table.")
  var json = false

  func validate() throws {
    if let code, !CodeList.all.contains(where: { $0.code.name == code.uppercased() }) {
      throw ValidationError("Unknown code \(code); temper codes lists all")
    }
    if let code, json { throw ValidationError("--json prints all codes; remove \(code)") }
  }

  func run() {
    if let code, let found = CodeList.all.first(where: { $0.code.name == code.uppercased() }) {
      Terminal.print("\(found.code.name): \(found.code.meaning)\n\(found.remedy)")
    } else {
      Terminal.print(json ? CodeList.json.serialized() : CodeList.markdown)
    }
  }
}
