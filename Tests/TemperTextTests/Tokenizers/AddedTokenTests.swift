import Testing

@testable import TemperText

/// Added tokens that take spaces, as `tokenizers` 0.23 finds them.
@Suite struct AddedTokenTests {
  private func parts(_ text: String, _ tokens: [AddedToken]) -> [String] {
    var parts: [String] = []
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      AddedTokens(tokens, nil).splitRaw(bytes) { part in
        switch part {
        case .token(let id): parts.append("#\(id)")
        case .text(let range): parts.append(String(decoding: bytes[range], as: UTF8.self))
        }
      }
    }
    return parts
  }

  @Test func aTokenWithinStrippedSpaceIsKept() {
    let tokens = [
      AddedToken(id: 0, content: "<a>", stripsRight: true), AddedToken(id: 1, content: "\n"),
      AddedToken(id: 2, content: "<b>", stripsLeft: true),
    ]
    #expect(parts("<a> \nx", tokens) == ["#0", "#1", "x"])
    #expect(parts("<a> \n \nx", tokens) == ["#0", "#1", " ", "#1", "x"])
    #expect(parts("y \n<b>x", tokens) == ["y ", "#1", "#2", "x"])
    #expect(parts("y  <b>  <a>  x", tokens) == ["y", "#2", "  ", "#0", "x"])
  }

  @Test func aTokenThatTakesWhatIsTakenAlreadyIsLost() {
    let tokens = [AddedToken(id: 0, content: "<c>", stripsRight: true), AddedToken(id: 1, content: "\n\n", stripsLeft: true)]
    #expect(parts("<c> \n\nx", tokens) == ["#0", "x"])
    let both = [AddedToken(id: 1, content: "\n\n", stripsLeft: true, stripsRight: true)]
    #expect(parts("\n\n\n\n\n\nx", both) == ["#1", "x"])
  }
}
