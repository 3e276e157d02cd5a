import ArgumentParser
import TemperImages
import TemperJSON
import TemperText
import TemperTrain

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Generate data to train on.", subcommands: [MakeCommand.self, ImagesCommand.self])
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

extension DataCommand {
  struct ImagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "images", abstract: "Write the rows of a table as image files, with a folder for each class.",
      discussion: """
        All columns of numbers besides the label are pixels, row by row: one a place for grey images; three times as many for colours, first all of red, \
        then green, then blue. The folder must be new or empty.
        """)

    @Argument(help: ArgumentHelp("The table.", valueName: "file"), completion: .file())
    var path: String

    @Option(name: .long, help: ArgumentHelp("The column of the classes.", valueName: "column"))
    var label = "label"

    @Option(name: .long, help: ArgumentHelp("Rows of pixels.", valueName: "n"))
    var height: Int

    @Option(name: .long, help: ArgumentHelp("Pixels of a row.", valueName: "n"))
    var width: Int

    @Option(name: .long, help: ArgumentHelp("The value of a white pixel.", valueName: "number"))
    var white = 255.0

    @Option(name: .long, help: "The format of the files.")
    var format = ImageFormat.png

    @Option(name: .long, help: ArgumentHelp("The folder to write.", valueName: "folder"), completion: .directory)
    var output: String

    func validate() throws {
      if !(1...4096).contains(height) || !(1...4096).contains(width) {
        throw ValidationError("--height and --width must be from 1 to 4096")
      }
      if !(white > 0) || !white.isFinite { throw ValidationError("--white must be above 0") }
    }

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        let export = ImageExport(height: height, width: width, white: white, format: format)
        Terminal.printError("wrote \(try export.write(path, label: label, to: output)) images to \(output)")
        return .success
      }
    }
  }
}

extension ImageFormat: ExpressibleByArgument {}
extension SyntheticText: ExpressibleByArgument {}
