import TemperNN
import Testing

@Suite struct NamePatternTests {
  @Test(arguments: [
    ("a.b", "a.b", true), ("a.b", "a.bc", false), ("a.b", "xa.b", false), ("a.*", "a.b.c", true), ("a.*", "b.a.c", false),
    ("*.weight", "a.b.weight", true), ("*.weight", "a.weights", false), ("a.*.c", "a.b.c", true), ("a.*.c", "a.c", false),
    ("*", "", true), ("*", "x", true), ("a*a", "a", false), ("a*a", "aa", true), ("*b*b*", "abcb", true), ("*b*b*", "abc", false),
  ])
  func starsStandForAnything(pattern: String, name: String, fits: Bool) {
    #expect(NamePattern(pattern).matches(name) == fits)
  }
}
