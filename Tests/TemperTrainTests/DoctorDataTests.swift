import TemperData
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// Checks of data: each with a fault that it finds, and without.
@Suite struct DoctorDataTests {
  private let lab = Lab()

  /// A table of `count` different rows with the columns a, b, part and y, of which `change` may make others.
  private func table(_ count: Int = 120, change: (Int, inout [String]) -> Void = { _, _ in }) -> String {
    let lines = (0..<count).map { row in
      var fields = features(row) + [["train", "train", "validation", "test"][row % 4], ["u", "v", "w"][row % 3]]
      change(row, &fields)
      return fields.joined(separator: ",")
    }
    return "a,b,part,y\n" + lines.joined(separator: "\n") + "\n"
  }

  private func features(_ row: Int) -> [String] { ["\(Double(row * 37 % 101) / 10)", "\(Double(row * 53 % 97) / 7 + Double(row))"] }

  private func run(_ check: any DoctorCheck.Type, _ table: String, _ changes: [String] = [], data: String = "") throws -> DoctorCheckResult
  {
    lab.folder.write(table, to: "d.csv")
    lab.folder.write(
      """
      {"data": {"path": "d.csv", "label": "y", "split": {"column": "part"}\(data)}, "model": {"hidden": [8]},
       "train": {"epochs": 2, "batch_size": 16}}
      """, to: "d.json")
    return try run(check, try lab.config(changes, file: "d.json"))
  }

  private func run(_ check: any DoctorCheck.Type, _ file: ConfigFile) throws -> DoctorCheckResult {
    try #require(try Doctor.examine(file, seconds: 60, checks: [check]).entries.first).result
  }

  private func found(_ result: DoctorCheckResult) -> [String] { result.findings.map { "\($0.severity.rawValue) \($0.code.name)" } }

  @Test func heldOutRowsThatAreTrainingRowsAreAnError() throws {
    #expect(try found(run(OverlapCheck.self, table())) == [])
    // Row 6 is held out, row 4 is not.
    let leaking = table { row, fields in if row == 6 { fields = features(4) + fields.dropFirst(2) } }
    let result = try run(OverlapCheck.self, leaking)
    #expect(found(result) == ["error W0210"])
    let finding = try #require(result.findings.first)
    #expect(finding.place?.description.hasSuffix("d.csv:8:1") ?? false)
    #expect(finding.message.contains("line 8 repeats line 6") && finding.remedy == "Set data.drop_duplicates to true.")
    // With the remedy it is gone.
    #expect(try found(run(OverlapCheck.self, leaking, data: ", \"drop_duplicates\": true")) == [])
  }

  /// Texts beside features are nearly the same where both are.
  @Test func textsBesideFeaturesAreCompared() throws {
    let config = ["model={\"hidden\": [8], \"text_embedding\": {\"type\": \"ngrams\", \"buckets\": 500}}"]
    func table(_ price: String) -> String {
      let lines = (0..<120).map { row in
        let number = row == 6 ? 4 : row
        let words = (0..<30).map { "w\(number * 31 + $0)" }.joined(separator: " ")
        return
          "\(words)\(row == 6 ? " more" : ""),\(row == 6 ? price : "\(number)"),\(["train", "train", "validation", "test"][row % 4]),\(row % 2)"
      }
      return "note,price,part,y\n" + lines.joined(separator: "\n") + "\n"
    }
    let columns = ", \"columns\": {\"note\": \"text\", \"price\": \"numeric\"}"
    let near = try run(NearDuplicateCheck.self, table("4"), config, data: columns)
    #expect(found(near) == ["note W0212"] && near.extent == .complete)
    #expect(near.findings[0].message.contains("line 8 is like line 6"), "\(near.findings[0].message)")
    #expect(try found(run(NearDuplicateCheck.self, table("99"), config, data: columns)) == [])
  }

  /// If there are few different rows, they are bound to meet; with their labels, each held-out row is a training row nevertheless.
  @Test func fewDifferentRowsAreNotedUnlessTheyHaveTheSameLabel() throws {
    let coarse = table { row, fields in
      (fields[0], fields[1]) = ("\(row % 3)", "\(row / 3 % 3)")
      fields[3] = ["u", "v"][(row % 9 + (fields[2] == "train" ? 0 : 1)) % 2]
    }
    #expect(try found(run(OverlapCheck.self, coarse)) == ["note W0210", "note W0210", "note W0210"])
    let copies = table { row, fields in (fields[0], fields[1]) = ("\(row % 3)", "\(row / 3 % 3)") }
    let result = try run(OverlapCheck.self, copies)
    #expect(found(result) == ["error W0210", "error W0210", "note W0210"])
    #expect(result.findings[0].message.contains("30 validation rows of 30 have the features of a training row and its label, so"))
    // One with the same label among those with another.
    let one = table { row, fields in
      (fields[0], fields[1]) = ("\(row % 3)", "\(row / 3 % 3)")
      fields[3] = ["u", "v"][(row % 9 + (fields[2] == "train" || row == 6 ? 0 : 1)) % 2]
    }
    let finding = try #require(try run(OverlapCheck.self, one).findings.first)
    #expect(finding.severity == .error && finding.message.contains("a training row, 1 of them its label too, so"))
    #expect(finding.place?.description.hasSuffix("d.csv:8:1") ?? false, "that with the same label")
  }

