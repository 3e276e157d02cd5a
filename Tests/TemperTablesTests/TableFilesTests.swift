import Glibc
import TemperCore
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite("Tables of several files") struct TableFilesTests {
  /// Runs `body` in a new folder that holds `files`.
  private func withFolder<Value>(_ files: [(name: String, text: String)], _ body: (String) throws -> Value) throws -> Value {
    let folder = TemporaryFolder()
    for (name, text) in files { folder.write(text, to: name) }
    return try body(folder.path)
  }

  @Test func rowsFollowEachOther() throws {
    try withFolder([("a.csv", "x,y\n1,one\n2,two\n"), ("b.csv", "y,x\nthree,3\n"), ("c.tsv", "x\ty\n4\tfour\n")]) { folder in
      let table = try Table(paths: [folder + "/b.csv", folder + "/a.csv", folder + "/c.tsv"])
      #expect(table.header == ["y", "x"])
      #expect(rows(table) == [["three", "3"], ["one", "1"], ["two", "2"], ["four", "4"]])
      #expect(table.place(row: 0, column: 1).description == "\(folder)/b.csv:2:7")
      #expect(table.place(row: 2, column: 0).description == "\(folder)/a.csv:3:3")
      #expect(table.place(row: 3, column: 1).description == "\(folder)/c.tsv:2:1")
      #expect(table.headerPlace(column: 1).description == "\(folder)/b.csv:1:3")
      #expect(table.files.map(\.name) == ["b.csv", "a.csv", "c.tsv"].map { "\(folder)/\($0)" })
    }
  }

  @Test func aFolderIsItsTablesByName() throws {
    let files = [("10.csv", "x\n10\n"), ("9.csv", "x\n9\n"), ("A.CSV", "x\n1\n"), ("README.md", "no table"), (".x.csv", "y\n1\n")]
    try withFolder(files) { folder in
      let (table, again) = (try Table(path: folder), try Table(path: folder + "/"))
      #expect(rows(table) == [["10"], ["9"], ["1"]])
      #expect(again.files[1].name == folder + "/9.csv")
    }
    try withFolder([("README.md", "no table")]) { folder in
      #expect(
        errors { try Table(path: folder) } == [
          "\(folder): no file in this folder has the extension of a table: .csv, .tsv, .tab, .jsonl, .ndjson, or one of these with .gz. Check the path. [E0304]"
        ])
    }
  }

  @Test func columnsMustBeTheSame() throws {
    try withFolder([("a.csv", "x,label\n1,2\n"), ("b.csv", "x,labl\n1,2\n"), ("c.csv", "x,label,z\n1,2,3\n")]) { folder in
      #expect(
        errors { try Table(path: folder) } == [
          "\(folder)/b.csv:1:1: missing column \"label\", which \(folder)/a.csv has; found \"labl\". All files of a table must have the same columns. [E0260]",
          "\(folder)/c.csv:1:9: extra column \"z\", which is not in \(folder)/a.csv. All files of a table must have the same columns. [E0260]",
        ])
    }
    try withFolder([("a.csv", "x\n1\n"), ("b.jsonl", "{\"x\": 1}\n")]) { folder in
      #expect(
        errors { try Table(path: folder) } == [
          "\(folder)/b.jsonl: this file and \(folder)/a.csv are in different formats. Use files of one format, or a folder with no others. [E0261]"
        ])
    }
  }

  /// The same rows in the same order fall to the same parts, wherever they are.
  @Test func splitsDependOnRowsAlone() throws {
    let lines = (0..<40).map { "\($0 * 37 % 101),\($0 % 2 == 0 ? "a" : "b")\n" }
    func load(_ paths: [String]) throws -> LoadedData<Preprocessor> {
      try LoadedData(
        TableConfig(source: .single(.text(paths), split: .random(validation: 0.2, test: 0.2, stratify: true)), label: "y"), seed: 5)
    }
    let whole = try withFile("x,y\n" + lines.joined()) { try load([$0]) }
    let parts = [("1.csv", "x,y\n" + lines[..<13].joined()), ("2.csv", "x,y\n" + lines[13...].joined())]
    try withFolder(parts) { folder in
      let data = try load([folder])
      #expect(data.train == whole.train && data.validation == whole.validation && data.test == whole.test)
      #expect(data.files.count == 2)
    }
  }

  @Test func tablesWithoutAHeader() throws {
    let options = TableOptions(hasHeader: false)
    let table = try Table(FileBytes(name: "t.csv", bytes: Array("1,a\n2,b\n".utf8)), options: options)
    #expect(table.header == ["c1", "c2"])
    #expect(rows(table) == [["1", "a"], ["2", "b"]])
    #expect(table.place(row: 0, column: 1).description == "t.csv:1:3")
    #expect(table.headerPlace(column: 1).description == "t.csv")
    #expect(
      errors { try Table(FileBytes(name: "t.csv", bytes: Array("1,a\n2\n".utf8)), options: options) } == [
        "t.csv:2:1: this row has 1 field, the first row 2: no value for \"c2\". Add the missing values, or remove the row. [E0203]"
      ])
    #expect(rows(try Table(FileBytes(name: "t.csv", bytes: Array("\u{FEFF}5\n".utf8)), options: options)) == [["5"]])
  }

  @Test func latin1() throws {
    let bytes = Array("na".utf8) + [0xEF] + Array("ve,b\ncaf".utf8) + [0xE9] + Array(",x\"\n".utf8)
    let options = TableOptions(encoding: .latin1)
    #expect(
      errors { try Table(FileBytes(name: "t.csv", bytes: bytes), options: options) }.first?.hasPrefix("t.csv:2:7: a quote inside") == true)
    let table = try Table(FileBytes(name: "t.csv", bytes: bytes.filter { $0 != 0x22 }), options: options)
    #expect(table.header == ["na\u{EF}ve", "b"])
    #expect(rows(table) == [["caf\u{E9}", "x"]])
    #expect(table.place(row: 0, column: 1).description == "t.csv:2:6")
    #expect(stored(table.files[0]) == bytes.filter { $0 != 0x22 })
    let plain = Array("a\n1\n".utf8)
    #expect(rows(try Table(FileBytes(name: "t.csv", bytes: plain), options: options)) == [["1"]])
  }

  @Test func utf16IsNamed() {
    let bytes: [UInt8] = [0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00, 0x31, 0x00, 0x0A, 0x00]
    #expect(
      errors { try Table(FileBytes(name: "t.csv", bytes: bytes)) } == [
        "t.csv:1:1: the file is UTF-16 (by its first two bytes). Save it as UTF-8. [E0208]"
      ])
  }
}

