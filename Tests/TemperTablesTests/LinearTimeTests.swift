import TemperJSON
import TemperRunSupport
import Testing

import TemperFiles
import TemperTables

/// What grows with the columns, the classes or the mistakes, and not with their square. Each takes a fraction of a second; the square took ten.
@Suite("Linear time", .serialized) struct LinearTimeTests {
  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    return (clock.now - start) / .seconds(1)
  }

  @Test func columns() throws {
    let width = 20_000
    let header = (0..<width).map { "g\($0)" }.joined(separator: ",") + ",y\n"
    // Numbers of several forms, whose texts are looked up in the file.
    let body = (0..<12).map { row in
      (0..<width).map { "\($0 * (row + 3) % 17)\($0 % 2 == 0 ? "" : row % 2 == 0 ? ".5" : ".25")" }.joined(separator: ",") + ",\(row % 2)\n"
    }.joined()
    let time = try Self.seconds {
      let t = try table(header + body)
      let p = try fit(t, label: "y")
      #expect(try p.features(of: t, rows: Array(0..<12)).count == 12 * p.width && p.explanations.count == width)
      #expect(InferredColumn.all(of: t).count == width + 1)
    }
    #expect(time < 5, "\(time)")
  }

  @Test func columnsOfJSONLines() throws {
    let lines = (0..<6).map { row in
      "{" + (0..<8000).map { "\"g\($0)\":\(row % 2 == 0 ? "1.5" : "\(row + $0 % 7)")" }.joined(separator: ",") + "}\n"
    }.joined()
    let time = try Self.seconds {
      let t = try Table(FileBytes(name: "t.jsonl", bytes: Array(lines.utf8)))
      #expect(InferredColumn.all(of: t).count == 8000)
    }
    #expect(time < 5, "\(time)")
  }

  @Test func unknownCategories() throws {
    let known = try table("c,y\n" + (0..<40_000).map { "k\($0),\($0 % 2)\n" }.joined())
    let p = try fit(known, label: "y", declared: [("c", .categorical(CategoricalRules(encoding: .ordinal)))])
    let unknown = try table("c\n" + (0..<40_000).map { "u\($0)\n" }.joined())
    let words = try table("x\n" + (0..<200_000).map { "w\($0)\n" }.joined())
    let numeric = Preprocessor(columns: [.init("x", .numeric(mean: 0, deviation: 1))], label: "y", classes: ["0", "1"])
    let time = Self.seconds {
      let found = errors { try p.features(of: unknown, rows: Array(0..<40_000)) }
      #expect(found.count == 1000 && found[0].contains("(known: \"k0\", \"k1\", ") && found[0].contains(" and 39990 more)"))
      #expect(errors { try numeric.features(of: words, rows: Array(0..<200_000)) }.count == 1000)
    }
    #expect(time < 5, "\(time)")
  }
}
