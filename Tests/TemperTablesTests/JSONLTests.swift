import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperFiles
import TemperTables

@Suite("JSON lines") struct JSONLTests {
  private func read(_ text: String) throws(Diagnostics) -> Table {
    try Table(FileBytes(name: "t.jsonl", bytes: Array(text.utf8)))
  }

  @Test func columnsAreTheUnionOfKeys() throws {
    let table = try read("{\"a\": 1, \"b\": \"x\"}\n{\"c\":true,\"a\":-2.50}\r\n {\"b\": null, \"a\": 3e2, \"c\": false} \n{}\n\n")
    #expect(table.header == ["a", "b", "c"])
    #expect(rows(table) == [["1", "x", ""], ["-2.50", "", "true"], ["3e2", "", "false"], ["", "", ""]])
    #expect(table.number(row: 1, column: 0) == -2.5)
    #expect(table.isBlank(row: 2, column: 1) && table.isBlank(row: 3, column: 0))
    #expect(table.place(row: 1, column: 0).description == "t.jsonl:2:15")
    #expect(table.place(row: 2, column: 2).description == "t.jsonl:3:29")
    #expect(table.headerPlace(column: 2).description == "t.jsonl")
  }

  @Test func texts() throws {
    let table = try read(#"{"k\u0065y": "a\"b\\c\/\n\té", "emoji": "\ud83d\ude00", "plain": "é,\"", "num": "12"}"#)
    #expect(table.header == ["key", "emoji", "plain", "num"])
    #expect(rows(table) == [["a\"b\\c/\n\té", "\u{1F600}", "é,\"", "12"]])
    #expect(table.number(row: 0, column: 3) == 12)
  }

  @Test func manyBlocks() throws {
    var random = RandomStreams(seed: 8).sequence("lines")
    let keys = ["a", "b", "c", "late"]
    let wanted = (0..<9000).map { row in
      keys.map { key in random.below(3) == 0 || key == "late" && row < 5000 ? "" : "\(Double(random.below(1000)) / 8)" }
    }
    let lines = wanted.map { fields in
      "{" + zip(keys, fields).filter { !$0.1.isEmpty }.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}\n"
    }
    for threads in [1, 2] {
      let table = try Engine.withThreads(threads) { try read(lines.joined()) }
      let order = keys.map { table.column($0) }
      #expect(table.header.count == 4 && table.header[3] == "late")
      #expect((0..<9000).map { row in order.map { table.text(row: row, column: $0 ?? 0) } } == wanted)
    }
  }

  @Test(
    "what is wrong, with its place",
    arguments: [
      ("", "t.jsonl: the file is empty. Write one JSON object per line. [E0201]"),
      ("{}\n{}\n", "t.jsonl: no line has a key. Write one JSON object per line. [E0201]"),
      (
        "[1, 2]\n",
        "t.jsonl:1:1: expected a JSON object ({\"key\": value, ...}), found \"[\". Write one JSON object per line. [E0262]"
      ),
      (
        "{\"a\": 1}\n\n{\"a\": 2}\n",
        "t.jsonl:2:1: a blank line between rows. Remove it. [E0206]"
      ),
      ("{\"a\": 1, }\n", "t.jsonl:1:10: expected a key in double quotes, found \"}\". Write one JSON object per line. [E0262]"),
      (
        "{\"a\": 1\n\"b\": 2}\n",
        "t.jsonl:1:8: expected a comma or a closing brace, found the end of the line. Write one JSON object per line. [E0262]"
      ),
      ("{\"a\": 1} x\n", "t.jsonl:1:10: expected the end of the line, found \"x\". Write one JSON object per line. [E0262]"),
      (
        "{\"a\": [1, 2]}\n",
        "t.jsonl:1:7: an array in a row. Write its elements as separate keys, such as \"size_0\" and \"size_1\", or remove it. [E0263]"
      ),
      (
        "{\"a\": {\"b\": [1]}}\n",
        "t.jsonl:1:13: an array in a row. Write its elements as separate keys, such as \"size_0\" and \"size_1\", or remove it. [E0263]"
      ),
      (
        "{\"a\": 1, \"a\": 2}\n",
        "t.jsonl:1:10: the key \"a\" is a duplicate, or is both a key and inside an object. Remove one of them. [E0264]"
      ),
      (
        "{\"a.b\": 1, \"a\": {\"b\": 2}}\n",
        "t.jsonl:1:18: the key \"a.b\" is a duplicate, or is both a key and inside an object. Remove one of them. [E0264]"
      ),
      ("{\"a\": {\"\": 2}}\n", "t.jsonl:1:8: an empty key. Name it, or remove it. [E0264]"),
      ("{\"\": 1}\n", "t.jsonl:1:2: an empty key. Name it, or remove it. [E0264]"),
      (
        "{\"a\": \"x}\n",
        "t.jsonl:1:7: the string that opens here is not closed on its line. Close it; write a line break as \\n. [E0262]"
      ),
      (
        "{\"a\": \"\\q\"}\n",
        "t.jsonl:1:8: unknown escape. Write \\\\ for the backslash itself. [E0262]"
      ),
      ("{\"a\": \"\\ud800\"}\n", "t.jsonl:1:8: half of a surrogate pair. Write the character itself, or both halves. [E0262]"),
    ])
  func mistakes(text: String, message: String) {
    let found = errors { try read(text) }
    #expect(found.first == message)
  }

