import TemperData
import TemperJSON
import Testing

@testable import TemperText

/// Words as `tokenizers` 0.23 cuts them by the patterns of published models.
@Suite struct RegularExpressionTests {
  private static let first = "I'm HERE, aren't I?\r\n\n  12345 déjà-vu 'LL x's漢字  ok \t"
  private static let second = "  don't  Stop!!\n\nＡ１ ſ's 'ſt y\u{301}z   "
  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  private static let llama3 =
    contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let gpt4 =
    #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#
  private static let qwen =
    contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let gpt4o =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"# + contractions
    + #"?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"# + contractions
    + #"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private func words(_ text: String, _ pattern: String, _ behavior: PreTokenizer.Behavior = .isolated, inverted: Bool = false) throws
    -> [String]
  {
    let cutter = PreTokenizer.pattern(.expression(try RegularExpression(pattern)), behavior, inverted: inverted)
    var words: [String] = []
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      cutter.forEachWord(in: bytes, isFirst: true) { words.append(String(decoding: $0, as: UTF8.self)) }
    }
    return words
  }

  @Test func gpt2CutsAsItsOwnSplitterDoes() throws {
    let expected = [
      "I", "'m", " HERE", ",", " aren", "'t", " I", "?", "\r\n\n ", " 12345", " déjà", "-", "vu", " '", "LL", " x", "'s", "漢字", " ", " ok",
      " \t",
    ]
    #expect(try words(Self.first, Self.gpt2) == expected)
    for text in [Self.first, Self.second] {
      var own: [String] = []
      Array(text.utf8).withUnsafeBufferPointer { bytes in
        PreTokenizer.byteLevel(addsPrefixSpace: false, splits: true).forEachWord(in: bytes, isFirst: true) {
          own.append(String(decoding: $0, as: UTF8.self))
        }
      }
      #expect(try words(text, Self.gpt2) == own)
    }
  }

  @Test(arguments: [("llama3", llama3, ["123", "45"]), ("gpt4", gpt4, ["123", "45"]), ("qwen", qwen, ["1", "2", "3", "4", "5"])])
  func modelsCutAsTokenizersDo(_ name: String, _ pattern: String, _ digits: [String]) throws {
    let start = ["I", "'m", " HERE", ",", " aren", "'t", " I", "?\r\n\n", " ", " "]
    #expect(try words(Self.first, pattern) == start + digits + [" déjà", "-vu", " '", "LL", " x", "'s", "漢字", " ", " ok", " \t"])
    let second = [" ", " don", "'t", " ", " Stop", "!!\n\n", "Ａ", "１", " ſ", "'s", " '", "ſt", " y", "\u{301}z", "   "]
    #expect(try words(Self.second, pattern) == second)
  }

  @Test func gpt4oKeepsContractionsWithTheirWords() throws {
    let first = [
      "I'm", " HERE", ",", " aren't", " I", "?\r\n\n", " ", " ", "123", "45", " déjà", "-vu", " '", "LL", " x's", "漢字", " ", " ok", " \t",
    ]
    #expect(try words(Self.first, Self.gpt4o) == first)
    let second = [" ", " don't", " ", " Stop", "!!\n\n", "Ａ", "１", " ſ's", " '", "ſt", " y\u{301}z", "   "]
    #expect(try words(Self.second, Self.gpt4o) == second)
  }

  @Test func eachPartOfTheSyntaxMatchesWhatItSays() throws {
    func first(_ pattern: String, _ text: String) throws -> String? {
      let expression = try RegularExpression(pattern)
      return Array(text.utf8).withUnsafeBufferPointer { bytes in
        let end = expression.end(of: bytes, from: 0)
        return end > 0 ? String(decoding: bytes[..<end], as: UTF8.self) : nil
      }
    }
    for (pattern, text, match) in [
      ("a+b", "aaab", "aaab"), ("a+?a", "aaa", "aa"), ("a++a", "aaa", nil), ("(?>a+)b", "aab", "aab"), ("(?>a|ab)c", "abc", nil),
      ("(a|ab)c", "abc", "abc"), ("(?:ab){2,3}", "abababab", "ababab"), ("(?:ab){2}?", "abab", "abab"), ("x{,2}y", "xxy", "xxy"),
      ("a(?=b)", "ab", "a"), ("a(?!b)", "ab", nil), ("[^a-c\\]]", "]", nil), ("[]a]", "]", "]"), ("[a\\-z]", "-", "-"), ("[a-]", "-", "-"),
      ("(?i)straße", "STRAßE", "STRAßE"), ("(?i:k)", "\u{212A}", "\u{212A}"), ("\\x{1F600}.", "😀é", "😀é"),
      ("\\u00e9\\x41", "éA", "éA"), ("\\P{L}\\p{^L}", "1!", "1!"), ("\\w+", "a_1é\u{200D}b", "a_1é"), ("\\d+", "1٣½", "1٣"),
      ("漢+字", "漢漢字", "漢漢字"),
    ] as [(String, String, String?)] {
      #expect(try first(pattern, text) == match, "\(pattern) on \(text)")
    }
  }

  @Test(arguments: [
    "(", "a)", "[a", "a{2", "*a", "(?<n>a)", "(?<=a)b", "\\bword", "^a", "\\p{Han}", "\\p{L", "a{2,1}", "(a*)+", "[[:alpha:]]", "\\1", "a*",
    "", "|a",
  ])
  func whatIsNotSupportedIsAnError(_ pattern: String) {
    #expect(throws: RegexProblem.self) { try RegularExpression(pattern) }
  }

  @Test func aPatternMadeToTakeForEverEnds() throws {
    #expect(try words(String(repeating: "a", count: 24), "(?:a+a+)+b") == [String(repeating: "a", count: 24)])
  }

  @Test func matchesAreTreatedAsTheBehaviorSays() throws {
    #expect(try words("ab12c3", "\\d+", .removed) == ["ab", "c"])
    #expect(try words("ab12c3", "\\d+", .removed, inverted: true) == ["12", "3"])
    #expect(try words("ab12c3", "\\d+", .mergedWithPrevious) == ["ab12", "c3"])
    #expect(try words("ab12c3", "\\d", .contiguous) == ["ab", "12", "c", "3"])
    #expect(try words("12c3", "\\d+", .mergedWithNext) == ["12c", "3"])
  }

  @Test func aTokenizerWithAPatternReadsItsOwnJSON() throws {
    let json = #"""
      {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}|\\p{L}+"}, "behavior": "Isolated", "invert": false},
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]},
       "normalizer": {"type": "Replace", "pattern": {"Regex": "b{2,}"}, "content": "b"},
       "model": {"type": "BPE", "vocab": {"1": 0, "2": 1, "12": 2, "a": 3, "1a": 4, "121": 5, "b": 6}, "merges": ["1 2", "1 a", "12 1"]}}
      """#
    let tokenizer = try Tokenizer(json: Array(json.utf8), path: "t.json")
    #expect(tokenizer.encode("1211abbb") == [5, 0, 3, 6])
    let again = try Tokenizer(json: Array(tokenizer.json.serialized().utf8), path: "again.json")
    #expect(again.json == tokenizer.json && again.encode("1211abbb") == [5, 0, 3, 6])
  }
}
