import ArgumentParser
import TemperJSON
import TemperText
import TemperTrain

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make data to train on.", subcommands: [MakeCommand.self])
}

extension DataCommand {
  struct MakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "make", abstract: "Write a text made by rules: small stories, or sums on a line each.",
      discussion: "The same seed gives the same bytes on every machine. A file that exists is never overwritten.")

    @Argument(help: "What to make.")
    var kind: MadeText

    @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(name: .long, help: "Another seed gives another text.")
    var seed: UInt64 = 0

    @Option(name: .long, help: ArgumentHelp("Whole documents of up to this many bytes; 500000 unless --documents.", valueName: "bytes"))
    var size: Int?

    @Option(name: .long, help: ArgumentHelp("This many stories or sums.", valueName: "n"))
    var documents: Int?

    func validate() throws {
      if size != nil, documents != nil { throw ValidationError("--size and --documents both say how much; give one") }
      if let size, size < 1 { throw ValidationError("--size is 1 or more") }
      if let documents, documents < 1 { throw ValidationError("--documents is 1 or more") }
    }

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        try kind.write(to: output, seed: seed, limit: documents.map { .documents($0) } ?? .bytes(size ?? 500_000))
        Terminal.complain("wrote \(output)")
        return .success
      }
    }
  }
}

extension MadeText: ExpressibleByArgument {}
