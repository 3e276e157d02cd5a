import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTables

/// Numbers whose spread is small beside their size, as those of seconds since 1970.
@Suite("Far from zero") struct FarOffsetTests {
  private static let seconds = (0..<8).map { 1_700_000_000 + Double($0 * 5 % 8) }

  @Test func targetsAndPredictionsAreDoubles() throws {
    let t = try table("x,y\n" + Self.seconds.enumerated().map { "\($0),\($1)\n" }.joined())
    let p = try fit(t, target: .value("y"))
    let values = try p.dataset(of: t, rows: Array(0..<8)).values
    let back = p.target.unscaled(values)
    #expect(zip(back, Self.seconds).allSatisfy { abs($0 - $1) < 1e-6 })
    let report = RegressionReport(predictions: back.map { $0 + 1 }, targets: back)
    #expect(abs((report.rmse ?? 0) - 1) < 1e-6 && abs((report.mae ?? 0) - 1) < 1e-6)
    #expect(abs((report.r2 ?? 0) - (1 - 8 / 42.0)) < 1e-6)
    let writer = try PredictionWriter(.csv, table: t, passthrough: [], target: p.target)
    #expect(writer.lines(rows: 0..<2, outputs: [1_700_000_000.25, 1_700_000_005]) == "1700000000.25\n1700000005.0\n")
    // Ordinary numbers have the digits of 32 bits.
    let near = try PredictionWriter(.jsonl, table: nil, passthrough: [], target: .value(label: "y", mean: 150, deviation: 77))
    #expect(near.lines(rows: 0..<1, outputs: [151.376937866]) == "{\"prediction\":151.37694}\n")
  }

  @Test func features() throws {
    let t = try table("x,y\n" + Self.seconds.map { "\($0),\($0 > 1_700_000_003 ? "a" : "b")\n" }.joined())
    for normalization in [Normalization.standard, .minmax, .robust] {
      var defaults = ColumnDefaults()
      defaults.normalize = normalization
      let features = try fit(t, label: "y", defaults: defaults).features(of: t, rows: Array(0..<8)).sorted()
      #expect(features[7] - features[0] >= 1 && features[7] - features[0] <= 8)
      let step = features[1] - features[0]
      #expect(zip(features, features.dropFirst()).allSatisfy { abs($1 - $0 - step) < 1e-5 }, "\(normalization)")
    }
    let doubles = Self.seconds.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    try withFile(SampleArray.npy("'<f8'", "(8, 1)", doubles), suffix: ".npy") { path in
      let array = try Table(features: path, labels: nil)
      #expect((0..<8).map { array.number(row: $0, column: 0) } == Self.seconds)
    }
  }

  /// Spreads of a few roundings are none: scikit-learn's scalers have a scale of 1 there.
  @Test func aSpreadOfRoundingsIsNone() {
    let sums = [14.62, 14.62.nextUp, 14.62.nextDown, 14.62, 14.62.nextUp.nextUp]
    for normalization in [Normalization.standard, .minmax, .robust] {
      #expect(Scale(normalization, of: sums).unit == 1, "\(normalization)")
      #expect(Scale(normalization, of: [1.7e9, 1.7e9 + 1, 1.7e9 + 2, 1.7e9 + 3]).unit >= 1)
      #expect(Scale(normalization, of: [1e-9, 3e-9, 5e-9, 9e-9]).unit < 1e-8)
    }
    #expect(Scale(.robust, of: [5, 5, 5.nextUp, 5, 5, 1e9]).unit == 1)
  }
}
