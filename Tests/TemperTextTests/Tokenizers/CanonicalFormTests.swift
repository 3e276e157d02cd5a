import Testing

@testable import TemperText

/// Characters of which versions of Unicode say different things; what is expected is what `tokenizers` 0.23 makes of them.
@Suite struct CanonicalFormTests {
  /// Marks of Unicode 10 and later stay where they are, and so do those before them.
  @Test(
    arguments: [[0x35F, 0x7FD], [0x346, 0x1DF6], [0x35E, 0x1DF6], [0x336, 0xD3C], [0x35E, 0x8D3], [0x336, 0x10F46]] as [[UInt32]])
  func laterMarksAreNotMoved(_ values: [UInt32]) {
    #expect(apply(.decomposed, values) == values)
    #expect(apply(.composed, values) == values)
  }

  /// The four characters that begin nothing, though their class says so: each is two marks.
  @Test(
    arguments: [
      ([0x321, 0xF73], [0xF71, 0xF72, 0x321]), ([0x321, 0xF75], [0xF71, 0xF74, 0x321]), ([0x321, 0xF81], [0xF71, 0xF80, 0x321]),
      ([0x321, 0x344], [0x321, 0x308, 0x301]),
    ] as [([UInt32], [UInt32])])
  func charactersOfTwoMarksAreMoved(_ values: [UInt32], _ expected: [UInt32]) {
    #expect(apply(.decomposed, values) == expected)
    #expect(apply(.composed, values) == expected)
  }

  /// Regular expressions know Unicode 16, the pre-tokenizer of digits knows 17.
  @Test func digitsAreThoseOfALaterVersion() {
    #expect(CharacterClasses.of(0x11DE8).contains(.digit) && !CharacterClasses.of(0x11DE8).contains(.number))
    #expect(CharacterClasses.of(0x37).isSuperset(of: [.digit, .number]) && !CharacterClasses.of(0x61).contains(.digit))
  }

  private func apply(_ form: CanonicalForm, _ values: [UInt32]) -> [UInt32] {
    form.apply(values.compactMap(Unicode.Scalar.init)).map(\.value)
  }
}
