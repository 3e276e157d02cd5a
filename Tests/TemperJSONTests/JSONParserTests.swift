import Testing

@testable import TemperJSON

@Suite struct JSONParserTests {
  private func message(_ bytes: [UInt8]) -> String {
    do {
      return "accepted \(try JSON.parse(bytes, path: "f").serialized())"
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("{}", "{}"), (" [ ] ", "[]"), ("\u{FEFF}{\"a\":1}", "{\"a\":1}"), ("0", "0"), ("-0", "-0.0"), ("-12", "-12"),
    ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
    ("9223372036854775808", "9.223372036854776e+18"), ("1e3", "1000.0"), ("0.10", "0.1"), ("1E-2", "0.01"), ("1e-400", "0.0"),
    ("[true,false,null]", "[true,false,null]"), (#""\u0041\ud83d\ude00\n\/\"\\""#, #""A😀\n/\"\\""#), ("\"é\u{10FFFF}\"", "\"é\u{10FFFF}\""),
    (#""\u0000\u007f""#, #""\u0000\u007f""#), ("{\"e\\u0301\":1,\"\u{E9}\":2}", "{\"e\u{301}\":1,\"\u{E9}\":2}"),
    ("\r\n[1,\r\n2]\t", "[1,2]"),
  ])
  func accepts(text: String, written: String) throws {
    let json = try JSON.parse(text, path: "f")
    #expect(Array(json.serialized().utf8) == Array(written.utf8))
    #expect(try JSON.parse(written, path: "f") == json)
  }

  @Test(arguments: [
    ("", "f: the file is empty; write at least {} [E0001]"),
    (" \n\t", "f: the file is empty; write at least {} [E0001]"),
    ("{\n  \"a\": }", "f:2:8: expected a value, found \"}\" [E0002]"),
    ("{\"a\" 1}", "f:1:6: expected \":\" after the key \"a\", found \"1\" [E0002]"),
    ("{\"a\": 1\n \"b\": 2}", "f:2:2: a \",\" is missing before this [E0002]"),
    ("[1; 2]", "f:1:3: expected \",\" or \"]\", found \";\" [E0002]"),
    ("[\u{A0}1]", "f:1:2: expected a value, found the character U+00A0; remove it [E0002]"),
    ("[\u{0}1]", "f:1:2: expected a value, found the character U+0000; remove it [E0002]"),
    ("[,1]", "f:1:2: expected a value, found \",\" [E0002]"),
    ("{\"a\": [1,\n", "f:2:1: the file ends where a value is expected; the \"[\" at 1:7 is not closed [E0003]"),
    ("{\"é\": \"x", "f:1:8: this string is never closed; add a \" at its end [E0003]"),
    ("{} {}", "f:1:4: text after the end; a file has one value, so remove what follows it [E0004]"),
    ("[1, 2,\n]", "f:1:6: a comma before \"]\"; remove it [E0005]"),
    ("{\"a\": 1, }", "f:1:8: a comma before \"}\"; remove it [E0005]"),
    ("// hi\n{}", "f:1:1: JSON has no comments; remove it [E0006]"),
    ("{} # hi", "f:1:4: JSON has no comments; remove it [E0006]"),
    ("{\"a\": 1 /* one */}", "f:1:9: JSON has no comments; remove it [E0006]"),
    ("{'a': 1}", "f:1:2: keys and strings need double quotes (\"), not ' [E0007]"),
    ("{a: 1}", "f:1:2: expected a key in double quotes, found a [E0007]"),
    ("{\"a\": gelu}", "f:1:7: expected a value, found gelu; a string needs double quotes [E0007]"),
    ("[\u{201C}a\u{201D}]", "f:1:2: keys and strings need straight double quotes (\"), not \u{201C} [E0007]"),
    ("[NaN]", "f:1:2: NaN is not a JSON number; write a finite number, or null [E0008]"),
    ("[-Infinity]", "f:1:2: \"-Infinity\" is not a JSON number [E0008]"),
    ("[- 1]", "f:1:2: a digit must follow \"-\" [E0008]"),
    ("[+1]", "f:1:2: a number has no leading \"+\"; remove it [E0008]"),
    ("[.5]", "f:1:2: a number needs a digit before the \".\"; write 0.5 [E0008]"),
    ("[007]", "f:1:2: a number has no leading zeros; remove them [E0008]"),
    ("[1.]", "f:1:2: a digit must follow the \".\" of a number [E0008]"),
    ("[1e+]", "f:1:2: a digit must follow the \"e\" of a number [E0008]"),
    ("[1_000]", "f:1:2: \"1_000\" is not a number; write it as 1000, 0.001 or 1e-3 [E0008]"),
    ("[1.2.3]", "f:1:2: \"1.2.\" is not a number; write it as 1000, 0.001 or 1e-3 [E0008]"),
    ("[1e400]", "f:1:2: 1e400 is too large; the largest number is 1.7976931348623157e+308 [E0009]"),
    ("[\"a\nb\"]", "f:1:4: a string ends on the line it began on; close it with \", or write the line break as \\n [E0010]"),
    ("[\"a\tb\"]", "f:1:4: an unescaped control character in a string; write it as \\t [E0010]"),
    ("[\"\u{1}\"]", "f:1:3: an unescaped control character in a string; write it as \\u0001 [E0010]"),
    (
      #"["C:\data"]"#,
      #"f:1:5: unknown escape; write a backslash itself as \\ (the escapes are \" \\ \/ \b \f \n \r \t \uXXXX) [E0011]"#
    ),
    (#"["\u12g4"]"#, #"f:1:3: \u needs four hexadecimal digits, such as \u00e9 [E0011]"#),
    (
      #"["\ud83d!"]"#,
      #"f:1:3: \ud83d is half a surrogate pair; a character beyond U+FFFF needs two escapes, such as \ud83d\ude00 [E0012]"#
    ),
    (
      #"["\ude00"]"#,
      #"f:1:3: \ude00 is half a surrogate pair; a character beyond U+FFFF needs two escapes, such as \ud83d\ude00 [E0012]"#
    ),
    ("{\"a\": 1,\n \"a\": 2}", "f:2:2: duplicate key \"a\" (f:1:2); remove one of the two [E0014]"),
    ("[True]", "f:1:2: found True; write true [E0016]"),
    ("[None]", "f:1:2: found None; write null [E0016]"),
  ])
  func rejects(text: String, expected: String) {
    #expect(message(Array(text.utf8)) == expected)
  }

  @Test func rejectsWhatIsNotUTF8() {
    #expect(message([0xFF, 0xFE, 0x7B, 0]) == "f:1:1: the file is UTF-16; save it as UTF-8 [E0013]")
    let sequences: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
    ]
    for bytes in sequences {
      let byte = String(bytes[0], radix: 16, uppercase: true)
      #expect(message([0x22, 0x61] + bytes + [0x22]) == "f:1:3: byte 0x\(byte) is not UTF-8; save the file as UTF-8 [E0013]")
      #expect(message([0x5B] + bytes + [0x5D]).contains("[E0013]"))
    }
  }

  @Test func limitsDepth() {
    let limit = JSONParser.depthLimit
    #expect(message(Array((String(repeating: "[", count: limit) + String(repeating: "]", count: limit)).utf8)).hasPrefix("accepted"))
    #expect(
      message(Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        == "f:1:129: nested more than 128 levels deep; make the file flatter [E0015]")
  }

  @Test func findsSecondKeyInLargeObject() {
    let members = (0..<40).map { "\"k\($0)\": 0" }.joined(separator: ",\n")
    #expect(message(Array("{\(members),\n\"k30\": 1}".utf8)).hasPrefix("f:41:1: duplicate key \"k30\" (f:31:1)"))
    #expect(message(Array("{\(members)}".utf8)).hasPrefix("accepted"))
  }

  @Test func notesPlaces() throws {
    let json = try JSON.parse("{\r\n  \"é\": [1,\n    {\"b\": null}]\n}", path: "dir/f.json")
    let member = try #require(json.members?.first)
    let inner = try #require(member.value.array?.last?.members?.first)
    #expect(json.place?.description == "dir/f.json:1:1")
    #expect(member.place?.description == "dir/f.json:2:3")
    #expect(member.value.place?.description == "dir/f.json:2:9")
    #expect(member.value.array?.first?.place?.description == "dir/f.json:2:10")
    #expect(inner.place?.description == "dir/f.json:3:6")
    #expect(inner.value.place?.description == "dir/f.json:3:11")
  }

  /// Whatever the bytes, the parser returns: what it accepts it reads back, what it rejects has a place in the file.
  @Test func survivesMutations() throws {
    let seeds = [
      #"{"train": {"epochs": 12, "learning_rate": 1e-3}, "names": ["a", "é", "\ud83d\ude00", "\n"], "on": true, "off": null}"#,
      #"[[1, -2.5, 3e10], {"a": {"b": [false]}}, "x", 9223372036854775807]"#,
    ].map { Array($0.utf8) }
    let spice = Array("{}[]\",:\\u0eE+-.d8/'#\n\t".utf8) + [0, 0x80, 0xC3, 0xED, 0xF0, 0xFF]
    var random = SplitMix(state: 7)
    var accepted = 0
    for round in 0..<20_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] = spice.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(spice.randomElement(using: &random) ?? 0, at: index)
        default: bytes.removeSubrange(Int.random(in: index...bytes.count, using: &random)...)
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      do {
        let json = try JSON.parse(bytes, path: "f")
        accepted += 1
        #expect(try JSON.parse(json.serialized(pretty: round % 3 == 0), path: "f") == json)
      } catch {
        let diagnostic = try #require(error.list.first)
        guard case .file("f", let line, let column) = diagnostic.place else { continue }
        #expect(line >= 1 && column >= 1 && column <= bytes.count + 1)
      }
    }
    #expect(accepted > 100)
  }
}

/// A small generator with a fixed seed, so that a failure comes back.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
