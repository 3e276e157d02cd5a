import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static func table(_ path: String, _ members: String = "") -> [String] {
    ["data={\"label\": \"kind\", \"columns\": {\"part\": \"ignore\"}, \"path\": \(path)\(members.isEmpty ? "" : ", " + members)}"]
  }

  /// Writes a table, and gives its path as a config has it.
  private static func file(_ lab: Lab, _ name: String, _ text: String) -> String {
    lab.folder.write(text, to: name)
    return "\"\(lab.folder(name))\""
  }

  static let fileCases: [KeyCase] = [
    KeyCase("data.format (csv)") { (lab: Lab) throws in
      let lines = SampleTable.csv().split(separator: "\n").map { $0.split(separator: ",") }
      let rows = lines.dropFirst().map { row in
        "{" + zip(lines[0], row).map { "\"\($0)\": \(Double($1) == nil ? "\"\($1)\"" : "\($1)")" }.joined(separator: ", ") + "}\n"
      }
      lab.folder.write(rows.joined(), to: "rows.txt")
      lab.folder.write(rows.joined(), to: "rows.jsonl")
      let path = "\"\(lab.folder("rows.txt"))\""
      #expect(try lab.train(table(path, "\"format\": \"jsonl\"")).last == lab.train().last)
      #expect(try lab.train(table("\"\(lab.folder("rows.jsonl"))\"")).last == lab.train().last)
      #expect(throws: Diagnostics.self) { try lab.train(table(path)) }
      #expect(throws: Diagnostics.self) { try lab.config(table(path, "\"format\": \"jsonl\", \"header\": false")) }
    },
    KeyCase("data.header (csv)") { (lab: Lab) throws in
      let body = SampleTable.csv().split(separator: "\n").dropFirst().joined(separator: "\n")
      lab.folder.write(body, to: "body.csv")
      let run = try lab.train([
        "data={\"path\": \"\(lab.folder("body.csv"))\", \"label\": \"c6\", \"columns\": {\"c5\": \"ignore\"}, \"header\": false}"
      ])
      #expect(try run.last == lab.train().last)
    },
    KeyCase("data.quote (csv)") { (lab: Lab) throws in
      let path = file(lab, "quotes.csv", SampleTable.csv().replacing("red", with: "\"red"))
      #expect(try lab.train(table(path, "\"quote\": \"none\"")).outcome.model == "mlp 6-8-3")
      #expect(throws: Diagnostics.self) { try lab.train(table(path)) }
    },
    KeyCase("data.trim (csv)") { (lab: Lab) throws in
      let path = file(lab, "blanks.csv", SampleTable.csv().replacing(",", with: " , "))
      #expect(try lab.train(table(path)).last == lab.train().last)
      #expect(throws: Diagnostics.self) { try lab.train(table(path, "\"trim\": false")) }
    },
    KeyCase("data.duplicate_columns (csv)") { (lab: Lab) throws in
      let path = file(lab, "names.csv", SampleTable.csv().replacing("x1,x2", with: "x0,x0"))
      #expect(try lab.train(table(path, "\"duplicate_columns\": \"rename\"")).last == lab.train().last)
      #expect(throws: Diagnostics.self) { try lab.train(table(path)) }
    },
    KeyCase("data.decimal (csv)") { (lab: Lab) throws in
      let path = file(lab, "commas.csv", SampleTable.csv(delimiter: ";").replacing(".", with: ","))
      #expect(try lab.train(table(path, "\"delimiter\": \";\", \"decimal\": \",\"")).last == lab.train().last)
      #expect(throws: Diagnostics.self) { try lab.train(table(path, "\"delimiter\": \";\"")) }
    },
    KeyCase("data.thousands (csv)") { (lab: Lab) throws in
      let lines = SampleTable.csv(delimiter: ";").split(separator: "\n").enumerated().map { number, line in
        number == 0 ? "w;\(line)" : "\(number % 9 + 1)'\(100 + number * 7 % 800);\(line)"
      }
      let path = file(lab, "big.csv", lines.joined(separator: "\n"))
      #expect(try lab.train(table(path, "\"delimiter\": \";\", \"thousands\": \"'\"")).outcome.model == "mlp 7-8-3")
      #expect(throws: Diagnostics.self) { try lab.train(table(path, "\"delimiter\": \";\"")) }
      #expect(throws: Diagnostics.self) { try lab.config(table(path, "\"decimal\": \",\", \"thousands\": \",\"")) }
      #expect(throws: Diagnostics.self) { try lab.config(table(path, "\"thousands\": \"7\"")) }
    },
    KeyCase("data.encoding (csv)") { (lab: Lab) throws in
      let text = Array(SampleTable.csv().utf8) + Array("0,0,0,bl".utf8) + [0xE5] + Array(",train,a\n".utf8)
      TestFiles.write(text, to: lab.folder("latin.csv"))
      let path = "\"\(lab.folder("latin.csv"))\""
      #expect(try lab.train(table(path, "\"encoding\": \"latin-1\"")).outcome.model == "mlp 7-8-3")
      #expect(throws: Diagnostics.self) { try lab.train(table(path)) }
    },
  ]

  /// Features and labels in arrays, and the data block that names them.
  static func arrays(_ lab: Lab, _ name: String, count: Int, shift: Int = 0, hasGap: Bool = false) -> (features: String, labels: String) {
    var features = (0..<count * 3).map { index -> Float in
      let (center, noise) = (index / 3 % 3 * 2, index * 37 % 11)
      return Float(center) + Float(noise) / 8
    }
    if hasGap { for row in 0..<count / 2 { features[row * 3 + 1] = .nan } }
    TestFiles.write(SampleArray.floats(features, width: 3), to: lab.folder("\(name)-x.npy"))
    TestFiles.write(SampleArray.bytes((0..<count).map { UInt8(($0 + shift) % 3) }), to: lab.folder("\(name)-y.npy"))
    return (lab.folder("\(name)-x.npy"), lab.folder("\(name)-y.npy"))
  }

  static func block(_ files: (features: String, labels: String), _ members: String...) -> [String] {
    let members = ["\"type\": \"npy\"", "\"features\": \"\(files.features)\"", "\"labels\": \"\(files.labels)\""] + members
    return ["data={\(members.joined(separator: ", "))}"]
  }

  private static func counts(_ run: TrainedRun) -> [Int?] {
    [run.outcome.train.report.count, run.outcome.validation?.report.count, run.outcome.test?.report.count]
  }

  /// Cases of a part of the rows, `validation` or `test`, that has arrays of its own.
  private static func part(_ part: String, counts wanted: [Int?]) -> [KeyCase] {
    ["features", "labels"].map { key in
      KeyCase("data.\(part)_\(key) (npy)") { (lab: Lab) throws in
        let (files, own) = (arrays(lab, "t", count: 30), arrays(lab, "own", count: 12))
        let run = try lab.train(block(files, "\"\(part)_features\": \"\(own.features)\"", "\"\(part)_labels\": \"\(own.labels)\""))
        #expect(counts(run) == wanted)
        let path = key == "features" ? own.features : own.labels
        #expect(throws: Diagnostics.self) { try lab.config(block(files, "\"\(part)_\(key)\": \"\(path)\"")) }
        #expect(throws: Diagnostics.self) {
          let few = arrays(lab, "few", count: 5)
          let (x, y) = key == "features" ? (few.features, own.labels) : (own.features, few.labels)
          return try lab.train(block(files, "\"\(part)_features\": \"\(x)\"", "\"\(part)_labels\": \"\(y)\""))
        }
      }
    }
  }

  static let arrayCases: [KeyCase] =
    [
      KeyCase("data.features (npy)") { (lab: Lab) throws in
        let run = try lab.train(block(arrays(lab, "t", count: 30)))
        #expect(run.outcome.model == "mlp 3-8-3")
        #expect(counts(run) == [27, 3, nil])
        // Arrays are split as tables are.
        let files = arrays(lab, "t", count: 30)
        func split(_ members: String) throws -> [Int?] { counts(try lab.train(block(files, members))) }
        #expect(try split("\"split\": {\"validation\": 0.2}") == [24, 6, nil])
        #expect(try split("\"split\": {\"validation\": null}") == [30, nil, nil])
        #expect(try split("\"validation_features\": null") == [30, nil, nil])
        #expect(try split("\"split\": {\"test\": 0.2}") == [22, 2, 6])
        #expect(throws: Diagnostics.self) { try lab.config(block(files, "\"split\": {\"column\": \"x1\"}")) }
      },
      KeyCase("data.labels (npy)") { (lab: Lab) throws in
        let (files, other) = (arrays(lab, "t", count: 30), arrays(lab, "other", count: 30, shift: 1))
        #expect(try lab.train(block(files)).last != lab.train(block((files.features, other.labels))).last)
        let scaled = try ["standard", "none"].map { try lab.train(["task=regression"] + block(files, "\"normalize_target\": \"\($0)\"")) }
        #expect(scaled[0].last != scaled[1].last)
      },
    ] + part("validation", counts: [30, 12, nil]) + part("test", counts: [27, 3, 12])
}
