import TemperCore
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

/// Tables that are not written as RFC 4180 has it. Expected values are those of pandas 3.1, run on the same texts, unless said otherwise.
@Suite struct CSVOptionTests {
  private func read(_ text: String, _ name: String = "t.csv", _ change: (inout TableOptions) -> Void = { _ in }) throws -> Table {
    var options = TableOptions()
    change(&options)
    return try Table(FileBytes(name: name, bytes: Array(text.utf8)), options: options)
  }

  private func style(_ decimal: UnicodeScalar, _ thousands: UnicodeScalar?) throws -> NumberStyle {
    try #require(NumberStyle(decimal: UInt8(ascii: decimal), thousands: thousands.map { UInt8(ascii: $0) }))
  }

  @Test(
    "numbers of other countries",
    arguments: [
      (",", ".", "1.234,56", 1234.56), (",", ".", "-1.234.567,5e-3", -1234.5675), (",", nil, "0,5", 0.5), (",", nil, ",5", 0.5),
      (",", " ", " 1 234 ", 1234), (".", ",", "12,34,567.25", 1_234_567.25), (".", "'", "1'000", 1000), (".", "_", "+1_000", 1000),
      (",", ".", "1234,5", 1234.5), (",", nil, "3e-4", 3e-4), (".", nil, "1.5", 1.5),
    ] as [(UnicodeScalar, UnicodeScalar?, String, Double)])
  func numbers(decimal: UnicodeScalar, thousands: UnicodeScalar?, text: String, value: Double) throws {
    #expect(try style(decimal, thousands).double(text) == value)
  }

  /// pandas drops whatever stands between thousands, so that a date becomes a number; here groups have three digits, or are none.
  @Test(
    arguments: [
      (",", ".", "1.5"), (",", nil, "1.5"), (",", ".", "01.02.2024"), (",", ".", "1,2,3"), (".", ",", "1,23"), (".", ",", "1234,567"),
      (".", ",", ",123"), (",", ".", "1,234.567"), (".", nil, "1,5"), (".", ",", "1,234e1,000"), (",", ".", "1.234.,5"),
    ] as [(UnicodeScalar, UnicodeScalar?, String)])
  func whatIsNoNumber(decimal: UnicodeScalar, thousands: UnicodeScalar?, text: String) throws {
    #expect(try style(decimal, thousands).double(text) == nil)
  }

  @Test func stylesThatAreNone() {
    for marks in [",,", "..", ";", ",5", ",e", ",-", ",\"", ",\n"] {
      let bytes = Array(marks.utf8)
      #expect(NumberStyle(decimal: bytes[0], thousands: bytes.count > 1 ? bytes[1] : nil) == nil)
    }
  }

  @Test func columnsOfOtherNumbers() throws {
    let text = "x;y;z\n" + (0..<5000).map { "\($0).000,5;\($0);\($0 % 7 == 0 ? "?" : "1,\($0 % 10)")\n" }.joined()
    let t = try read(text) { ($0.delimiter, $0.numbers) = (Delimiter(";"), NumberStyle(decimal: 0x2C, thousands: 0x2E)!) }
    #expect(t.number(row: 7, column: 0) == 7000.5 && t.number(row: 999, column: 0) == 999_000.5)
    // Four digits before the first point are no group.
    #expect(t.number(row: 4999, column: 0) == nil && t.text(row: 4999, column: 0) == "4999.000,5")
    #expect(t.number(row: 4999, column: 1) == 4999)
    #expect(t.number(row: 13, column: 2) == 1.3 && t.number(row: 14, column: 2) == nil)
    // Texts stay as they are, in whatever form a column is packed.
    #expect(t.text(row: 7, column: 0) == "7.000,5" && t.text(row: 4999, column: 1) == "4999" && t.text(row: 13, column: 2) == "1,3")
    // A point is no decimal mark then, even where all of a column have one.
    let points = try read("x;y\n1.5;a\n2.5;b\n") { ($0.delimiter, $0.numbers) = (Delimiter(";"), .comma) }
    #expect(points.number(row: 0, column: 0) == nil && points.text(row: 0, column: 0) == "1.5")
    // A word for a missing value is one in any spelling.
    let missing = MissingValues(["-999,0"])
    let gaps = try read("x;y\n-999,00;a\n2,5;b\n") { ($0.delimiter, $0.numbers) = (Delimiter(";"), .comma) }
    #expect(missing.contains(gaps, row: 0, column: 0) && !missing.contains(gaps, row: 1, column: 0))
    let profile = ColumnProfile(gaps, column: 0, rows: [0, 1], missing: missing, declared: nil)
    #expect(profile.missingRows == [0] && profile.numbers == [2.5])
  }

  @Test func quotes() throws {
    let inches = "a\tb\n5\" pipe\t\"x\n\"\"\ty\"z\n"
    #expect(rows(try read(inches, "t.tsv") { $0.quote = .none }) == [["5\" pipe", "\"x"], ["\"\"", "y\"z"]])
    #expect(rows(try read("a,b\n'1,5','it''s'\n\"x\",2\n") { $0.quote = .single }) == [["1,5", "it's"], ["\"x\"", "2"]])
    #expect(errors { try read(inches, "t.tsv") }.first?.contains("set data.quote to \"none\"") ?? false)
  }

