import TemperJSON
import TemperMetrics
import TemperSearch
import TemperTrain

extension SweepPlan {
  /// Throws keys of the space that cannot be searched over, and values that their keys do not accept.
  func checkSpace() throws(Diagnostics) {
    try checkKeys()
    try checkValues()
  }

  /// Keys that a trial cannot change, with the reason.
  private static let fixedKeys: [(prefix: String, reason: String)] = [
    ("name", "is what a trial is called"), ("output_dir", "is where trials are"), ("threads", "does not change results"),
    ("seed", "is set by sweep.seeds"), ("sweep", "is the sweep itself"), ("expect", "is checked for the winner"),
    ("strict", "does not change results"), ("task", "would give trials values that cannot be compared"),
  ]

  /// Keys of `data` by which trials keep their validation rows and targets.
  private static let ownOfTrials: Set = [
    "columns", "normalize", "normalize_target", "clamp_target", "impute", "rare", "unknown", "tokenizer", "max_length", "within_documents",
    "label_noise", "drop_duplicates",
  ]

  /// Keys that change what a metric of the objective is, and those metrics.
  private static let meanings: [(prefix: String, metrics: Set<String>)] = [
    ("loss", ["loss"]), ("data.normalize_target", ["loss"]), ("data.tokenizer", ["loss", "perplexity"]),
  ]

  /// Metrics that mean the same whatever the loss is, the first that a task has.
  private static let steady = ["log_loss", "rmse", "bits_per_byte", "micro_f1"]

  /// Why trials that differ in `key` cannot be compared; nil if they can.
  private func incomparable(_ key: String) -> String? {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false)
    if parts[0] == "data", parts.count < 2 || !Self.ownOfTrials.contains(String(parts[1])) {
      return "would give trials other rows or targets, whose values cannot be compared"
    }
    for (prefix, metrics) in Self.meanings where key == prefix || key.hasPrefix(prefix + ".") {
      for metric in sweep.objective.goals.map(\.metric) + sweep.objective.limits.map(\.metric) {
        guard let own = Metric.named(metric)?.name, metrics.contains(own) else { continue }
        let other = Self.steady.first { file.config.task.has("validation." + $0) && !metrics.contains($0) }
        return "changes what \(metric) is, so that its values cannot be compared\(other.map { "; use validation.\($0) instead" } ?? "")"
      }
    }
    return nil
  }

  private func checkKeys() throws(Diagnostics) {
    for entry in sweep.space {
      let fixed = Self.fixedKeys.first { entry.key == $0.prefix || entry.key.hasPrefix($0.prefix + ".") }?.reason
      if let reason = fixed ?? incomparable(entry.key) {
        throw Diagnostics(.invalidValue, at: entry.place, "sweep.space: \(quoted(entry.key)) cannot be searched over: it \(reason)")
      }
      if let outer = sweep.space.first(where: { entry.key.hasPrefix($0.key + ".") }) {
        throw Diagnostics(
          .invalidValue, at: entry.place,
          "sweep.space: \(quoted(entry.key)) is a part of \(quoted(outer.key)), which is in the space as a whole. Remove one of the two")
      }
    }
  }

  /// Reads the config with the bounds and choices of every key, the others at their first value, and throws what it does not accept.
  private func checkValues() throws(Diagnostics) {
    var found: [(entry: MapEntry<SpaceEntry>, text: String, mistake: Diagnostic)] = []
    for (entry, parameter) in zip(sweep.space, space.parameters) {
      for value in parameter.distribution.probes {
        let values = space.values { other in
          if other == parameter { return value }
          if let condition = parameter.condition, condition.parent == other.name { return Double(condition.choices.min() ?? 0) }
          return other.distribution.extremes[0]
        }
        do throws(Diagnostics) {
          _ = try trial(0, values, seed: file.config.seed)
        } catch {
          let text = parameter.distribution.json(of: value)?.serialized() ?? ""
          found += error.list.map { (entry, text, $0) }
          break
        }
      }
    }
    // The first value of a key is tried with every other key: a mistake is that of the key that it names.
    let own = found.filter { $0.mistake.message.hasPrefix($0.entry.key) }
    let others = found.filter { one in !own.contains { $0.mistake.message == one.mistake.message } }.prefix(1)
    let mistakes = (own + others).map {
      Diagnostic($0.mistake.code, at: $0.entry.place, "sweep.space: \($0.entry.key) = \($0.text): \($0.mistake.message)")
    }
    if !mistakes.isEmpty { throw Diagnostics(mistakes) }
  }
}