  /// One that predicts it nearly always may be known at prediction time.
  @Test func aColumnThatIsTheLabelIsAnError() throws {
    #expect(try found(run(LabelCopyCheck.self, table())) == [])
    let code = { (row: Int) in "\(row % 3 + 5)" }
    let result = try run(LabelCopyCheck.self, table { row, fields in fields[0] = code(row) })
    #expect(found(result) == ["error W0219"] && result.findings[0].place?.description.hasSuffix("d.csv:1:1") ?? false)
    #expect(result.findings[0].remedy == "Set data.columns[\"a\"] to \"ignore\".")
    let ignored = table { row, fields in fields[0] = code(row) }
    #expect(try run(LabelCopyCheck.self, ignored, data: ", \"columns\": {\"a\": \"ignore\"}").findings.isEmpty)
    for different in [3, 6, 7] {
      #expect(try found(run(LabelCopyCheck.self, table { row, fields in fields[0] = code(row == different ? row + 1 : row) })) == [])
    }
    // Two values of a class, but no class of two values.
    #expect(try found(run(LabelCopyCheck.self, table { row, fields in fields[0] = "\(row % 6)" })) == [])
    let number = { (shift: Double) in
      self.table { row, fields in
        fields[0] = "\(Double(row * 7 % 50) + 0.5)"
        fields[3] = "\(Double(row * 7 % 50) + 0.5 + (row == 9 ? shift : 0))"
      }
    }
    #expect(try found(run(LabelCopyCheck.self, number(0), ["task=regression"])) == ["error W0219"])
    #expect(try found(run(LabelCopyCheck.self, number(1), ["task=regression"])) == [])
  }

  @Test func repeatedRowsAndContradictionsAreWarnings() throws {
    #expect(try found(run(DuplicateCheck.self, table())) == [] && found(run(ConflictCheck.self, table())) == [])
    let repeated = table { row, fields in if row == 5 { fields = ["0.0", "0.0", "train", "u"] } }
    let duplicates = try run(DuplicateCheck.self, repeated)
    #expect(found(duplicates) == ["warning W0211"] && duplicates.findings[0].message.contains("line 7 repeats line 2"))
    #expect(try found(run(ConflictCheck.self, repeated)) == [])
    let contradicting = table { row, fields in if row == 5 { fields = ["0.0", "0.0", "train", "v"] } }
    #expect(try found(run(DuplicateCheck.self, contradicting)) == [])
    let conflicts = try run(ConflictCheck.self, contradicting)
    #expect(found(conflicts) == ["warning W0213"] && conflicts.findings[0].message.contains("line 7 contradicts line 2"))
    // Numbers vary.
    let numbers = table { row, fields in fields = row == 5 ? ["0.0", "0.0", "train", "5"] : fields.dropLast() + ["\(row)"] }
    #expect(try found(run(ConflictCheck.self, numbers, ["task=regression"])) == ["note W0213"])
  }

