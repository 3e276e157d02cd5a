import TemperCore
import TemperJSON
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

extension Lab {
  /// What a run stores of the column `name`: of a table that has each kind of column with every sixth value missing, `written` there
  /// instead, where `rules` are said of the column, or nothing, and `members` stand in the data block.
  fileprivate func fitted(_ name: String, _ rules: String?, _ members: String = "", written: String = "") throws -> JSON {
    let lines = SampleTable.csv().split(separator: "\n")
    let rows = lines.dropFirst().enumerated().map { index, line in
      let tone = index == 1 ? "pink" : ["red", "blue", "blue"][index % 3]
      let day = "\(index % 28 + 1).\(index % 12 + 1).2024"
      let fields = [index == 2 ? "1000" : "\(index)", tone, ["yes", "yes", "no"][index % 3], day, "word\(index % 3) of an apple"]
      return line + "," + (index % 6 == 5 ? fields.map { _ in written } : fields).joined(separator: ",")
    }
    let names = ["gap", "tone", "flag", "day", "note"]
    folder.write(([lines[0] + "," + names.joined(separator: ",")] + rows).joined(separator: "\n") + "\n", to: "mixed.csv")
    let ignored = (["x1", "x2", "color", "part"] + names).filter { $0 != name }.map { "\"\($0)\": \"ignore\"" }
    let columns = (ignored + (rules.map { ["\"\(name)\": \($0)"] } ?? [])).joined(separator: ", ")
    let data =
      "{\"path\": \"\(folder("mixed.csv"))\", \"label\": \"kind\", \"columns\": {\(columns)}\(members.isEmpty ? "" : ", " + members)}"
    let stored = try train(["data=\(data)", "train.epochs=1"]).json("best/preprocessing.json")
    return try #require(stored["columns"]?.array?.first { $0["name"]?.string == name })
  }

  /// The same, of rules of a kind.
  fileprivate func fitted(_ name: String, _ kind: ColumnKind, _ members: String) throws -> JSON {
    try fitted(name, "{\"kind\": \"\(kind.rawValue)\", \(members)}")
  }
}

extension ConfigKeyTests {
  private static let filled = "\"impute\": \"category\""

  private static func strings(_ json: JSON, _ key: String) -> [String] { json[key]?.array?.compactMap(\.string) ?? [] }

  static let columnCases: [KeyCase] = ofOneColumn + ofAllColumns

