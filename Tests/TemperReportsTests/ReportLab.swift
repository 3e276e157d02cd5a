import Synchronization
import TemperJSON
import TemperRunSupport
import TemperTrain
import Testing

@testable import TemperReports

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
    var (open, mistakes) = ([String](), [String]())
    // Bytes, because pages are large.
    let pieces = Array(html.utf8).split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false)
    for piece in pieces.dropFirst() {
      guard let end = piece.firstIndex(of: UInt8(ascii: ">")) else { return mistakes + ["an open tag"] }
      let bytes = piece[..<end]
      // Most of a page are lines and points.
      if bytes.starts(with: "line ".utf8) || bytes.starts(with: "circle ".utf8) && bytes.last == UInt8(ascii: "/") {
        if hasNone(bytes) { mistakes.append(String(decoding: bytes, as: UTF8.self)) }
        continue
      }
      let name = String(
        decoding: bytes.drop { $0 == UInt8(ascii: "/") }.prefix { UInt8(ascii: "0")...UInt8(ascii: "z") ~= $0 }, as: UTF8.self)
      if bytes.first == UInt8(ascii: "!") { continue }
      if bytes.first == UInt8(ascii: "/") {
        if open.popLast() != name { mistakes.append("</\(name)> closes no <\(name)>") }
      } else if bytes.last != UInt8(ascii: "/"), !voids.contains(name) {
        open.append(name)
      }
      if hasNone(bytes) || isActive(name, bytes) { mistakes.append(String(decoding: bytes.prefix(200), as: UTF8.self)) }
    }
    if !open.isEmpty { mistakes.append("\(open) are not closed") }
    return mistakes + ["url(", "@import"].filter(Style.css.html.contains)
  }

  /// Whether a tag does something by itself, or leads elsewhere.
  private static func isActive(_ name: String, _ tag: ArraySlice<UInt8>) -> Bool {
    if ["script", "iframe", "object", "embed", "link", "img", "a", "base", "form"].contains(name) { return true }
    let text = String(decoding: tag.prefix(500), as: UTF8.self)
    return [" onclick", " onload", " onerror", " src=", " href="].contains(where: text.contains)
  }

  /// Whether a place or a length is no number.
  private static func hasNone(_ tag: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: tag.prefix(120), as: UTF8.self)
    return ["\"nan", "\"inf", "\"n/a", "=\"\""].contains(where: text.contains)
  }
}
