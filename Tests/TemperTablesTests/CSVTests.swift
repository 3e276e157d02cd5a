import Glibc
import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperFiles
import TemperTables

@Suite("CSV tables") struct CSVTests {
  @Test("fields, with any line end, with and without the last one", arguments: ["\n", "\r\n", "\r"], [true, false])
  func lineEnds(end: String, last: Bool) throws {
    let t = try table(["a,b", "1,x y", ",z"].joined(separator: end) + (last ? end : ""))
    #expect(t.header == ["a", "b"])
    #expect(rows(t) == [["1", "x y"], ["", "z"]])
  }

  @Test func quotedFieldsHoldAnything() throws {
    let t = try table("a,\"b \"\"c\"\"\"\r\n\"1,2\",\"x\r\ny\"\"\"\r\n\"\",\"\"\"\"\r\n")
    #expect(t.header == ["a", "b \"c\""])
    #expect(rows(t) == [["1,2", "x\r\ny\""], ["", "\""]])
  }

  @Test func markInFrontIsPassedOver() throws {
    let t = try table("\u{FEFF}a,b\n1,2\n")
    #expect(t.column("a") == 0)
    #expect(t.headerPlace(column: 0).description == "t.csv:1:1")
    #expect(t.headerPlace(column: 1).description == "t.csv:1:3")
  }

  @Test func delimiterFollowsTheName() throws {
    #expect(rows(try table("a\tb\n1,5\t2\n", "t.tsv")) == [["1,5", "2"]])
    #expect(rows(try table("a;b\n1,5;2\n", delimiter: Delimiter(";"))) == [["1,5", "2"]])
    #expect(Delimiter("\"") == nil && Delimiter("ab") == nil && Delimiter("") == nil && Delimiter("é") == nil && Delimiter("\n") == nil)
  }

  @Test func placesCountLinesInsideQuotes() throws {
    let t = try table("a,b,c\n1,\"x\ny\",2\n3,4,\"5\"\n")
    #expect(t.place(row: 0, column: 1).description == "t.csv:2:3")
    #expect(t.place(row: 0, column: 2).description == "t.csv:3:4")
    #expect(t.place(row: 1, column: 2).description == "t.csv:4:5")
  }

  @Test func namesAreComparedByBytes() throws {
    let t = try table("\u{E9},e\u{301}\n1,2\n")
    #expect(t.column("\u{E9}") == 0)
    #expect(t.column("e\u{301}") == 1)
  }

