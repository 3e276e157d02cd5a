import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

/// Scalings that are not linear.
@Suite struct ScalingTests {
  private static let rules: [Normalization] = [.robustClip, .quantile]

  /// `json` with the members of its first column changed.
  private func changed(_ json: JSON, _ key: String, _ value: JSON) -> JSON {
    let columns = (json["columns"]?.array ?? []).map { column in
      JSON.object((column.members ?? []).map { ($0.name, $0.name == key ? value : $0.value) })
    }
    return .object((json.members ?? []).map { ($0.name, $0.name == "columns" ? .array(columns) : $0.value) })
  }

  @Test(arguments: rules) func aConstantColumnIsZeroWhateverComes(_ rule: Normalization) throws {
    let t = try table("x,y\n0.1,a\n0.1,b\n0.1,a\n7,b\n")
    let p = try fit(t, label: "y", rows: [0, 1, 2], declared: [("x", .numeric(NumericRules(normalize: rule)))])
    #expect(try p.features(of: t, rows: [0, 3]) == [0, 0])
    #expect(p.explanations[0].fitted == "number, which is constant, as 0")
    #expect(try Preprocessor(json: JSON.parse(p.json.serialized(), path: "p.json")) == p)
    // Rounding is no spread.
    let computed: [Double] = [0.3, 0.1 + 0.2, 0.3]
    #expect(Scaling(rule, of: computed) == .smoothClip(center: 0.3, factor: 0) && Scaling(rule, of: [])(5) == 0)
  }

  @Test(arguments: rules) func numbersFarOutsideAreTheBound(_ rule: Normalization) {
    let scaling = Scaling(rule, of: (0..<100).map { Double($0) })
    let bound: Float = rule == .quantile ? 5.19933758 : 3
    #expect([-1e300, -.greatestFiniteMagnitude, 1e300].map { scaling($0) } == [-bound, -bound, bound])
    #expect(Scaling(rule, of: [-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude])(1).isFinite)
    let least = Double.leastNonzeroMagnitude
    #expect(Scaling(rule, of: [0, least, 2 * least, 4 * least])(1) == bound)
  }

  @Test(arguments: rules) func anOrderIsKept(_ rule: Normalization) {
    let numbers = (0..<500).map { Double($0 * 7919 % 1009) / 8 - 50 }
    let features = numbers.sorted().map(Scaling(rule, of: numbers).callAsFunction)
    #expect(zip(features, features.dropFirst()).allSatisfy { $0 < $1 } && abs(features[250]) < 0.02)
  }

  @Test func thereAreAsManyQuantilesAsAsked() {
    func count(_ rows: Int) -> Int { QuantileMap(ofSorted: (0..<rows).map(Double.init)).quantiles.count }
    #expect([2, 9, 10, 329, 330, 3000, 30_000, 90_000].map(count) == [2, 9, 10, 10, 11, 100, 1000, 1000])
    // Those that are numbers of the table are so exactly.
    #expect(QuantileMap(ofSorted: (0..<28).map { Double($0) / 3 }).quantiles == (0..<10).map { Double(3 * $0) / 3 })
  }

  @Test(arguments: rules) func daysAndOrdinalsAreScaledToo(_ rule: Normalization) throws {
    let t = try table(
      "d,o,y\n"
        + (1..<29).map { "2024-02-\($0 < 10 ? "0" : "")\($0),\($0 % 7 == 0 ? "high" : $0 % 2 == 0 ? "low" : "middle"),\($0 % 3)\n" }
        .joined())
    var defaults = ColumnDefaults()
    defaults.normalize = rule
    let ordinal = CategoricalRules(encoding: .ordinal, categories: ["low", "middle", "high"])
    let p = try fit(t, label: "y", declared: [("o", .categorical(ordinal))], defaults: defaults)
    #expect(try Preprocessor(json: JSON.parse(p.json.serialized(), path: "p.json")) == p)
    let features = try p.features(of: t, rows: Array(0..<t.count))
    let most: Float = rule == .quantile ? 5.2 : 3
    for (offset, name) in p.featureNames.enumerated() where name == "d" || name == "o" {
      let column = stride(from: offset, to: features.count, by: p.width).map { features[$0] }
      #expect(column.allSatisfy { abs($0) < most } && Set(column).count == (name == "d" ? 28 : 3), "\(name)")
    }
    let sample = "\(try #require(p.explanations.first { $0.name == "d" }?.fitted))"
    #expect(sample.contains(rule == .quantile ? "by its rank among 10 quantiles" : "drawn smoothly between -3 and 3"))
  }

  @Test func whatIsDamagedIsNamed() throws {
    let t = try table("x,y\n" + (0..<20).map { "\($0 * $0),\($0 % 2)\n" }.joined())
    func stored(_ rule: Normalization) throws -> JSON {
      try fit(t, label: "y", declared: [("x", .numeric(NumericRules(normalize: rule)))]).json
    }
    let (clip, quantile) = (try stored(.robustClip), try stored(.quantile))
    let lists: [JSON] = [[], [1], [2, 1], [1, 1], [1, "a"], "x", .null, [1, .null, 2], [.number(1), .number(2), .number(1)]]
    let cases: [(JSON, String, [JSON])] = [
      (clip, "factor", [-1, "x", .null]), (clip, "center", ["x", .null]), (clip, "scaling", ["standard", "x", 1]),
      (quantile, "quantiles", lists),
    ]
    for (json, key, values) in cases {
      for value in values {
        let found = errors { try Preprocessor(json: changed(json, key, value)) }
        #expect(found.count == 1 && found[0].contains("\"\(key)\" must be") && found[0].hasSuffix("[E0220]"), "\(key) \(value): \(found)")
      }
    }
  }
}
