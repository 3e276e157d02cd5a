import TemperJSON
import Testing

extension Diagnostic.Code {
  fileprivate static let test = Diagnostic.Code("E0199", "a test")
}

/// What comes from files is shown as a terminal can show it.
@Suite struct PrintableTests {
  private func shown(_ message: String, path: String = "f") -> String {
    Diagnostic(.test, at: .wholeFile(path: path), message).description
  }

  @Test func controlCharactersAreEscaped() {
    #expect(shown("a\u{1B}[2Jb\u{0}\rc\td\u{202E}e") == "f: a\\u{1b}[2Jb\\u{0}\\rc\\td\\u{202e}e [E0199]")
    #expect(shown("é 漢 one\ntwo") == "f: é 漢 one\ntwo [E0199]", "a message may have several lines")
    #expect(shown("x", path: "a\u{1B}\nb") == "a\\u{1b}\\nb: x [E0199]", "a path has one line")
  }

  @Test func longWordsAndMessagesAreCut() {
    let word = shown(String(repeating: "x", count: 100_000))
    #expect(word.utf8.count < 1000 && word.hasSuffix("x [E0199]"))
    let message = shown(Array(repeating: "name", count: 50_000).joined(separator: " "))
    #expect(message.utf8.count < 7000 && message.contains("... and ") && message.hasSuffix(" more characters [E0199]"))
    #expect(shown(String(repeating: "word ", count: 1000)).utf8.count > 5000, "a screen's worth stays whole")
  }

  @Test func namesAreQuotedAndListed() {
    #expect(quoted("a\"\u{7}\n") == "\"a\\\"\\u{7}\\n\"")
    #expect(quoted(String(repeating: "y", count: 61)) == "\"\(String(repeating: "y", count: 60))...\"")
    #expect(listed(["a", "b", "c"], limit: 2) == "\"a\", \"b\" and 1 more")
  }
}
