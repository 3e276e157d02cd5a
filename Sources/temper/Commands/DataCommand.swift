import ArgumentParser
import TemperJSON
import TemperText
import TemperTrain

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Generate data to train on.", subcommands: [MakeCommand.self])
}

extension DataCommand {
  struct MakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "make", abstract: "Write a synthetic text: small stories, or arithmetic exercises, one on a line.",
      discussion: "The same seed gives the same bytes on every machine. A file that exists is never overwritten.")

    @Argument(help: "What to generate.")
    var kind: SyntheticText

    @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(name: .long, help: "Random seed.")
    var seed: UInt64 = 0

    @Option(
      name: .long,
      help: ArgumentHelp("Size limit; only whole documents are written. 500000 unless --documents is given.", valueName: "bytes"))
    var size: Int?

    @Option(name: .long, help: ArgumentHelp("Number of stories or exercises.", valueName: "n"))
    var documents: Int?

    func validate() throws {
      if size != nil, documents != nil { throw ValidationError("--size and --documents are mutually exclusive; use one") }
      if let size, size < 1 { throw ValidationError("--size must be 1 or more") }
      if let documents, documents < 1 { throw ValidationError("--documents must be 1 or more") }
    }

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        try kind.write(to: output, seed: seed, limit: documents.map { .documents($0) } ?? .bytes(size ?? 500_000))
        Terminal.printError("wrote \(output)")
        return .success
      }
    }
  }
}

extension SyntheticText: ExpressibleByArgument {}
