import Glibc
import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperFiles
import TemperTables

@Suite("Tables part by part") struct TableStreamTests {
  /// The rows of all parts, and how many each has; with what ended them.
  private static func read(
    _ path: String, needed: [String] = [], needsAll: Bool = false, step: Int = 1, options: TableOptions = TableOptions()
  ) throws -> (rows: [[String]], parts: [Int], errors: [String]) {
    var (all, parts) = ([[String]](), [Int]())
    var stream = try TableStream(path: path, options: options, needed: needed, needsAll: needsAll, step: step)
    do throws(Diagnostics) {
      while let table = try stream.next() {
        all += rows(table)
        parts.append(table.count)
      }
    } catch {
      return (all, parts, error.list.map(\.description))
    }
    return (all, parts, [])
  }

  @Test func theRowsAreThoseOfTheTable() throws {
    let many = (0..<9000).map { "\($0),\"a \"\"b\"\"\n\($0)\",\r\n" }.joined()
    for text in [
      "x,y,z\r\n" + many, "x,y,z\n1,2,3", "x,y,z\n1,2,3\n\n\n", "\u{FEFF}x,y,z\n" + many + "\n\r\n\n",
      "x,y,z\n" + String(repeating: "1,2,3\n", count: 4096) + "\n\n", "x\n" + String(repeating: "1\n\n", count: 5000) + "2\n\n\n",
    ] {
      try withFile(text) { path in
        let found = try Self.read(path, step: 64)
        #expect(found.errors == [])
        let whole = try rows(Table(path: path))
        #expect(found.rows == whole)
        #expect(found.parts.dropLast().allSatisfy { $0 % 64 == 0 })
      }
    }
  }

  @Test func jsonLinesWithLateKeys() throws {
    let text = (0..<10_000).map { $0 == 9000 ? "{\"b\": 1, \"a\": 2}\n" : "{\"a\": \($0)}\n" }.joined()
    try withFile(text, suffix: ".jsonl") { path in
      let found = try Self.read(path, needed: ["b"])
      let whole = try rows(Table(path: path))
      #expect(found.errors == [] && found.rows == whole && found.parts[0] > 9000)
      #expect(try Self.read(path).rows[9000] == ["2"], "a key that is not asked for")
    }
  }

  @Test func allKeysOfJSONLinesAreColumnsOfEveryPart() throws {
    let lines = (0..<200_000).map { $0 == 150_000 ? "{\"b\": 1, \"a\": 2}\n" : "{\"a\": \($0)}\n" }
    try withFile(lines.joined(), suffix: ".jsonl") { path in
      let found = try Self.read(path, needsAll: true, step: 64)
      let whole = try rows(Table(path: path))
      #expect(found.errors == [] && found.rows == whole)
      #expect(found.parts.count > 2 && found.parts.dropLast().allSatisfy { $0 % 64 == 0 }, "\(found.parts)")
    }
    // The keys of all files, and an error after the rows before it.
    let folder = TemporaryFolder()
    mkdir(folder("t"), 0o700)
    folder.write("{\"a\": 1}\n", to: "t/1.jsonl")
    folder.write("{\"c\": 2}\n{\"c\": 3}\n", to: "t/2.jsonl")
    #expect(try Self.read(folder("t"), needsAll: true).rows == rows(Table(path: folder("t"))))
    folder.write(lines[..<9000].joined() + "{\"a\": [1]}\n", to: "bad.jsonl")
    let bad = try Self.read(folder("bad.jsonl"), needsAll: true)
    #expect(bad.rows.count == 9000 && bad.errors.count == 1 && bad.errors[0].contains("bad.jsonl:9001:7"), "\(bad.errors)")
    folder.write("", to: "empty.jsonl")
    #expect(try Self.read(folder("empty.jsonl"), needsAll: true).errors.first?.contains("the file is empty") == true)
  }

