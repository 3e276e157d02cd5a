/// What limits the comparison of a config with its baseline.
enum CheckNotes {
  static func all(
    _ cases: [CheckCase], _ entry: BaselineFile.Entry?, _ now: BaselineFile.Origin, seeds current: [Int], hasBaseline: Bool
  ) -> [String] {
    if !hasBaseline { return [] }
    guard let entry else { return ["it is not in the baseline, so its metrics are new"] }
    return origin(entry.origin, now) + seeds(entry.seeds, current)
      + [MetricComparison.Basis.oneSeed, .noSpread].compactMap { basis in
        let names = cases.filter { $0.comparison?.basis == basis }.map(\.metric)
        if names.isEmpty { return nil }
        return basis == .oneSeed
          ? "one seed on a side, so min_delta alone decides; use --seeds \(enoughSeeds) or more"
          : "no spread on either side in \(names.joined(separator: ", ")), so min_delta alone decides there"
      }
  }

  /// The smallest number of seeds a side from which the test finds differences of twice their spread about as often as not.
  private static let enoughSeeds = 5

  /// How few seeds there are, or that the baseline has others.
  private static func seeds(_ before: [Int], _ now: [Int]) -> [String] {
    var notes: [String] = []
    let fewest = min(before.count, now.count)
    if (2..<enoughSeeds).contains(fewest) {
      notes.append("\(fewest) seeds on a side find large differences only; use --seeds \(enoughSeeds) or more, also for the baseline")
    }
    if before != now {
      notes.append("the baseline has the \(text(before)), this check the \(text(now)); differences between seeds count as differences")
    }
    return notes
  }

  private static func text(_ seeds: [Int]) -> String {
    guard let first = seeds.first, let last = seeds.last, seeds.count > 1 else { return "seed \(seeds.first ?? 0)" }
    return seeds == Array(first...max(first, last)) ? "seeds \(first) to \(last)" : "seeds \(seeds.map { "\($0)" }.joined(separator: ", "))"
  }

  /// How the baseline differs in what results depend on. The number of threads is not part of it.
  private static func origin(_ before: BaselineFile.Origin, _ now: BaselineFile.Origin) -> [String] {
    var notes: [String] = []
    if before.data.map(\.sha256) != now.data.map(\.sha256) {
      let changed = now.data.filter { file in !before.data.contains { $0.sha256 == file.sha256 } }.map(\.name)
      notes.append("the baseline was written from other data\(changed.isEmpty ? "" : ": \(changed.joined(separator: ", ")) differs")")
    }
    if before.version != now.version { notes.append("the baseline was written by Temper \(before.version), this is \(now.version)") }
    if before.processor != now.processor {
      notes.append(
        "the baseline was written on another processor (\(before.processor ?? "unknown")), where results differ in their last digits")
    }
    return notes
  }
}