  private static let ofOneColumn: [KeyCase] = [
    KeyCase("data.columns.*.kind (csv)") { (lab: Lab) throws in
      #expect(try lab.fitted("gap", .categorical, "\(filled), \"unknown\": \"ignore\"")["kind"]?.string == "categorical")
      #expect(throws: Diagnostics.self) { try lab.fitted("tone", "{\"kind\": \"numeric\"}") }
    },
    KeyCase("data.columns.*.impute (csv: numeric)") { (lab: Lab) throws in
      let fills = try ["mean", "median", "mode"].map { try lab.fitted("gap", .numeric, "\"impute\": \"\($0)\"")["missing"]?.number }
      #expect(Set(fills).count == 3 && !fills.contains(nil))
      #expect(throws: Diagnostics.self) { try lab.fitted("gap", .numeric, "\"impute\": \"error\"") }
    },
    KeyCase("data.columns.*.fill (csv: numeric)") { (lab: Lab) throws in
      #expect(try lab.fitted("gap", .numeric, "\"impute\": \"constant\", \"fill\": 7.5")["missing"]?.number == 7.5)
    },
    KeyCase("data.columns.*.indicator (csv: numeric, boolean, date)") { (lab: Lab) throws in
      for (name, kind) in [("gap", ColumnKind.numeric), ("flag", .boolean), ("day", .date)] {
        for indicator in [true, false] {
          let stored = try lab.fitted(name, kind, "\"impute\": \"mode\", \"indicator\": \(indicator)")
          #expect(stored["indicator"]?.bool == indicator, "\(name)")
        }
      }
    },
    KeyCase("data.columns.*.normalize (csv: numeric, categorical, date)") { (lab: Lab) throws in
      let order = "\"encoding\": \"ordinal\", \"categories\": [\"red\", \"blue\", \"pink\"]"
      for (name, kind, more) in [("gap", ColumnKind.numeric, ""), ("day", .date, ""), ("tone", .categorical, ", \(order)")] {
        let units = try ["standard", "minmax", "none"].map {
          try lab.fitted(name, kind, "\"impute\": \"mode\", \"normalize\": \"\($0)\"\(more)")["deviation"]?.number
        }
        #expect(Set(units).count == 3 && units[2] == 1, "\(name)")
        for rule in ["robust_clip", "quantile"] {
          let fitted = try lab.fitted(name, kind, "\"impute\": \"mode\", \"normalize\": \"\(rule)\"\(more)")
          #expect(fitted["scaling"]?.string == rule && fitted["deviation"] == nil, "\(name)")
        }
      }
    },
    KeyCase("data.columns.*.clip (csv: numeric)") { (lab: Lab) throws in
      let clipped = try lab.fitted("gap", .numeric, "\"impute\": \"mean\", \"clip\": 0.1")
      #expect(try #require(clipped["greatest"]?.number) < 100)
      #expect(try lab.fitted("gap", .numeric, "\"impute\": \"mean\"")["greatest"]?.isNull == true)
    },
    KeyCase("data.columns.*.encoding (csv: categorical)") { (lab: Lab) throws in
      let order = "\"categories\": [\"red\", \"blue\", \"pink\"], \"impute\": \"mode\""
      for encoding in ["onehot", "ordinal"] {
        #expect(try lab.fitted("tone", .categorical, "\"encoding\": \"\(encoding)\", \(order)")["encoding"]?.string == encoding)
      }
    },
    KeyCase("data.columns.*.categories (csv: categorical)") { (lab: Lab) throws in
      let listed = try lab.fitted("tone", .categorical, "\"categories\": [\"red\", \"pink\", \"mauve\", \"blue\"], \(filled)")
      #expect(strings(listed, "categories") == ["red", "pink", "mauve", "blue"])
      #expect(throws: Diagnostics.self) { try lab.fitted("tone", .categorical, "\"categories\": [\"red\"], \(filled)") }
    },
    KeyCase("data.columns.*.rare.min_count (csv: categorical)") { (lab: Lab) throws in
      #expect(strings(try lab.fitted("tone", .categorical, "\"rare\": {\"min_count\": 2}, \(filled)"), "rare") == ["pink"])
    },
    KeyCase("data.columns.*.rare.min_share (csv: categorical)") { (lab: Lab) throws in
      #expect(
        strings(try lab.fitted("tone", .categorical, "\"rare\": {\"min_share\": 0.9}, \(filled)"), "rare") == ["blue", "pink", "red"])
    },
    KeyCase("data.columns.*.unknown (csv: categorical)") { (lab: Lab) throws in
      // The training rows have all tones but the one that is not listed.
      let listed = "\"categories\": [\"red\", \"blue\"], \(filled)"
      #expect(try lab.fitted("tone", .categorical, "\(listed), \"unknown\": \"ignore\"")["unknown"]?.string == "ignore")
      #expect(throws: Diagnostics.self) { try lab.fitted("tone", .categorical, "\(listed), \"unknown\": \"error\"") }
    },
    KeyCase("data.columns.*.impute (csv: categorical)") { (lab: Lab) throws in
      #expect(try lab.fitted("tone", .categorical, filled)["missing"]?.string == "feature")
      #expect(try lab.fitted("tone", .categorical, "\"impute\": \"mode\"")["missing"]?["category"]?.string == "blue")
      #expect(throws: Diagnostics.self) { try lab.fitted("tone", "\"categorical\"") }
    },
    KeyCase("data.columns.*.fill (csv: categorical)") { (lab: Lab) throws in
      let stored = try lab.fitted("tone", .categorical, "\"impute\": \"constant\", \"fill\": \"no tone\"")
      #expect(strings(stored, "categories") == ["blue", "no tone", "pink", "red"])
    },
    KeyCase("data.columns.*.impute (csv: boolean)") { (lab: Lab) throws in
      for (impute, fill) in [("mode", true), ("true", true), ("false", false)] {
        #expect(try lab.fitted("flag", .boolean, "\"impute\": \"\(impute)\"")["missing"]?.bool == fill, "\(impute)")
      }
    },
    KeyCase("data.columns.*.format (csv: date)") { (lab: Lab) throws in
      #expect(try lab.fitted("day", .date, "\"format\": \"%d.%m.%Y\", \"impute\": \"mode\"")["format"]?.string == "%d.%m.%Y")
      #expect(throws: Diagnostics.self) { try lab.fitted("day", .date, "\"format\": \"iso\", \"impute\": \"mode\"") }
    },
    KeyCase("data.columns.*.impute (csv: date)") { (lab: Lab) throws in
      let fills = try ["mean", "median", "mode"].map {
        try lab.fitted("day", .date, "\"impute\": \"\($0)\"")["missing"]?["instant"]?.number
      }
      #expect(Set(fills).count == 3 && !fills.contains(nil))
    },
    KeyCase("data.columns.*.max_words (csv: text)") { (lab: Lab) throws in
      #expect(strings(try lab.fitted("note", .text, "\"max_words\": 2, \"impute\": \"empty\""), "words").count == 2)
      #expect(strings(try lab.fitted("note", .text, "\"impute\": \"empty\""), "words").count == 6)
    },
    KeyCase("data.columns.*.impute (csv: text)") { (lab: Lab) throws in
      #expect(try lab.fitted("note", .text, "\"impute\": \"empty\"")["missing"]?.string == "empty")
      #expect(throws: Diagnostics.self) { try lab.fitted("note", "\"text\"") }
    },
  ]

  private static let ofAllColumns: [KeyCase] = [
    KeyCase("data.impute.numeric (csv, npy)") { (lab: Lab) throws in
      let arrays = arrays(lab, "gap", count: 30, hasGap: true)
      let filled = try lab.train(block(arrays, "\"impute\": {\"numeric\": \"median\"}"))
      #expect(try filled.json("best/preprocessing.json")["columns"]?.array?[1]["missing"]?.number != nil)
      #expect(throws: Diagnostics.self) { try lab.train(block(arrays)) }
      #expect(try lab.fitted("gap", nil, "\"impute\": {\"numeric\": \"median\"}")["missing"]?.number != nil)
      #expect(throws: Diagnostics.self) { try lab.fitted("gap", nil) }
    },
    KeyCase("data.impute.categorical (csv)") { (lab: Lab) throws in
      #expect(try lab.fitted("tone", nil, "\"impute\": {\"categorical\": \"category\"}")["missing"]?.string == "feature")
    },
    KeyCase("data.impute.boolean (csv)") { (lab: Lab) throws in
      #expect(try lab.fitted("flag", nil, "\"impute\": {\"boolean\": \"false\"}")["missing"]?.bool == false)
    },
    KeyCase("data.impute.date (csv)") { (lab: Lab) throws in
      #expect(try lab.fitted("day", nil, "\"impute\": {\"date\": \"mode\"}")["missing"]?["instant"]?.number != nil)
    },
    KeyCase("data.impute.text (csv)") { (lab: Lab) throws in
      #expect(try lab.fitted("note", "\"text\"", "\"impute\": {\"text\": \"empty\"}")["missing"]?.string == "empty")
    },
    KeyCase("data.impute.indicator (csv, npy)") { (lab: Lab) throws in
      let arrays = arrays(lab, "gap", count: 30, hasGap: true)
      let told = try lab.train(block(arrays, "\"impute\": {\"numeric\": \"median\", \"indicator\": true}"))
      #expect(told.outcome.model == "mlp 4-8-3")
      for indicator in [true, false] {
        let stored = try lab.fitted("gap", nil, "\"impute\": {\"numeric\": \"mean\", \"indicator\": \(indicator)}")
        #expect(stored["indicator"]?.bool == indicator)
      }
    },
    KeyCase("data.missing_values (csv)") { (lab: Lab) throws in
      let impute = "\"impute\": {\"numeric\": \"mean\"}"
      let stored = try lab.fitted("gap", nil, "\(impute), \"missing_values\": [\"?\", \"NA\"]", written: "NA")
      #expect(try stored["missing"]?.number == lab.fitted("gap", nil, impute)["missing"]?.number)
      #expect(throws: Diagnostics.self) { try lab.fitted("gap", nil, impute, written: "NA") }
    },
    KeyCase("data.unknown (csv)") { (lab: Lab) throws in
      let stored = try lab.fitted("tone", nil, "\"impute\": {\"categorical\": \"mode\"}, \"unknown\": \"ignore\"")
      #expect(stored["unknown"]?.string == "ignore")
    },
    KeyCase("data.rare.min_count (csv)") { (lab: Lab) throws in
      let stored = try lab.fitted("tone", nil, "\"impute\": {\"categorical\": \"mode\"}, \"rare\": {\"min_count\": 2}")
      #expect(strings(stored, "rare") == ["pink"])
    },
    KeyCase("data.rare.min_share (csv)") { (lab: Lab) throws in
      let stored = try lab.fitted("tone", nil, "\"impute\": {\"categorical\": \"mode\"}, \"rare\": {\"min_share\": 0.1}")
      #expect(strings(stored, "rare") == ["pink"])
    },
  ]
}
