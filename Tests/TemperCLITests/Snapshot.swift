import Glibc
import TemperRunSupport
import Testing

/// Texts that the program printed when someone last looked at them. `TEMPER_UPDATE_SNAPSHOTS=1 swift test` writes them anew; look at what
/// changed before you commit it.
enum Snapshot {
  /// Whether snapshots are written anew.
  static let updates = getenv("TEMPER_UPDATE_SNAPSHOTS") != nil

  /// Fails unless `text` is what Snapshots/`name`.txt holds.
  static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let path = Repository.path("Tests/TemperCLITests/Snapshots/\(name).txt")
    if updates { TestFiles.write(Array(text.utf8), to: path) }
    let wanted = TestFiles.text(path)
    guard text != wanted else { return }
    let (lines, wantedLines) = (
      text.split(separator: "\n", omittingEmptySubsequences: false), wanted.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let index = zip(lines, wantedLines).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(lines.count, wantedLines.count)
    let (line, wantedLine) = (index < lines.count ? lines[index] : "(end)", index < wantedLines.count ? wantedLines[index] : "(end)")
    Issue.record(
      "\(name), line \(index + 1), is\n  \(line)\nand was\n  \(wantedLine)\nTEMPER_UPDATE_SNAPSHOTS=1 takes it over.",
      sourceLocation: sourceLocation)
  }
}
