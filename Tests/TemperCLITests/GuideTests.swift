import TemperRunSupport
import Testing

/// The README and the pages of the user guide do what they say: their commands are run in order, and print what stands below them.
@Suite struct GuideTests {
  /// The pages of the guide, by name.
  private static let guide = TestFiles.names(Repository.path(MarkdownPage.guideFolder)).filter { $0.hasSuffix(".md") && $0 != "temper.md" }
    .map { MarkdownPage.guideFolder + "/" + $0 }
  private static let landing = MarkdownPage(path: MarkdownPage.guideFolder + "/temper.md")
  private static let others = [
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "configs/KEYS.md", "configs/CODES.md", "datasets/README.md", landing.path,
  ]

  @Test(arguments: guide + ["README.md"]) func theCommandsPrintWhatThePageShows(path: String) {
    let folder = TemporaryFolder()
    let links = ["datasets", "configs"].map { "ln -s '\(Repository.path($0))' ." }.joined(separator: "\n")
    #expect(Program.shell(links, in: folder.path).status == 0)
    var printed = Program.Result(status: 0, out: "", err: "")
    for block in MarkdownPage(path: path).blocks {
      switch block.language {
      case "sh":
        guard let commands = block.commands else { continue }
        printed = Program.shell("set -eu\nPATH=\"${TEMPER%/*}:$PATH\"\n" + commands, in: folder.path)
        #expect((printed.status != 0) == block.isRefused, "\(path): \(block.text)\n\(printed.err)")
      case "text":
        let folders = folder.path + "/"
        let results = Set(printed.out.replacing(folders, with: "").split(separator: "\n").map(Self.withoutNumbers))
        let messages = Set(printed.err.replacing(folders, with: "").split(separator: "\n"))
        for line in block.text.split(separator: "\n") where line != "..." {
          #expect(
            messages.contains(line) || results.contains(Self.withoutNumbers(line)), "\(path): \(line)\n\(printed.out)\(printed.err)")
        }
      case "json":
        folder.write(block.text, to: "shown.json")
        let result = Program.shell("\"$TEMPER\" validate shown.json", in: folder.path)
        #expect(result.status == 0, "\(path): \(result.err)")
      default: break
      }
    }
  }

  /// A line of results whose numbers, which may differ from one processor to another, and columns do not count.
  private static func withoutNumbers(_ line: some StringProtocol) -> String {
    String(line).replacing(/[0-9][0-9.,]*(e[-+]?[0-9]+)?/, with: "#").split(separator: " ").joined(separator: " ")
  }

  @Test(arguments: guide) func aPageStartsWithARunnableExample(path: String) throws {
    let page = MarkdownPage(path: path)
    let first = try #require(page.blocks.first, "\(path) has no example")
    #expect(first.commands?.contains("temper ") == true, "\(path): the first block is to be commands that are run")
    let heading = try #require(page.lines.firstIndex { $0.hasPrefix("## ") }, "\(path) has no sections")
    #expect(first.line < heading, "\(path): the example belongs in front of the first section")
  }

  @Test(arguments: guide) func aPageIsListedOnTheLandingPage(path: String) throws {
    let name = try #require(path.split(separator: "/").last)
    #expect(Self.landing.text.contains("](\(name))"), "for readers on GitHub")
    #expect(Self.landing.text.contains("\n- <doc:\(name.dropLast(3))>\n"), "for DocC")
  }

  @Test(arguments: guide + others) func everyLinkLeadsSomewhere(path: String) {
    let page = MarkdownPage(path: path)
    for link in page.links {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let target = parts[0].isEmpty ? page : MarkdownPage(path: page.folder + parts[0])
      #expect(parts[0].isEmpty || Program.shell("test -e '\(Repository.path(target.path))'", in: "/").status == 0, "\(path): \(link)")
      if parts.count == 2 { #expect(target.anchors.contains(String(parts[1])), "\(path): \(link)") }
    }
    for name in page.documentLinks {
      #expect(Self.guide.contains(MarkdownPage.guideFolder + "/\(name).md"), "\(path): <doc:\(name)>")
    }
  }

  @Test func theReadmeIsOnePage() {
    #expect(MarkdownPage(path: "README.md").lines.count <= 220)
  }
}
