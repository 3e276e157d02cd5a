import Synchronization
import TemperJSON
import TemperReports
import TemperRunSupport
import TemperTrain
import Testing

/// A folder with a small table, and runs on it.
final class ReportLab {
  let folder = TemporaryFolder(inMemory: true)

  init() {
    folder.write(SampleTable.csv(), to: "t.csv")
    folder.write(SampleTable.config, to: "base.json")
  }

  /// Trains the sample config with `changes`, and ends after `stop` steps if that is given; returns the run's directory.
  @discardableResult
  func train(_ name: String, _ changes: [String] = [], stop: Int? = nil) throws -> String {
    let file = try ConfigFile(path: folder("base.json"), overrides: ["output_dir=\(folder("runs"))", "name=\(name)"] + changes)
    let taken = Mutex(0)
    let options = Runner.Options(isInterrupted: { stop.map { stop in taken.withLock { $0 >= stop } } ?? false })
    return try Runner.run(file, options: options) { event in
      if case .stepped(let number, _) = event { taken.withLock { $0 = number } }
    }.directory
  }

  /// The page about the runs in `paths`, which is well-formed and self-contained.
  func page(_ paths: String...) throws -> String {
    let html = try RunReport(paths).html()
    #expect(PageCheck.mistakes(html) == [], "\(paths)")
    return html
  }
}

/// What must hold for every page.
enum PageCheck {
  private static let voids: Set = ["meta", "br"]

  /// Tags that are not closed in their order, scripts, addresses, and numbers that are none.
  static func mistakes(_ html: String) -> [String] {
    var (open, mistakes, rest) = ([Substring](), [String](), html[...])
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else { return mistakes + ["an open tag"] }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("!") { continue }
      let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
      if tag.hasPrefix("/") {
        if open.popLast() != name { mistakes.append("</\(name)> closes no <\(name)>") }
      } else if !tag.hasSuffix("/"), !voids.contains(String(name)) {
        open.append(name)
      }
      if name == "script" || tag.contains(" on") || tag.contains("javascript:") { mistakes.append("<\(tag)>") }
      for word in ["nan", "inf", "n/a"] where tag.contains("\"\(word)") || tag.contains(" \(word),") || tag.contains(",\(word)") {
        mistakes.append("<\(tag.prefix(80))> has \(word)")
      }
    }
    if !open.isEmpty { mistakes.append("\(open) are not closed") }
    for word in ["http:", "https:", "url(", "@import", " src=", " href="] where html.contains(word) { mistakes.append(word) }
    return mistakes
  }
}
