import TemperRunSupport
import Testing

/// The README's page "Your own data" does what it says.
@Suite struct OwnDataPageTests {
  /// A block of the page: commands, or lines that the commands before it print.
  private struct Block {
    let isShell: Bool
    let text: String
  }

  private static func blocks() throws -> [Block] {
    let readme = TestFiles.text(Repository.path("README.md")).split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(readme.firstIndex(of: "<!-- own data -->"))
    let end = try #require(readme.firstIndex(of: "<!-- /own data -->"))
    var (blocks, lines, language) = ([Block](), [Substring](), nil as Substring?)
    for line in readme[start..<end] {
      if line.hasPrefix("```") {
        if let language { blocks.append(Block(isShell: language == "sh", text: lines.joined(separator: "\n"))) }
        language = language == nil ? line.dropFirst(3) : nil
        lines = []
      } else if language != nil {
        lines.append(line)
      }
    }
    return blocks
  }

  @Test func theCommandsPrintWhatThePageShows() throws {
    let folder = TemporaryFolder()
    var printed = Program.Result(status: 0, out: "", err: "")
    for block in try Self.blocks() {
      if block.isShell {
        let isRefused = block.text.contains("bad.csv")
        // Fewer epochs do for what is shown.
        let commands = block.text.split(separator: "\n").map { line in
          line.hasPrefix("temper train") ? line + " --set train.epochs=3" : String(line)
        }
        printed = Program.shell("temper() { \"$TEMPER\" \"$@\"; }\n" + commands.joined(separator: "\n"), in: folder.path)
        #expect(printed.status == (isRefused ? 65 : 0), "\(block.text)\n\(printed.err)")
      } else {
        let lines = Set((printed.out + printed.err).split(separator: "\n"))
        for line in block.text.split(separator: "\n") { #expect(lines.contains(line), "\(line)\n\(printed.out)\(printed.err)") }
      }
    }
    #expect(printed.err.contains("[E0212]"), "the page ends with an error")
  }
}
