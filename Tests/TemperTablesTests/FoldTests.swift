import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite("Folds and time of tables") struct FoldTests {
  @Test func timeDecides() throws {
    func order(_ values: [String], format: DateFormat? = nil) throws -> [Int] {
      let t = try TemperTablesTests.table("t,x\n" + values.map { "\($0),1\n" }.joined())
      return try t.rows(by: 0, format: format, missing: MissingValues())
    }
    #expect(try order(["10", "9", "-1.5", "9", "1e3"]) == [2, 1, 3, 0, 4])
    #expect(try order(["2024-02-01", "2023-12-31 23:59", "2024-01-31"]) == [1, 2, 0])
    #expect(try order(["31.1.2024", "1.2.2023"], format: DateFormat("%d.%m.%Y")) == [1, 0])
    #expect(try order(["2/1/2024", "1/13/2024"]) == [1, 0])
    #expect(errors { try order(["1", "2", "soon"]) }.map { $0.prefix(10) } == ["t.csv:4:1:"])
    let cut = try Split.byOrder([4, 2, 0, 1, 3, 5, 9, 8, 7, 6], validation: 0.2, test: 0.3, place: .wholeFile(path: "t.csv"))
    #expect(cut == Split(train: [0, 1, 2, 3, 4], validation: [5, 9], test: [6, 7, 8]))
  }

  private static let rows = (0..<40).map { row in
    "2024-01-\(row % 28 < 9 ? "0" : "")\(row % 28 + 1),p\(row % 9),\(row * 7 % 41),\(row % 4 == 0 ? "b" : "a")\n"
  }

  private func load(
    _ path: String, _ split: TableConfig.SplitConfig = .random(validation: nil, test: nil, stratify: true), folds: Folds? = nil
  ) throws -> LoadedData<Preprocessor> {
    try LoadedData(
      TableConfig(source: .single(path: path, split: split), label: "kind", columns: [("who", .ignore)], folds: folds), seed: 5)
  }

  @Test func foldsOfATable() throws {
    try withFile("day,who,x,kind\n" + Self.rows.joined()) { path in
      let split = TableConfig.SplitConfig.random(validation: nil, test: 0.2, stratify: true)
      let folds = try (1...4).map { try load(path, split, folds: Folds(count: 4, fold: $0)) }
      #expect(Set(folds.map { $0.test?.rowIDs ?? [] }).count == 1)
      #expect(folds[0].test?.count == 8)
      #expect(
        folds.flatMap { $0.validation?.rowIDs ?? [] }.sorted()
          == folds[0].test.map { test in (0..<40).filter { !test.rowIDs.contains($0) } })
      for data in folds {
        #expect(data.validation?.count == 8 && data.validation?.labels.count { $0 == 1 } == 2)
        #expect(Set(data.train.rowIDs).isDisjoint(with: data.validation?.rowIDs ?? []) && data.train.count == 24)
        // Scales are those of the fold's training rows.
        let x = data.train.rowIDs.map { Double($0 * 7 % 41) }
        let column = try #require(data.preprocessor.columns.first { $0.name == "x" })
        guard case .numeric(let fitted) = column.transform else { return #expect(Bool(false), "x is numeric") }
        #expect(abs((fitted.scaling.linear?.center ?? .nan) - x.reduce(0, +) / 24) < 1e-12)
      }
      // Groups hold for test rows too, and their column is no feature.
      let grouped = try (1...4).map {
        try load(path, .random(validation: nil, test: 0.2, stratify: true, group: "who"), folds: Folds(count: 4, fold: $0, group: "who"))
      }
      for data in grouped {
        let owners = [data.train, data.validation, data.test].map { Set(($0?.rowIDs ?? []).map { $0 % 9 }) }
        #expect(owners.reduce(0) { $0 + $1.count } == 9 && owners.allSatisfy { !$0.isEmpty })
        #expect(!data.preprocessor.columns.contains { $0.name == "who" })
      }
    }
  }

  @Test func theHeldOutTenthObeysGroupsAndTime() throws {
    try withFile("day,who,x,kind\n" + Self.rows.joined()) { path in
      let grouped = try load(path, .random(validation: nil, test: nil, stratify: true, group: "who"))
      #expect(Set(grouped.train.rowIDs.map { $0 % 9 }).isDisjoint(with: (grouped.validation?.rowIDs ?? []).map { $0 % 9 }))
      let ordered = try load(path, .ordered(by: "day", validation: nil, test: 0.2))
      func days(_ data: Dataset?) -> [Int32] { (data?.rowIDs ?? []).map { $0 % 28 } }
      #expect([ordered.train.count, ordered.validation?.count, ordered.test?.count] == [29, 3, 8])
      #expect(try #require(days(ordered.train).max()) <= #require(days(ordered.validation).min()))
      #expect(try #require(days(ordered.validation).max()) <= #require(days(ordered.test).min()))
      #expect(ordered.notes.contains { $0.contains("(a tenth, the last by \"day\", seed 5)") })
    }
  }

  @Test("only the seed and the rows decide, whatever the file is called", arguments: 0..<4) func names(kind: Int) throws {
    let text = "day,who,x,kind\n" + Self.rows.joined()
    func parts(_ path: String) throws -> [[Int32]] {
      let data =
        switch kind {
        case 0: try load(path, .random(validation: 0.2, test: 0.2, stratify: true))
        case 1: try load(path, .random(validation: 0.2, test: 0.2, stratify: false, group: "who"))
        case 2: try load(path, .ordered(by: "day", validation: 0.2, test: 0.2))
        default: try load(path, folds: Folds(count: 3, fold: 2))
        }
      return [data.train, data.validation, data.test].map { $0?.rowIDs ?? [] }
    }
    let first = try withFile(text, parts)
    #expect(try withFile(text, suffix: ".another-name.csv", parts) == first)
  }
}
