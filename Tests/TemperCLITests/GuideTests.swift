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
    let page = MarkdownPage(path: path)
    var (printed, text) = (PrintedLines(), page.text)
    for block in page.blocks {
      switch block.language {
      case "sh":
        guard let commands = block.commands else { continue }
        let result = Program.shell("set -eu\nPATH=\"${TEMPER%/*}:$PATH\"\n" + commands, in: folder.path)
        #expect((result.status != 0) == block.isRefused, "\(path): \(block.text)\n\(result.err)")
        printed = PrintedLines(result, in: folder.path)
      case "text":
        for line in block.text.split(separator: "\n") where line != "..." && !printed.contain(line) {
          if Snapshot.updates, let closest = printed.closest(to: line) {
            text = text.replacing("\n\(line)\n", with: "\n\(closest)\n")
          } else {
            Issue.record("\(path): \(line)\nis not printed; TEMPER_UPDATE_SNAPSHOTS=1 takes over the closest line of\n\(printed)")
          }
        }
      case "json":
        folder.write(block.text, to: "shown.json")
        let result = Program.shell("\"$TEMPER\" validate shown.json", in: folder.path)
        #expect(result.status == 0, "\(path): \(result.err)")
      default: break
      }
    }
    if text != page.text { TestFiles.write(Array(text.utf8), to: Repository.path(path)) }
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

/// The lines that commands of a page printed. Numbers in results, which may differ from one processor to another, are not compared, nor are
/// the widths of columns; messages are compared to the letter.
private struct PrintedLines: CustomStringConvertible {
  private var (results, messages) = ([Substring](), [Substring]())

  /// Nothing was printed.
  init() {}

  /// Paths are shown relative to `folder`.
  init(_ result: Program.Result, in folder: String) {
    results = result.out.replacing(folder + "/", with: "").split(separator: "\n")
    messages = result.err.replacing(folder + "/", with: "").split(separator: "\n")
  }

  var description: String { (results + messages).joined(separator: "\n") }

  func contain(_ line: Substring) -> Bool {
    messages.contains(line) || results.contains { Self.words(of: $0) == Self.words(of: line) }
  }

  /// The printed line that shares the most words with `line`.
  func closest(to line: Substring) -> Substring? {
    let words = Set(Self.words(of: line))
    func likeness(_ other: Substring) -> Double {
      let others = Set(Self.words(of: other))
      return Double(words.intersection(others).count) / Double(words.union(others).count)
    }
    return (results + messages).max { likeness($0) < likeness($1) }
  }

  private static func words(of line: Substring) -> [Substring] {
    Substring(line.replacing(/[0-9][0-9.,]*(e[-+]?[0-9]+)?/, with: "#")).split(separator: " ")
  }
}
