import Glibc
import TemperCore
import TemperFiles
import TemperRunSupport
import Testing

@testable import TemperText

@Suite("texts made by rules") struct SyntheticTextTests {
  /// What datasets/README.md says they were made by.
  @Test(
    arguments: [
      ("stories.txt", SyntheticText.stories, SyntheticText.Limit.bytes(500_000)), ("arithmetic.txt", .arithmetic, .bytes(100_000)),
    ])
  func shippedTextsAreWhatTheRulesMake(name: String, kind: SyntheticText, limit: SyntheticText.Limit) throws {
    let path = Repository.path("datasets/" + name)
    #expect(try FileBytes(reading: path).bytes == kind.make(seed: 0, limit: limit))
  }

  @Test(arguments: SyntheticText.allCases) func limitsAreKept(kind: SyntheticText) {
    let text = String(decoding: kind.make(seed: 3, limit: .documents(50)), as: UTF8.self)
    let documents = text.dropLast().split(separator: kind.separator, omittingEmptySubsequences: false).map(String.init)
    let wanted = (0..<50).map { kind.document($0, seed: 3) }
    #expect(documents == wanted)
    #expect(text.last == "\n")
    let size = text.utf8.count
    #expect(kind.make(seed: 3, limit: .bytes(size)).count == size)
    #expect(kind.make(seed: 3, limit: .bytes(size - 1)).count < size - 1)
    #expect(kind.make(seed: 3, limit: .bytes(1)) == Array((documents[0] + "\n").utf8))
    #expect(kind.make(seed: 4, limit: .documents(50)) != kind.make(seed: 3, limit: .documents(50)))
  }

  @Test func sumsAreRight() throws {
    var operators: Set<Character> = []
    for index in 0..<5000 {
      let line = SyntheticText.arithmetic.document(index, seed: 1)
      let sides = line.split(separator: "=")
      try #require(sides.count == 2)
      // Products first, then from left to right.
      var (sum, sign, product, digits) = (0, 1, 1, 0)
      for character in sides[0] + "+" {
        if let digit = character.wholeNumberValue {
          digits = 10 * digits + digit
          continue
        }
        operators.insert(character)
        product *= digits
        digits = 0
        if character == "*" { continue }
        sum += sign * product
        (product, sign) = (1, character == "-" ? -1 : 1)
      }
      #expect(String(sum) == sides[1], "\(line)")
    }
    #expect(operators == ["+", "-", "*"])
  }

  /// Every rule and slot is used, and no story holds what should have been replaced.
  @Test func storiesAreWhole() {
    let stories = (0..<3000).map { SyntheticText.stories.document($0, seed: 2) }
    #expect(Set(stories).count == 3000)
    let marks: Set<Character> = ["<", ">", "{", "}"]
    for story in stories {
      let hasMark = story.contains { marks.contains($0) || !$0.isASCII }
      #expect(!hasMark && (story.hasSuffix(".") || story.hasSuffix("\"")), "\(story)")
    }
    let text = stories.joined(separator: " ")
    for wrong in [
      "  ", " a apple", " a owl", "A owl", " a old", "they was", ". It were", "boots was", "marbles is", " a warm gloves", "..", " ,",
    ] {
      #expect(!text.contains(wrong), "\(wrong)")
    }
    for entity in StoryGrammar.entities.values.joined() { #expect(text.contains(entity.name), "\(entity.name) is never spoken of") }
    let templates = StoryGrammar.rules.values.joined().joined()
    for rule in StoryGrammar.rules.keys where rule != "story" { #expect(templates.contains("<\(rule)>"), "\(rule)") }
  }
}