  @Test(arguments: ["01", "+1", ".5", "5.", "1e", "Nan", "+Infinity", "-Inf", "-NaN", "0x10", "tru", "True", "'a'", "-"])
  func whatIsNoValue(text: String) {
    #expect(
      errors { try read("{\"a\": \(text)}\n") }.first
        == "t.jsonl:1:7: not a JSON value. Write a number like -12.5 or 3e-4, a string in double quotes, true, false or null. [E0262]"
        || text == "0x10" || text == "01" || text == "5.")
    #expect(errors { try read("{\"a\": \(text)}\n") }.count == 1)
  }

  /// As pandas.json_normalize names them, and as Python's json.dumps writes what is no number.
  @Test func objectsAndWhatIsNoNumber() throws {
    let t = try read(
      "{\"a\": {\"b\": 1, \"c\": {\"d\\u0041\": \"x\"}}, \"e\": NaN}\n{\"e\": -2, \"a\": {}}\n"
        + "{\"a\": {\"c\": null, \"b\": -3.5}, \"e\": Infinity}\n")
    #expect(t.header == ["a.b", "a.c.dA", "e", "a.c"])
    #expect(rows(t) == [["1", "x", "", ""], ["", "", "-2", ""], ["-3.5", "", "Infinity", ""]])
    #expect(t.number(row: 2, column: 2) == nil && t.place(row: 2, column: 2).description == "t.jsonl:3:36")
    #expect(t.place(row: 0, column: 1).description == "t.jsonl:1:33")
    #expect(errors { try read(String(repeating: "{\"a\":", count: 101) + "1" + String(repeating: "}", count: 101)) }.count == 1)
  }

  @Test func optionsOfCSVDoNotGoWithIt() {
    #expect(errors { try Table(FileBytes(name: "t.jsonl", bytes: Array("{}".utf8)), options: TableOptions(hasHeader: false)) }.count == 1)
    // The ending is not all: the format may be said.
    #expect(errors { try Table(FileBytes(name: "x", bytes: Array("{\"a\": 1}\n".utf8)), options: TableOptions(format: .jsonl)) } == [])
  }

  /// Whatever the bytes are, they are read as the parser of configs reads them, or rejected.
  @Test func anyBytesAreReadOrRejected() throws {
    var random = RandomStreams(seed: 12).sequence("fuzz")
    let pieces = ["{", "}", "\"a\"", "\"b\"", ":", ",", "1", "-2.5", "null", "true", "\"x\"", "\"\\n\"", " ", "[", "e", "é"].map {
      Array($0.utf8)
    }
    var accepted = 0
    for _ in 0..<30_000 {
      let middle = (0..<random.below(9)).flatMap { _ in pieces[random.below(pieces.count)] }
      let bytes = random.below(2) == 0 ? Array("{\"a\":".utf8) + middle + Array("}".utf8) : middle
      let parsed = try? JSON.parse(bytes, path: "t")
      guard let table = try? Table(FileBytes(name: "t.jsonl", bytes: bytes)) else {
        let isFlat = parsed?.members?.allSatisfy { $0.value.array == nil && $0.value.members == nil && !$0.name.isEmpty } ?? false
        #expect(!isFlat || parsed?.members?.isEmpty == true, "\(String(decoding: bytes, as: UTF8.self))")
        continue
      }
      accepted += 1
      let members = try #require(parsed?.members, "\(String(decoding: bytes, as: UTF8.self))")
      if members.contains(where: { $0.value.members != nil }) { continue }
      #expect(members.map(\.name) == table.header)
      for (column, member) in members.enumerated() {
        if let text = member.value.string { #expect(table.text(row: 0, column: column) == text) }
        if let number = member.value.number { #expect(table.number(row: 0, column: column) == number) }
      }
    }
    #expect(accepted > 300)
  }
}