  @Test func blanksAround() throws {
    let text = " a , \"b c\" ,\td\n <=50K , \" x, y \" , ?\t\n 12,\"z\"\t,  \n"
    let t = try read(text)
    #expect(t.header == ["a", "b c", "d"])
    #expect(rows(t) == [["<=50K", " x, y ", "?"], ["12", "z", ""]])
    #expect(t.place(row: 0, column: 1).description == "t.csv:2:10")
    let kept = try read(" a ,b\n x , y\n") { $0.trimsBlanks = false }
    #expect(kept.header == [" a ", "b"] && rows(kept) == [[" x ", " y"]])
    #expect(errors { try read("a,b\n1, \"x\"\n") { $0.trimsBlanks = false } }.count == 1)
    // A delimiter is no blank.
    #expect(rows(try read("a\tb\n\t x\n", "t.tsv")) == [["", "x"]])
    #expect(rows(try read("a b\n\t1 2\n") { $0.delimiter = Delimiter(" ") }) == [["1", "2"]])
    #expect(errors { try read("a,b\n1,2\n  \n3,4\n") } == ["t.csv:3:1: a blank line between rows. Remove it. [E0206]"])
  }

  @Test(
    arguments: [
      ("a,a,a", ["a", "a.1", "a.2"]), ("a,a,a.1", ["a", "a.2", "a.1"]), ("a.1,a,a,a", ["a.1", "a", "a.2", "a.3"]),
      ("x,\"x\", x", ["x", "x.1", "x.2"]), ("a,a.1,a.1,a", ["a", "a.1", "a.1.1", "a.2"]),
    ])
  func columnsOfOneName(header: String, names: [String]) throws {
    let row = names.map { _ in "1" }.joined(separator: ",")
    #expect(try read("\(header)\n\(row)\n") { $0.duplicates = .rename }.header == names)
    #expect(errors { try read("\(header)\n\(row)\n") }.first?.contains("data.duplicate_columns") ?? false)
    // The header is known again among the rows, though its names are others.
    #expect(errors { try read("\(header)\n\(row)\n\(header)\n") { $0.duplicates = .rename } }.count == 1)
  }

  @Test func carriageReturns() throws {
    let t = try read("a,b\r1,\"x\ry\"\r\n2,z\n3,\"w\"\r")
    #expect(rows(t) == [["1", "x\ry"], ["2", "z"], ["3", "w"]])
    #expect(t.place(row: 2, column: 1).description == "t.csv:4:3")
    #expect(errors { try read("a,b\r1\r2,3\r") }.first?.hasPrefix("t.csv:3:1:") == false)
    #expect(errors { try read("a,b\r1\r2,3\r") }.first?.hasPrefix("t.csv:2:1:") ?? false)
    let many = "a,b\r" + (0..<9000).map { "\($0),\"x\ry\"\r" }.joined()
    let big = try read(many)
    #expect(big.count == 9000 && big.number(row: 8999, column: 0) == 8999 && big.text(row: 8999, column: 1) == "x\ry")
    #expect(big.place(row: 8999, column: 0).description == "t.csv:9001:1")
    // By parts, as from a pipe.
    let streamed = try withFile(many) { path in
      var stream = try TableStream(path: path, options: TableOptions(), needed: [], step: 1)
      var texts: [[String]] = []
      while let part = try stream.next() { texts += rows(part) }
      return texts
    }
    #expect(streamed == rows(big))
  }

  @Test func delimitersAtTheEnd() throws {
    for text in ["a,b,\n1,2,\n3,4, \n", "a,b\n1,2,\n3,4,\"\"\n", "a,b,\r1,2,\r3,4,\r"] {
      let t = try read(text)
      #expect(t.header == ["a", "b"] && rows(t) == [["1", "2"], ["3", "4"]])
      #expect(t.notes == ["t.csv: every line ends with the delimiter, so there is an empty last column, which is left out"])
    }
    #expect(try read("a,b\n1,2\n").notes == [])
    #expect(rows(try read("a,\n1,\n")) == [["1"]])
    let many = "a,b\n" + (0..<9000).map { "\($0),x,\n" }.joined()
    let streamed = try withFile(many) { path in
      var stream = try TableStream(path: path, options: TableOptions(), needed: [], step: 1)
      var count = 0
      while let part = try stream.next() { count += part.count }
      return count
    }
    #expect(streamed == 9000)
    let late = try withFile(many + "1,2\n") { path in
      errors {
        var stream = try TableStream(path: path, options: TableOptions(), needed: [], step: 1)
        while try stream.next() != nil {}
      }
    }
    #expect(late.count == 1 && late[0].contains(":9002:1: this row does not end with the delimiter"), "\(late)")
  }

  @Test func compressedFilesHaveTheDelimiterOfTheirNames() {
    #expect(Delimiter(forPath: "x.tsv.gz") == .tab && Delimiter(forPath: "x.CSV.GZ") == .comma)
  }
}
