import TemperCore

/// Generates a story from ``StoryGrammar``: expands rules, and remembers its characters and things, so that names, things and pronouns
/// agree throughout.
struct StoryMaker {
  /// A character or thing in a story.
  struct Entity: Sendable {
    /// Its name.
    let name: String
    var pronouns = Pronouns.it
  }

  /// The pronouns of an entity, and its form of "to be".
  struct Pronouns: Sendable {
    let (he, him, his, past, present): (String, String, String, String, String)

    static let she = Pronouns("she", "her", "her")
    static let he = Pronouns("he", "him", "his")
    static let it = Pronouns("it", "it", "its")
    static let they = Pronouns("they", "them", "their", past: "were", present: "are")

    private init(_ he: String, _ him: String, _ his: String, past: String = "was", present: String = "is") {
      (self.he, self.him, self.his, self.past, self.present) = (he, him, his, past, present)
    }
  }

  private var random: RandomSequence
  /// The entity drawn for each slot so far.
  private var cast: [String: Entity] = [:]

  static func story(_ random: inout RandomSequence) -> String {
    var maker = StoryMaker(random: random)
    return maker.expand("<story>")
  }

  private init(random: RandomSequence) {
    self.random = random
  }

  /// `template` with every `<rule>` replaced by one of its alternatives, and every `{slot}` by its word.
  private mutating func expand(_ template: String) -> String {
    var text = ""
    var rest = Substring(template)
    while let open = rest.firstIndex(where: { $0 == "<" || $0 == "{" }) {
      text += rest[..<open]
      let isRule = rest[open] == "<"
      guard let close = rest[open...].firstIndex(of: isRule ? ">" : "}") else {
        fail("StoryGrammar: \"\(template)\" has an unclosed bracket")
      }
      let name = String(rest[rest.index(after: open)..<close])
      text += isRule ? expand(alternative(of: name)) : word(for: name)
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  private mutating func alternative(of rule: String) -> String {
    guard let alternatives = StoryGrammar.rules[rule] else { fail("StoryGrammar: unknown rule \"\(rule)\"") }
    return alternatives[random.below(alternatives.count)]
  }

  /// The word of a slot: `hero`, `a thing`, `hero.he`; a capitalised form gives a capitalised word.
  private mutating func word(for slot: String) -> String {
    let parts = slot.split(separator: ".", maxSplits: 1).map(String.init)
    let hasArticle = slot.hasPrefix("a ")
    let entity = entity(hasArticle ? String(slot.dropFirst(2)) : parts[0])
    if hasArticle { return Self.withArticle(entity) }
    guard parts.count > 1 else { return entity.name }
    let form = parts[1].lowercased()
    let words = entity.pronouns
    let word =
      switch form {
      case "he": words.he
      case "him": words.him
      case "his": words.his
      case "was": words.past
      case "is": words.present
      default: fail("StoryGrammar: \"\(slot)\" is not a known form")
      }
    return form == parts[1] ? word : word.prefix(1).uppercased() + word.dropFirst()
  }

  private static func withArticle(_ entity: Entity) -> String {
    if entity.pronouns.he == "they" { return "some " + entity.name }
    return ("aeiou".contains(entity.name.prefix(1)) ? "an " : "a ") + entity.name
  }

  /// The entity of a slot: drawn when first mentioned, and never the same in two slots.
  private mutating func entity(_ slot: String) -> Entity {
    if let known = cast[slot] { return known }
    guard let kind = StoryGrammar.slots[slot], let candidates = StoryGrammar.entities[kind] else {
      fail("StoryGrammar: unknown slot \"\(slot)\"")
    }
    while true {
      let drawn = candidates[random.below(candidates.count)]
      if cast.values.contains(where: { $0.name == drawn.name }) { continue }
      cast[slot] = drawn
      return drawn
    }
  }
}