  @Test func aMistakeComesAfterTheRowsBeforeIt() throws {
    let good = (0..<6000).map { "\($0),\"\n\"\n" }.joined()
    try withFile("x,y\n" + good + "1,2,3\n" + good) { path in
      let found = try Self.read(path)
      #expect(found.rows.count == 6000 && found.rows.last == ["5999", "\n"])
      #expect(found.errors.count == 1 && found.errors[0].hasPrefix("\(path):12002:5: this row has 3 fields"), "\(found.errors)")
    }
    try withFile("x,y\n1\n") { path in
      let found = try Self.read(path)
      #expect(found.errors.first?.hasPrefix("\(path):2:1: ") == true)
    }
    try withFile("x,y\n") { path in
      let found = try Self.read(path)
      #expect(found.errors.first?.contains("[E0202]") == true)
    }
    try withFile("") { path in
      let found = try Self.read(path)
      #expect(found.errors.first?.contains("[E0201]") == true)
    }
    try withFile("x\n1\n\n\n2\n") { path in
      let found = try Self.read(path)
      #expect(found.rows.count == 4)
    }
    try withFile("x,y\n1,2\n\n\n2,3\n") { path in
      let found = try Self.read(path)
      #expect(found.rows == [["1", "2"]] && found.errors.first?.hasPrefix("\(path):3:1: a blank line") == true, "\(found)")
    }
  }

  @Test func filesOfAFolder() throws {
    let folder = TemporaryFolder()
    #expect(mkdir(folder("d"), 0o777) == 0)
    folder.write("x,y\n1,2\n", to: "d/a.csv")
    folder.write("y,x\n4,3\n", to: "d/b.csv")
    #expect(try Self.read(folder("d")).rows == [["1", "2"], ["3", "4"]])
    folder.write("y,z\n4,3\n", to: "d/c.csv")
    let found = try Self.read(folder("d"))
    #expect(found.rows.count == 2 && found.errors.first?.contains("[E0260]") == true)
  }

  @Test func placesOfLaterParts() throws {
    try withFile("x,y\n" + (0..<9000).map { "\($0),\($0 == 8500 ? "x" : "1.5")\n" }.joined()) { path in
      var stream = try TableStream(path: path, options: TableOptions(), needed: [], step: 1)
      var last: Table?
      while let table = try stream.next() { last = table }
      let table = try #require(last)
      let row = try #require((0..<table.count).first { table.text(row: $0, column: 1) == "x" })
      #expect(table.place(row: row, column: 1) == .file(path: path, line: 8502, column: 6))
      #expect(table.rows(before: Diagnostics(.notANumber, at: table.place(row: row, column: 1), "no")) == row)
      #expect(table.headerPlace(column: 1).description.hasPrefix(path))
    }
  }
}

@Suite("Files that are not what they seem") struct HostileFileTests {
  /// What was read of a file that somebody shortens is zeros, and an error; not the end of the process by SIGBUS.
  @Test func aFileThatIsCutWhileItIsRead() throws {
    let folder = TemporaryFolder()
    let path = folder("t.csv")
    folder.write("x,y\n" + String(repeating: "1,2\n", count: 100_000), to: "t.csv")
    let file = try FileBytes(reading: path)
    try file.checkUncut()
    #expect(truncate(path, 1000) == 0)
    #expect(file.bytes.count == 400_004 && file.bytes[5000...].allSatisfy { $0 == 0 })
    #expect(errors { try file.checkUncut() }.first?.contains("[E0227]") == true)
    #expect(errors { try Table(file) }.first?.contains("[E0227]") == true)
    // Within the last page no fault tells of it.
    folder.write("x,y\n1,2\n", to: "u.csv")
    let small = try FileBytes(reading: folder("u.csv"))
    #expect(truncate(folder("u.csv"), 5) == 0)
    #expect(errors { try Table(small) }.first?.contains("[E0227]") == true)
    // A file that was replaced is the one that was opened.
    folder.write("x,y\n1,2\n", to: "v.csv")
    let replaced = try FileBytes(reading: folder("v.csv"))
    #expect(unlink(folder("v.csv")) == 0)
    folder.write("x", to: "v.csv")
    #expect(try Table(replaced).count == 1)
  }

  @Test func devicesHaveNoEnd() {
    #expect(errors { try FileBytes(reading: "/dev/zero") }.first?.contains("[E0228]") == true)
    #expect(errors { try Table(path: "/dev/urandom") }.first?.contains("[E0228]") == true)
    #expect(errors { try Table(path: "/dev/null") }.first?.contains("[E0201]") == true)
  }
}