  @Test func nearlyTheSameRowsAreNoted() throws {
    #expect(try found(run(NearDuplicateCheck.self, table())) == [])
    let near = table { row, fields in if row == 6 { (fields[0], fields[1]) = ("0.0001", "0.0001") } }
    let result = try run(NearDuplicateCheck.self, near)
    #expect(
      found(result) == ["note W0212"] && result.findings[0].message.contains("one, 1 of them held out and like a training row: line 8 "))
    // Both are training rows.
    let training = try run(NearDuplicateCheck.self, table { row, fields in if row == 4 { (fields[0], fields[1]) = ("0.0001", "0.0001") } })
    #expect(training.findings.first?.message.hasPrefix("1 row is nearly the same as another one: line 6 is like line 2") ?? false)
  }

  @Test func textsAreCompared() throws {
    let words = ["sun", "rain", "wind", "snow", "fog", "ice", "heat"]
    let text = { (row: Int) in (0..<12).map { words[(row * 31 + $0 * (row + 3) + row / 7) % 7] + "\(row * $0 % 11)" }.joined(separator: " ")
    }
    func texts(_ others: [Int: String]) -> String {
      "t,part,y\n"
        + (0..<70).map { "\(others[$0] ?? text($0)),\(["train", "train", "validation", "test"][$0 % 4]),\(["u", "v"][$0 % 2])\n" }.joined()
    }
    func check(_ check: any DoctorCheck.Type, _ others: [Int: String]) throws -> [String] {
      lab.folder.write(texts(others), to: "texts.csv")
      let data = "{\"path\": \"\(lab.folder("texts.csv"))\", \"label\": \"y\", \"text\": \"t\", \"split\": {\"column\": \"part\"}}"
      return found(try run(check, try lab.config(["data=\(data)", "model={\"type\": \"ngram_linear\", \"buckets\": 64}"])))
    }
    for clean in [OverlapCheck.self, NearDuplicateCheck.self, DuplicateCheck.self] as [any DoctorCheck.Type] {
      #expect(try check(clean, [:]) == [])
    }
    #expect(try check(OverlapCheck.self, [42: text(0)]) == ["error W0210"])
    #expect(try check(NearDuplicateCheck.self, [42: text(0).replacingFirst("sun0", with: "SUN0!") + "!"]) == ["note W0212"])
    #expect(try check(DuplicateCheck.self, [40: text(0)]) == ["warning W0211"])
  }

  @Test func heldOutTextThatIsInTheTrainingTextIsAnError() throws {
    func story(_ seed: UInt64) -> String {
      var state = seed
      return (0..<400).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return "\(state >> 44)"
      }.joined(separator: " ") + "."
    }
    func check(_ held: String) throws -> DoctorCheckResult {
      lab.folder.write(story(1) + story(2), to: "train.txt")
      lab.folder.write(held, to: "held.txt")
      let data = ["\"train\": \"\(lab.folder("train.txt"))\"", "\"validation\": \"\(lab.folder("held.txt"))\""]
      return try run(SharedTextCheck.self, try lab.config(lab.language(data: data)))
    }
    #expect(try found(check(story(3))) == [])
    let result = try check(story(3) + story(1).suffix(1000))
    #expect(found(result) == ["error W0210"] && result.summary.contains("validation passages"))
  }

  @Test func labelsAreExamined() throws {
    #expect(try found(run(LabelCheck.self, table())) == [])
    #expect(
      try found(run(LabelCheck.self, table { row, fields in fields[3] = row % 32 == 0 ? "v" : "u" })) == [
        "warning W0208", "warning W0207", "note W0207", "note W0207",
      ])
    let balanced = ["loss.class_weights=balanced"]
    #expect(try found(run(LabelCheck.self, table { row, fields in fields[3] = row % 32 == 0 ? "v" : "u" }, balanced)).first == "note W0208")
    let numbers = { (odd: [Int: String]) in table { row, fields in fields[3] = odd[row] ?? "\(row % 50)" } }
    #expect(try found(run(LabelCheck.self, numbers([:]), ["task=regression"])) == [])
    let extreme = try run(LabelCheck.self, numbers([8: "90000"]), ["task=regression"])
    #expect(found(extreme) == ["warning W0209"] && extreme.findings[0].message.contains("line 10: "))
    let constant = table { row, fields in fields[3] = row % 40 == 0 ? "1" : "0" }
    #expect(try found(run(LabelCheck.self, constant, ["task=regression"])) == ["warning W0209"])
    let multilabel = try run(LabelCheck.self, try lab.config(lab.multilabel()))
    #expect(multilabel.summary.contains("2 labels"))
  }

  @Test func columnsAreExamined() throws {
    #expect(try found(run(ColumnCheck.self, table())) == [])
    #expect(try found(run(ColumnCheck.self, table { _, fields in fields[0] = "7" })) == ["note W0214"])
    #expect(try found(run(ColumnCheck.self, table { row, fields in fields[0] = "\(row + 1)" })) == ["note W0215"])
    let names = table { row, fields in fields[0] = "n\(row)" }
    let declared = ", \"columns\": {\"a\": \"categorical\"}, \"unknown\": \"ignore\""
    #expect(try found(run(ColumnCheck.self, names, data: declared)) == ["warning W0215"])
  }

  @Test func aRunsOwnWarningsAreRepeated() throws {
    #expect(try found(run(WarningCheck.self, table(), ["early_stopping=null"])) == [])
    let given = table { row, fields in fields[0] = "\(["u", "v", "w"].firstIndex(of: fields[3]) ?? 0)" }
    #expect(try found(run(WarningCheck.self, given, ["early_stopping=null"])) == ["warning W0203"])
    #expect(try found(run(WarningCheck.self, table())) == ["warning W0101"])
  }

  @Test func driftIsAWarning() throws {
    let many = { (shift: Double) in
      self.table(600) { row, fields in
        fields[0] = "\(Double(row * 37 % 101) / 10 + (fields[2] == "test" ? shift : 0))"
        fields[1] = "\(row * 53 % 97)"
      }
    }
    #expect(try found(run(DriftCheck.self, many(0))) == [])
    let result = try run(DriftCheck.self, many(4))
    #expect(
      found(result) == ["warning W0216"] && result.findings[0].message.contains("the test rows")
        && result.findings[0].message.contains("\"a\""))
  }

  @Test func outliersAreNotedWithTheirLines() throws {
    #expect(try found(run(OutlierCheck.self, table())) == [])
    let result = try run(OutlierCheck.self, table { row, fields in if row == 8 { fields[0] = "5000" } })
    #expect(found(result) == ["note W0217"] && result.findings[0].place?.description.hasSuffix("d.csv:10:1") ?? false)
    // The remedy is a valid config.
    let remedied = ", \"columns\": {\"a\": {\"kind\": \"numeric\", \"clip\": 0.01}}"
    #expect(throws: Never.self) { try run(OutlierCheck.self, table(), data: remedied) }
  }
}
