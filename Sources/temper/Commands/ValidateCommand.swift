import ArgumentParser
import TemperJSON
import TemperSweep
import TemperTrain

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a config and report every error, with line and column.",
    discussion: "The data are not read.")

  @OptionGroup var options: ConfigOptions

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws { try options.demandPath() }

  func run() {
    let name = options.path ?? ""
    do throws(Diagnostics) {
      let file = try options.load()
      let warnings = try file.warnings()
      if let sweep = file.config.sweep, !sweep.space.isEmpty { _ = try SweepPlan(file) }
      for warning in warnings where !json { Terminal.printError("\(Terminal.yellow("warning:")) \(warning)") }
      let facts: [(String, JSON)] = [
        ("valid", true), ("errors", []), ("warnings", .array(warnings.map(\.json))), ("resolved", file.resolved),
      ]
      Terminal.print(json ? JSON.object(facts).serialized() : "\(name): valid")
    } catch {
      if json {
        let errors = error.list.map { diagnostic in
          var members: [(String, JSON)] = [("code", .string(diagnostic.code.name))]
          switch diagnostic.place {
          case .file(let path, let line, let column):
            members += [("file", .string(path)), ("line", .integer(line)), ("column", .integer(column))]
          case .wholeFile(let path): members += [("file", .string(path)), ("line", .null), ("column", .null)]
          case .option(let text): members += [("option", .string(text))]
          }
          return JSON.object(members + [("message", .string(diagnostic.message))])
        }
        Terminal.print(JSON.object([("valid", false), ("errors", .array(errors))]).serialized())
      } else {
        Terminal.printError("\(error)\n\(name): \(error.list.count) error\(error.list.count == 1 ? "" : "s")")
      }
      ValidateCommand.exit(withError: ExitCode(Int32(ExitStatus(error).rawValue)))
    }
  }
}

struct SchemaCommand: ParsableCommand {
  /// Output format.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json, markdown
  }

  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of configs, or a table of all keys.",
    discussion: "Set a config's \"$schema\" to the file, and editors complete keys and report errors.")

  @Option(name: .long, help: "json for the schema, markdown for the tables of configs/KEYS.md.")
  var format: Format = .json

  func run() {
    switch format {
    case .json: Terminal.print(RunConfig.schema.serialized(pretty: true))
    case .markdown: Terminal.print(RunConfig.markdownTable)
    }
  }
}
