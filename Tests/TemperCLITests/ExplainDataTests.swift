import TemperJSON
import TemperRunSupport
import Testing

/// What `temper evaluate --explain-data` tells of a table with every kind of column.
@Suite struct ExplainDataTests {
  private static func csv(_ rows: Range<Int>) -> String {
    "rownames,age,city,member,since,note,unit,kind\n"
      + rows.map { row in
        let age = row % 7 == 3 ? "NA" : "\(20 + row * 5 % 31)"
        let city = row % 11 == 0 ? "" : ["Bonn", "Ulm", "Kiel"][row % 3]
        let date = "2024-0\(row % 9 + 1)-1\(row % 7)"
        return
          "\(row + 1),\(age),\(city),\(row % 4 == 0 ? "yes" : "no"),\(date),it is \(row % 2 == 0 ? "fine" : "bad"),kg,\("ab"[row % 2])\n"
      }.joined()
  }

  private static let config = """
    {"data": {"path": "people.csv", "label": "kind", "split": {"validation": null}, "missing_values": ["NA"],
      "impute": {"numeric": "median", "categorical": "category", "indicator": true}, "unknown": "ignore",
      "columns": {"age": {"kind": "numeric", "clip": 0.05}, "note": "text"}},
     "model": {"hidden": [8]}, "train": {"epochs": 2}}
    """

  @Test func columnsAreExplained() throws {
    let shop = Workshop()
    shop.folder.write(Self.csv(0..<60), to: "people.csv")
    shop.folder.write(Self.config, to: "people.json")
    let trained = shop.temper("train", "people.json")
    #expect(trained.status == 0, "\(trained.err)")
    // It needs neither the table nor the rest of the run.
    shop.folder.write("gone\n", to: "people.csv")
    let text = shop.temper("evaluate", "runs/people", "--explain-data")
    #expect(text.status == 0 && text.err == "")
    Snapshot.expect(text.out, is: "explain-data")

    let json = try JSON.parse(shop.temper("evaluate", "runs/people/best", "--explain-data", "--json").out, path: "out")
    let columns = try #require(json["columns"]?.array)
    #expect(columns.compactMap { $0["name"]?.string } == ["rownames", "age", "city", "member", "since", "note", "unit"])
    #expect(
      columns.compactMap { $0["kind"]?.string } == ["identifier", "numeric", "categorical", "boolean", "date", "text", "ignore"])
    #expect(columns.map { $0["declared"]?.bool } == [false, true, false, false, false, true, false])
    #expect(columns[1]["missing"]?.integer == 9 && columns[1]["features"]?.array?.count == 2)
    #expect(json["training_rows"]?.integer == 60 && json["target"]?["label"]?.string == "kind")
    #expect(shop.temper("evaluate", "runs/people", "--explain-data", "--split", "test").status == 64)

    // Other rows meet the same rules.
    let rows = "age,city,member,since,note\nNA,,yes,2024-03-01,fine\n30,Rome,N,2025-01-01,\n"
    let failed = shop.temper("predict", "runs/people", "--input", "-", input: rows)
    #expect(failed.status == 65 && failed.err.contains(":3:22: \"note\" has no value here"), "\(failed.err)")
    let predicted = shop.temper("predict", "runs/people", "--input", "-", input: String(rows.dropLast()) + "bad\n")
    #expect(predicted.status == 0 && Workshop.lines(predicted.out).count == 3, "\(predicted.err)")
  }

  /// Of a checkpoint it describes the checkpoint's model, also where the run has no model yet.
  @Test func aCheckpointIsDescribed() throws {
    let shop = Workshop()
    shop.folder.write(Self.csv(0..<60), to: "people.csv")
    shop.folder.write(Self.config, to: "people.json")
    #expect(shop.temper("train", "people.json").status == 0)
    let text = shop.temper("evaluate", "runs/people", "--explain-data").out
    let names = TestFiles.names(shop.folder("runs/people/checkpoints"))
    let step = try #require(names.last.flatMap { Int($0.dropFirst("step-".count).dropLast()) })
    for name in ["best", "last"] { TestFiles.remove(shop.folder("runs/people/" + name)) }
    let explained = shop.temper("evaluate", "runs/people", "--explain-data", "--checkpoint", "\(step)")
    #expect(explained.status == 0 && explained.out == text, "\(explained.err)")
  }
}

extension String {
  fileprivate subscript(offset: Int) -> Character { self[index(startIndex, offsetBy: offset)] }
}