  @Test func blankLines() throws {
    #expect(rows(try table("a,b\n1,2\n\n\r\n\n")) == [["1", "2"]])
    #expect(rows(try table("a\n1\n\n2\n\n")) == [["1"], [""], ["2"]])
    #expect(try table("a\n1\n\n2\n").place(row: 2, column: 0).description == "t.csv:4:1")
    #expect(
      errors { try table("a,b\n1,2\n\n3,4\n") }
        == ["t.csv:3:1: a blank line between rows. Remove it. [E0206]"])
    #expect(
      errors { try table("\na,b\n1,2\n") }
        == ["t.csv:1:1: a blank line before the header. Remove it. [E0206]"])
  }

  @Test(
    "what is wrong, with its place",
    arguments: [
      ("", "t.csv: the file is empty. A table needs a header and rows. [E0201]"),
      ("\n\n", "t.csv: the file is empty. A table needs a header and rows. [E0201]"),
      ("a,b\n", "t.csv: there is a header (\"a\", \"b\") but no rows. Add rows. [E0202]"),
      (
        "a,b,c\n1,2,3\n4\n",
        "t.csv:3:1: this row has 1 field, the header 3: no value for \"b\", \"c\". Add the missing values, or remove the row. [E0203]"
      ),
      (
        "a,b\n1,\"2\",\"x\"\n",
        "t.csv:2:7: this row has 3 fields, the header 2: the first extra one is \"x\". Quote a value that contains the delimiter. [E0203]"
      ),
      (
        "a,b\n\"x\ny\",2,3\n",
        "t.csv:3:6: this row has 3 fields, the header 2: the first extra one is \"3\". Quote a value that contains the delimiter. [E0203]"
      ),
      (
        "a,b\n1,x\"y\"\n",
        "t.csv:2:4: a quote inside an unquoted field. Quote the whole field and double the quotes inside it; if quotes are ordinary characters in this file, set data.quote to \"none\". [E0204]"
      ),
      (
        "a,b\n1,\"x\"y\n",
        "t.csv:2:6: text after the closing quote of a field. Double a quote that belongs to the value; if quotes are ordinary characters in this file, set data.quote to \"none\". [E0204]"
      ),
      (
        "a,b\n1,2\n3,\"x\n4,5\n",
        "t.csv:3:3: the quote that opens here is never closed. Close it, or double it if it belongs to the value; if quotes are ordinary characters in this file, set data.quote to \"none\". [E0205]"
      ),
      ("a,,c\n1,2,3\n", "t.csv:1:3: column 2 has no name. Every column needs a name. [E0207]"),
      (
        "a,b,\"a\"\n1,2,3\n",
        "t.csv:1:5: column 3 has the same name as column 1, \"a\". Rename one of them, or set data.duplicate_columns to \"rename\", which names it \"a.1\". [E0207]"
      ),
      // A delimiter at the end of every line but where there is something behind it.
      ("a,b,\n1,2,\n3,4,5\n", "t.csv:1:5: column 3 has no name. Every column needs a name. [E0207]"),
      (
        "a,b\n1,2,\n3,4,5\n6,7,\n8,9\n",
        "t.csv:2:5: this row has 3 fields, the header 2: the first extra one is \"\". Quote a value that contains the delimiter. [E0203]"
      ),
    ])
  func mistakes(text: String, message: String) {
    #expect(errors { try table(text) }.first == message)
    #expect(errors { try table(text) }.count == (text.hasPrefix("a,b\n1,2,\n") ? 3 : 1))
  }

  @Test func badBytes() {
    func check(_ bytes: [UInt8]) -> [String] {
      errors { try Table(FileBytes(name: "t.csv", bytes: Array("a,b\n1,é".utf8) + bytes + Array("\n".utf8))) }
    }
    #expect(
      check([0xE9]) == [
        "t.csv:2:5: the byte 0xE9 is not valid UTF-8. Save the file as UTF-8, or set data.encoding to \"latin-1\" if that is its encoding. [E0208]"
      ])
    for bytes: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xF0, 0x80, 0x80, 0x80]] {
      #expect(check(bytes).count == 1, "\(bytes)")
    }
    for character in ["\u{80}", "\u{7FF}", "\u{800}", "\u{FFFD}", "\u{10000}", "\u{10FFFF}", "\u{D7FF}", "\u{E000}"] {
      #expect(check(Array(character.utf8)) == [])
    }
  }

  @Test func allMistakesInOnePass() {
    let found = errors { try table("a,a\n1\n2,3,4\n5,x\"\n\n6,7\n") }
    #expect(found.map { $0.split(separator: " ")[0] } == ["t.csv:1:3:", "t.csv:2:1:", "t.csv:3:5:", "t.csv:4:4:", "t.csv:5:1:"])
  }

  @Test func mistakesAreLimited() {
    #expect(errors { try table("a,b\n" + String(repeating: "1\n", count: 5000)) }.count == 1000)
  }

  /// A table that is accepted must give back, when written again, the same fields.
  @Test func anyBytesAreReadOrRejected() throws {
    var random = RandomStreams(seed: 11).sequence("fuzz")
    let noise = Array("ab1,,\"\"\n\n\r é;".utf8).map { [$0] } + [[0x00], [0xFF], [0xEF, 0xBB, 0xBF]]
    // Pieces that fit together often enough to make tables of two columns, and of one.
    let pairs = ["a,b\n", "1,é\r\n", "\"x\"\"\",", "\"\r\n\"\n", "\"\",\"\"\n", "c\n", "\"", ","].map { Array($0.utf8) }
    let singles = ["a", "b", "\n", "\r\n", "\"\"", "\"", "\"c\"\n"].map { Array($0.utf8) }
    var accepted = 0
    for _ in 0..<20_000 {
      let alphabet = [noise, pairs, singles][random.below(3)]
      let bytes = (0..<random.below(16)).flatMap { _ in alphabet[random.below(alphabet.count)] }
      guard let t = try? Table(FileBytes(name: "t.csv", bytes: bytes)) else { continue }
      accepted += 1
      let lines = [t.header] + rows(t)
      let text = lines.map {
        $0.map { "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" }
      }
      let again = try table(text.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n")
      #expect(again.header.map { Array($0.utf8) } == t.header.map { Array($0.utf8) })
      #expect(rows(again).map { $0.map { Array($0.utf8) } } == rows(t).map { $0.map { Array($0.utf8) } })
      // Whatever a table holds, it is learned from or rejected with diagnostics.
      let found = errors {
        let preprocessor = try fit(t, label: t.header[t.header.count - 1])
        return try preprocessor.dataset(of: again, rows: Array(0..<again.count))
      }
      #expect(found.allSatisfy { $0.hasPrefix("t.csv") })
      for row in 0..<t.count { for column in t.header.indices { _ = t.place(row: row, column: column) } }
    }
    #expect(accepted > 500)
  }
}

