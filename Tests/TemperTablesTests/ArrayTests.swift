import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperData
import TemperFiles
import TemperTables

/// Arrays against what numpy wrote: Goldens/make_arrays.py.
@Suite("Numeric arrays") struct ArrayTests {
  private static var golden: JSON {
    get throws {
      let path = Repository.path("Tests/TemperTablesTests/Goldens/arrays.json")
      return try JSON.parse(FileBytes(reading: path).bytes, path: path)
    }
  }

  private static func bytes(_ hex: String?) throws -> [UInt8] {
    let digits = Array(try #require(hex).utf8)
    return try stride(from: 0, to: digits.count, by: 2).map {
      try #require(UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16))
    }
  }

  /// Runs `body` with the path of the archive called `name`.
  private static func withArchive<Value>(_ name: String, _ body: (String) throws -> Value) throws -> Value {
    try withFile(bytes(golden["archives"]?[name]?.string), suffix: ".npz", body)
  }

  private static func numbers(_ table: Table) -> [[Double?]] {
    (0..<table.count).map { row in table.header.indices.map { table.number(row: row, column: $0) } }
  }

  @Test func everyTypeAndOrder() throws {
    let samples = try #require(try Self.golden["samples"]?.array)
    #expect(samples.count == 26)
    for sample in samples {
      let (name, rows) = (try #require(sample["name"]?.string), try #require(sample["rows"]?.array))
      let table = try withFile(Self.bytes(sample["bytes"]?.string), suffix: ".npy") { try Table(features: $0, labels: nil) }
      #expect(Self.numbers(table) == rows.map { ($0.array ?? []).map(\.number) }, "\(name)")
      #expect(table.header == (1...table.header.count).map { "x\($0)" })
    }
  }

  @Test func textsOfElements() throws {
    let sample = try #require(try Self.golden["samples"]?.array?.first { $0["name"]?.string == "halves" })
    let table = try withFile(Self.bytes(sample["bytes"]?.string), suffix: ".npy") { try Table(features: $0, labels: nil) }
    #expect(
      (0..<8).map { table.text(row: $0, column: 0) } == ["0", "0", "5.9604645e-08", "6.097555e-05", "6.1035156e-05", "65504", "", "inf"])
    #expect(table.isBlank(row: 6, column: 0) && !table.isBlank(row: 7, column: 0))
  }

  @Test func archives() throws {
    let golden = try Self.golden
    let (x, y) = (try #require(golden["x"]?.array), try #require(golden["y"]?.array))
    for name in ["stored", "compressed", "zip64"] {
      try Self.withArchive(name) { path in
        let table = try Table(features: path + "/x", labels: path + "/y")
        #expect(table.header == ["x1", "x2", "x3", "label"])
        #expect(Self.numbers(table) == zip(x, y).map { ($0.array ?? []).map(\.number) + [$1.number] }, "\(name)")
        #expect(table.files.map(\.name) == [path])
        #expect(table.place(row: 2, column: 1).description == "\(path)/x:3:2")
        #expect(table.place(row: 2, column: 3).description == "\(path)/y:3:1")
        #expect(
          errors { try Table(features: path + "/z", labels: nil) } == [
            "\(path)/z: it has no array \"z\"; its arrays are \"x\", \"y\". Append the name of one to the path: \(path)/x. [E0269]"
          ])
        #expect(errors { try Table(features: path, labels: nil) }.first?.contains("it has 2 arrays") == true)
      }
    }
    let count = try Self.withArchive("one array") { try Table(features: $0, labels: nil).count }
    #expect(count == 4)
  }

  @Test func whatIsNotRead() throws {
    let rejected = try #require(try Self.golden["rejected"]?.members)
    let wanted = [
      "objects":
        "its elements are Python objects, which are not supported: they could run code. Convert it with astype(\"float32\") or to another numeric type. [E0266]",
      "texts": "its elements are texts. Convert it with astype(\"float32\") or to another numeric type. [E0266]",
      "complex": "its elements are complex numbers. Convert it with astype(\"float32\") or to another numeric type. [E0266]",
      "times": "its elements are times. Convert it with astype(\"float32\") or to another numeric type. [E0266]",
      "records": "its elements are records of several fields. Save each field as a separate array. [E0266]",
      "no axis": "its shape is (), but the first axis, the rows, must not be empty. [E0267]",
      "no rows": "its shape is (0, 3), but the first axis, the rows, must not be empty. [E0267]",
    ]
    #expect(rejected.count == wanted.count)
    for member in rejected {
      try withFile(Self.bytes(member.value.string), suffix: ".npy") { path in
        #expect(errors { try Table(features: path, labels: nil) } == ["\(path): \(wanted[member.name] ?? "")"])
      }
    }
  }

  @Test func rowsAndLabelsMustFit() throws {
    try Self.withArchive("stored") { path in
      #expect(
        errors { try Table(features: path + "/x", labels: path + "/x") } == [
          "\(path)/x: its shape is (4, 3), but labels must be one per row. Save them as an array of one axis. [E0267]"
        ])
    }
    let samples = try #require(try Self.golden["samples"]?.array)
    let (cube, labels) = (samples.first { $0["name"]?.string == "three axes" }, samples.first { $0["name"]?.string == "one axis" })
    try withFile(Self.bytes(cube?["bytes"]?.string), suffix: ".npy") { cube in
      try withFile(Self.bytes(labels?["bytes"]?.string), suffix: ".npy") { labels in
        #expect(
          errors { try Table(features: cube, labels: labels) } == [
            "\(labels): it has 3 labels, but \(cube) has 2 rows. Check both arrays. [E0267]"
          ])
      }
    }
  }

  /// Whatever is cut off or changed is rejected, or changes numbers only; nothing crashes.
  @Test func damageIsFound() throws {
    let sample = try Self.bytes(Self.golden["samples"]?.array?.first?["bytes"]?.string)
    for length in 0..<sample.count {
      try withFile(Array(sample[..<length]), suffix: ".npy") { path in
        #expect(errors { try Table(features: path, labels: nil) }.count == 1, "\(length)")
      }
    }
    for name in ["stored", "compressed", "zip64"] {
      let archive = try Self.bytes(Self.golden["archives"]?[name]?.string)
      let whole = try Self.withArchive(name) { Self.numbers(try Table(features: $0 + "/x", labels: nil)) }
      for length in stride(from: 0, to: archive.count, by: 3) {
        try withFile(Array(archive[..<length]), suffix: ".npz") { path in
          #expect(errors { try Table(features: path + "/x", labels: nil) }.count == 1, "\(name) \(length)")
        }
      }
      for place in archive.indices {
        var bytes = archive
        bytes[place] ^= 0x55
        try withFile(bytes, suffix: ".npz") { path in
          // Times and versions may change, and content may not: it has a checksum.
          if let table = try? Table(features: path + "/x", labels: nil) { #expect(Self.numbers(table) == whole, "\(name) \(place)") }
        }
      }
    }
  }

  @Test func loadedLikeATable() throws {
    try Self.withArchive("stored") { path in
      let config = TableConfig(
        source: .single(.arrays(features: path + "/x", labels: path + "/y"), split: .random(validation: nil, test: nil, stratify: true)),
        label: "label", holdOutValidation: false)
      let data = try LoadedData(config, seed: 1)
      #expect(data.classes == ["0", "1"])
      #expect(data.train.labels == [0, 1, 1, 0])
      #expect(data.train.width == 3)
    }
  }
}
