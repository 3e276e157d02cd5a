import TemperRunSupport

/// A page of documentation in this repository.
struct MarkdownPage {
  /// Where the user guide lies.
  static let guideFolder = "Sources/temper/temper.docc"

  /// A fenced block.
  struct Block {
    /// What stands behind the opening fence.
    let language: String
    let text: String
    /// The line of the opening fence, from 0.
    let line: Int
    /// The comment in front of the block, such as `not run: it needs PyTorch`.
    let marker: String?
    /// Whether the lines shown below the commands are those of an error.
    var isRefused = false

    /// The commands that a test can run; nil if it is not a block of commands, or marked as not run. Of the line that trains the first
    /// model, what is left once Swift has built the program.
    var commands: String? {
      guard language == "sh" else { return nil }
      if marker == "train" { return text.split(separator: "swift run -c release ").last.map(String.init) }
      return marker == nil ? text : nil
    }
  }

  /// Its path in the repository.
  let path: String
  let text: String
  let lines: [Substring]

  init(path: String) {
    self.path = path
    text = TestFiles.text(Repository.path(path))
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  /// The folder it lies in, with a slash.
  var folder: String { path.split(separator: "/").dropLast().map { $0 + "/" }.joined() }

  var blocks: [Block] {
    var (blocks, opened, marker) = ([Block](), nil as Int?, nil as String?)
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("```"), let start = opened {
        let text = lines[start + 1..<number].joined(separator: "\n")
        if lines[start] == "```text", text.contains(/\[E[0-9]{4}\]/), let last = blocks.indices.last { blocks[last].isRefused = true }
        blocks.append(Block(language: String(lines[start].dropFirst(3)), text: text, line: start, marker: marker))
        (opened, marker) = (nil, nil)
      } else if line.hasPrefix("```") {
        opened = number
      } else if opened == nil, !line.isEmpty {
        marker = line.hasPrefix("<!-- ") && line.hasSuffix(" -->") ? String(line.dropFirst(5).dropLast(4)) : nil
      }
    }
    return blocks
  }

  /// The lines without code.
  private var prose: [String] {
    var isCode = false
    return lines.filter { line in
      if line.hasPrefix("```") { isCode.toggle() }
      return !isCode
    }.map { String($0).replacing(/`[^`]*`/, with: "") }
  }

  /// The targets of its links to other files.
  var links: [String] {
    prose.flatMap { $0.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) } }.filter { !$0.contains("://") }
  }

  /// The pages that `<doc:NAME>` names.
  var documentLinks: [String] { prose.flatMap { $0.matches(of: /<doc:([^>]+)>/).map { String($0.1) } } }

  /// The anchors of its headings, as GitHub makes them.
  var anchors: Set<String> {
    Set(
      lines.filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" }.dropFirst().lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
          .replacing(" ", with: "-")
      })
  }
}
