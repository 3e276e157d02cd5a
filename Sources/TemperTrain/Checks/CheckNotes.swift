/// What limits the comparison of a config with its baseline.
enum CheckNotes {
  static func all(
    _ cases: [CheckCase], _ entry: BaselineFile.Entry?, _ now: BaselineFile.Origin, hasBaseline: Bool
  ) -> [String] {
    if !hasBaseline { return [] }
    guard let entry else { return ["it is not in the baseline, so its metrics are new"] }
    return origin(entry.origin, now)
      + [MetricComparison.Basis.oneSeed, .noSpread].compactMap { basis in
        let names = cases.filter { $0.comparison?.basis == basis }.map(\.metric)
        if names.isEmpty { return nil }
        return basis == .oneSeed
          ? "one seed on a side, so min_delta alone decides; use --seeds 5 or more"
          : "no spread on either side in \(names.joined(separator: ", ")), so min_delta alone decides there"
      }
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