/// Tables of many blocks, whose fields are packed in every form.
@Suite("Blocks of tables") struct BlockTests {
  /// A table of `count` rows, and its fields.
  private static func made(_ count: Int) -> (text: String, rows: [[String]]) {
    var random = RandomStreams(seed: 4).sequence("table")
    let rows = (0..<count).map { row -> [String] in
      let cents = random.below(2_000_000) - 1_000_000
      let tiny = ["1", "2", "", "250"][random.below(4)]
      let mixed = ["1.50", "2", "3e2", "-0", " 7", "", "00.5", "1e-7"][random.below(8)]
      let quoted = ["a", "b,c", "d\ne", "f\"g", "", "12"][random.below(6)]
      // A number until late in the table.
      let late = row == count - 3 ? "text" : "\(random.below(100))"
      let large = "\(random.below(1 << 40))"
      return [
        "\(cents < 0 ? "-" : "")\(abs(cents) / 100).\(abs(cents) / 10 % 10)\(abs(cents) % 10)", tiny, mixed, quoted, late, large, "\(row)",
      ]
    }
    let texts = rows.map { row in
      row.enumerated().map {
        $0 == 3 ? "\"" + $1.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : $1
      }
      .joined(separator: ",")
    }
    // Minus nothing is not how anyone writes zero.
    return ("a,b,c,d,e,f,g\n" + texts.joined(separator: "\n") + "\n", rows)
  }

  @Test func everyFieldIsKeptExactly() throws {
    let (text, wanted) = Self.made(9000)
    for threads in [1, 3] {
      let table = try Engine.withThreads(threads) { try TemperTablesTests.table(text) }
      #expect(table.count == 9000)
      // Blanks around a value do not count.
      #expect(rows(table) == wanted.map { $0.map { $0 == " 7" ? "7" : $0 } })
      var differing = 0
      for (row, fields) in wanted.enumerated() {
        for (column, field) in fields.enumerated() {
          if table.number(row: row, column: column)?.bitPattern != NumberGrammar.double(field)?.bitPattern { differing += 1 }
          if table.isBlank(row: row, column: column) != field.isEmpty { differing += 1 }
        }
      }
      #expect(differing == 0)
    }
  }

  @Test func placesInLaterBlocks() throws {
    let (text, _) = Self.made(9000)
    let table = try table(text)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for row in [0, 7, 4095, 4096, 8191, 8999] {
      // The last field of a row is its number, and line breaks stand in quotes before it.
      guard case .file(_, let line, let column) = table.place(row: row, column: 6) else { Issue.record("no place"); continue }
      let rest = lines[line - 1].utf8.dropFirst(column - 1)
      #expect(String(rest) == "\(row)")
    }
  }

  @Test func mistakesInLaterBlocks() throws {
    var lines = (0..<9000).map { "\($0),a" }
    lines[5000] = "5000"
    lines[8000] = "8000,b\"c"
    #expect(
      errors { try table("x,y\n" + lines.joined(separator: "\n")) } == [
        "t.csv:5002:1: this row has 1 field, the header 2: no value for \"y\". Add the missing values, or remove the row. [E0203]",
        "t.csv:8002:7: a quote inside an unquoted field. Quote the whole field and double the quotes inside it; if quotes are ordinary characters in this file, set data.quote to \"none\". [E0204]",
      ])
    // A carriage return ends a line, wherever it stands.
    lines = (0..<9000).map { "\($0)\r,a" }
    #expect(errors { try table("x,y\n" + lines.joined(separator: "\n")) }.count == 1000)
    lines = (0..<9000).map { "\($0),a" }
    lines[1] = "1,\"a"
    #expect(
      errors { try table("x,y\n" + lines.joined(separator: "\n")) } == [
        "t.csv:3:3: the quote that opens here is never closed. Close it, or double it if it belongs to the value; if quotes are ordinary characters in this file, set data.quote to \"none\". [E0205]"
      ])
  }

  @Test func decimalsAreReadAndWritten() {
    for text in ["0", "7", "-7", "0.5", "-0.05", "120.0", "-1234567.89", "9007199254740992"] {
      var text = text
      let wanted = text
      let read = text.withUTF8 { Decimal.read($0) }
      let written = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { buffer in
        let count = Decimal.write(read?.whole ?? 0, scale: read?.scale ?? 0, to: buffer)
        return String(decoding: buffer[..<count], as: UTF8.self)
      }
      #expect(written == wanted)
    }
    for text in ["", "-", "-0", "-0.0", "00", "01", ".5", "5.", "+1", "1e3", " 1", "1 ", "9007199254740993", "123456789012345678", "1.2.3"]
    {
      var text = text
      #expect(text.withUTF8 { Decimal.read($0) == nil }, "\(text)")
    }
  }
}
