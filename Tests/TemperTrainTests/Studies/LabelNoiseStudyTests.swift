import Glibc
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// Which monitor notices first that a network learns wrong labels by heart, as a table:
/// `TEMPER_STUDIES=1 swift test --filter LabelNoiseStudyTests`.
@Suite(.serialized, .enabled(if: getenv("TEMPER_STUDIES") != nil, "it takes minutes"))
struct LabelNoiseStudyTests {
  /// A monitor, and whether it rings at an evaluation, of which the least validation loss so far is known.
  private static let monitors: [(name: String, rings: @Sendable (_ line: JSON, _ leastLoss: Double) -> Bool)] = [
    ("validation loss 2 % above its least", { ($0["validation"]?["loss"]?.number ?? 0) > 1.02 * $1 }),
    ("canaries_memorized above 0.2", { line, _ in (line["monitors"]?["canaries_memorized"]?.number ?? 0) > 0.2 }),
    ("generalization_gap above 0.2 of the validation loss", { line, _ in gap(line) > 0.2 }),
    ("generalization_gap above 0.5 of the validation loss", { line, _ in gap(line) > 0.5 }),
    ("ece above 0.1", { line, _ in (line["validation"]?["ece"]?.number ?? 0) > 0.1 }),
  ]

  private static func gap(_ line: JSON) -> Double {
    (line["monitors"]?["generalization_gap"]?.number ?? 0) / (line["validation"]?["loss"]?.number ?? 1)
  }

  /// What happened in a run, in evaluations.
  private struct Course {
    /// When a mean of five accuracies was highest.
    let peak: Int
    /// When such a mean was 0.01 lower for the first time; nil if it never was.
    let fall: Int?
    /// When each monitor rang at two evaluations in a row for the first time.
    let rings: [Int?]
    let (best, last): (Double, Double)

    init(_ lines: [JSON]) {
      let accuracy = lines.map { $0["validation"]?["accuracy"]?.number ?? 0 }
      let smooth = accuracy.indices.map { index in
        let window = accuracy[max(0, index - 2)...min(accuracy.count - 1, index + 2)]
        return window.reduce(0, +) / Double(window.count)
      }
      let highest = smooth.max() ?? 0
      let top = smooth.firstIndex(of: highest) ?? 0
      (peak, best, last) = (top + 1, highest, smooth.last ?? 0)
      fall = smooth.indices.first { $0 > top && smooth[$0] < highest - 0.01 }.map { $0 + 1 }
      rings = LabelNoiseStudyTests.monitors.map { _, rings in
        var (least, before) = (Double.infinity, false)
        for (index, line) in lines.enumerated() {
          least = min(least, line["validation"]?["loss"]?.number ?? .infinity)
          let now = rings(line, least)
          if now && before { return index + 1 }
          before = now
        }
        return nil
      }
    }
  }

  @Test(arguments: ["mnist1d", "digits"], [0.2, 0.4]) func whichMonitorRingsFirst(data: String, share: Double) throws {
    let folder = TemporaryFolder()
    let courses = try (0..<5).map { seed in
      let file = try ConfigFile(
        path: Repository.path("configs/studies/noise-\(data).json"),
        overrides: ["output_dir=\(folder.path)", "name=s\(seed)", "seed=\(seed)", "data.label_noise=\(share)"])
      return Course(Array(try train(file).metrics().dropFirst()))
    }
    func listed(_ values: [Int?]) -> String { values.map { $0.map(String.init) ?? "never" }.joined(separator: " ") }
    func mean(_ values: [Double]) -> String { fixed(values.reduce(0, +) / Double(values.count), 3) }
    print("\(data), \(share) of the labels wrong, at evaluations of seeds 0 to 4:")
    print("  accuracy is highest (mean \(mean(courses.map(\.best)))) | \(listed(courses.map(\.peak)))")
    print("  accuracy has fallen by 0.01 (mean \(mean(courses.map(\.last))) at the end) | \(listed(courses.map(\.fall)))")
    for (index, monitor) in Self.monitors.enumerated() {
      let early = courses.count { course in course.rings[index].map { ring in course.fall.map { ring < $0 } ?? true } ?? false }
      print("  \(monitor.name), before the fall in \(early) of 5 | \(listed(courses.map { $0.rings[index] }))")
    }
    #expect(courses.allSatisfy { $0.rings[1] != nil }, "wrong labels are not learned by heart")
  }
}