@Suite("Files") struct FileBytesTests {
  @Test func readsAllBytes() throws {
    let text = String(repeating: "0123456789\n", count: 30_000)
    try withFile(text) { path in
      let file = try FileBytes(reading: path)
      #expect(file.name == path)
      #expect(file.bytes == Array(text.utf8))
    }
    #expect(try withFile("") { try FileBytes(reading: $0).bytes } == [])
  }

  @Test func missingAndUnreadable() {
    #expect(
      errors { try FileBytes(reading: "/nowhere/x.csv") }
        == ["/nowhere/x.csv: file not found. Check the path. [E0301]"])
    #expect(
      errors { try FileBytes(reading: "/tmp") } == ["/tmp: this is a folder. Give the path of a file in it. [E0302]"])
    #expect(errors { try FileBytes(reading: "/proc/self/mem") }.first?.hasSuffix("[E0302]") == true)
  }

  @Test func hugeFilesAreRefusedUnread() throws {
    try withFile("") { path in
      #expect(truncate(path, 1 << 32) == 0)
      #expect(
        errors { try FileBytes(reading: path) } == [
          "\(path): this file has 4 GiB or more. Split it into several, or take a sample of its rows. [E0303]"
        ]
      )
    }
  }

  @Test func sizelessFilesAreReadToTheirEnd() throws {
    #expect(try !FileBytes(reading: "/proc/self/status").bytes.isEmpty)
  }
}

@Suite("Number grammar") struct NumberGrammarTests {
  @Test(
    "accepted",
    arguments: [
      ("0", 0.0), ("-0", -0.0), ("007", 7), ("12.50", 12.5), (" 3 ", 3), ("1e5", 1e5), ("1E+05", 1e5), ("-2.5e-3", -0.0025),
      ("9007199254740993", 9_007_199_254_740_992), ("9007199254740993.0000000000000000001", 9_007_199_254_740_994),
      ("0.1", 0.1), ("123456789012345678901234567890", 123_456_789_012_345_678_901_234_567_890.0),
      ("1.7976931348623157e308", 1.7976931348623157e308),
      ("5e-324", 0x1p-1074), ("1e-400", 0), ("0e999999999999999999999", 0),
      ("2.2250738585072011e-308", Double.leastNormalMagnitude.nextDown),
      ("0.000000000000000000000000000001", 1e-30), (".5", 0.5), ("5.", 5), ("+5", 5), ("-.25", -0.25), ("+.5e1", 5), ("5.e-1", 0.5),
      (".0000000000000000000000000000123456789012345678", 0x1.f4ccdc0b84173p-97),
    ])
  func accepted(text: String, value: Double) {
    #expect(NumberGrammar.double(text)?.bitPattern == value.bitPattern)
  }

  @Test(
    "rejected",
    arguments: [
      "", " ", "-", "+", ".", "-.", "+-5", ".e5", "5.5.", "1e", "1e+", "e5", "0x1p3", "0x10", "inf", "-inf", "nan", "NaN", "1e400",
      "-1e309", "1 2", "- 1",
      "1,5", "1_000",
      "1.2.3", "--1", "1e5.5", "\t1", "١", "1f",
    ])
  func rejected(text: String) {
    #expect(NumberGrammar.double(text) == nil)
  }

  @Test func agreesWithTheStandardLibraryToTheBit() {
    var random = RandomStreams(seed: 3).sequence("numbers")
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      #expect(NumberGrammar.double("\(value)")?.bitPattern == value.bitPattern)
      let digits = "\(random.below(1 << 60)).\(random.below(1 << 30))e\(random.below(60) - 30)"
      #expect(NumberGrammar.double(digits) == Double(digits))
    }
  }
}
