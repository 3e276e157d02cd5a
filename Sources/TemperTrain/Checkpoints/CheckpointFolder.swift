import Glibc
import TemperCore
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperNN

/// The folder `checkpoints` of a run: decides when a checkpoint is due, and which are kept.
///
/// A checkpoint gets its name, `step-00001000`, only when it is completely on disk, so a process may be killed at any time.
struct CheckpointFolder {
  /// A checkpoint that is kept.
  private struct Kept {
    let step: Int
    let value: Double?
    let folder: String
  }

  /// The maximum share of a run's time spent on checkpoints if the config does not set their frequency.
  private static let share = 0.02
  /// The minimum time between two of these, in seconds.
  private static let leastSeconds = 1.0

  private let path: String
  private let config: CheckpointConfig?
  private let stepsPerEpoch: Int
  private let better: Metric.Direction
  private var kept: [Kept] = []
  private var lastEnd = ContinuousClock.now
  private var lastSeconds = 0.0

  /// Opens the checkpoints of the run in `run`; `better` is the direction of the monitored metric.
  init(run: String, _ config: CheckpointConfig?, stepsPerEpoch: Int, better: Metric.Direction) {
    path = Self.path(run)
    (self.config, self.stepsPerEpoch, self.better) = (config, stepsPerEpoch, better)
    for folder in Self.complete(in: path) {
      if let checkpoint = try? Checkpoint(reading: folder) {
        kept.append(Kept(step: checkpoint.step, value: checkpoint.value, folder: folder))
      }
    }
  }

  /// The latest checkpoint of the run in `run`; nil if there is none.
  static func latest(run: String) throws(Diagnostics) -> Checkpoint? {
    let path = path(run)
    if Files.isFolder(path) {
      try Files.finishReplacements(in: path)
      // Left over from a killed process that was removing it.
      for name in Files.names(in: path) where step(of: name) != nil && !isComplete(path + "/" + name) {
        try Files.remove(path + "/" + name)
      }
    }
    guard let folder = complete(in: path).last else { return nil }
    return try Checkpoint(reading: folder)
  }

  /// The checkpoint of `step` of the run in `run`. If there is none, throws an error that lists the existing ones.
  static func checkpoint(_ wanted: Int, of run: String) throws(Diagnostics) -> Checkpoint {
    let steps = complete(in: path(run)).compactMap { folder in step(of: Paths.name(of: folder)).map { ($0, folder) } }
    guard let folder = steps.first(where: { $0.0 == wanted })?.1 else {
      throw Diagnostics(
        .noCheckpoint, at: .option("--checkpoint \(wanted)"),
        steps.isEmpty
          ? "\(run) has no checkpoints" : "\(run) only has checkpoints of step \(steps.map { String($0.0) }.joined(separator: ", "))")
    }
    return try Checkpoint(reading: folder)
  }

  /// The steps for which the run in `run` has checkpoints.
  static func steps(of run: String) -> [Int] { complete(in: path(run)).compactMap { step(of: Paths.name(of: $0)) } }

  /// The files of the latest checkpoint that hold weights.
  var latestWeights: [String] { kept.last.map { Checkpoint.weights(in: $0.folder) } ?? [] }

  /// Whether there is a checkpoint of `step`.
  func has(_ step: Int) -> Bool { kept.contains { $0.step == step } }

  /// Whether a checkpoint is due after `step`; `evaluation` has the metric of the evaluation at this step, if there was one.
  func isDue(_ step: Int, evaluation: (value: Double?, now: ContinuousClock.Instant)?) -> Bool {
    guard let config else { return false }
    if let every = config.every, step % every.steps(perEpoch: stepsPerEpoch) == 0 { return true }
    guard let (value, now) = evaluation else { return false }
    if config.every == nil, (now - lastEnd) / .seconds(1) >= max(Self.leastSeconds, lastSeconds / Self.share) { return true }
    return isAmongBest(value)
  }

  /// Writes the checkpoint of `step` from `files`, and removes those no longer kept.
  mutating func write(_ step: Int, value: Double?, files: [(name: String, bytes: [UInt8])]) throws(Diagnostics) {
    let start = ContinuousClock.now
    let number = String(step)
    let folder = path + "/step-" + String(repeating: "0", count: max(0, 8 - number.count)) + number
    try Files.makeFolder(path)
    try Files.writeFolder(folder) { (folder) throws(Diagnostics) in
      try Checkpoint.write(files, to: folder)
    }
    kept.removeAll { $0.step == step }
    kept.append(Kept(step: step, value: value, folder: folder))
    try prune()
    lastEnd = .now
    lastSeconds = (lastEnd - start) / .seconds(1)
  }

  /// Removes checkpoints no longer kept; a killed process may have left some.
  mutating func prune() throws(Diagnostics) {
    var keeps = Set(kept.suffix(config?.keepLast ?? 1).map(\.step))
    for checkpoint in best.prefix(config?.keepBest ?? 0) { keeps.insert(checkpoint.step) }
    for checkpoint in kept where !keeps.contains(checkpoint.step) {
      // Without this file the folder does not count as a checkpoint, even if the process is killed before the rest is removed.
      try Files.remove(checkpoint.folder + "/" + Checkpoint.doneName)
      try Files.remove(checkpoint.folder)
    }
    kept.removeAll { !keeps.contains($0.step) }
  }

  /// The checkpoints that have a value, best first; ties in favour of the earlier.
  private var best: [Kept] {
    kept.filter { $0.value.map { !$0.isNaN } ?? false }.sorted {
      isBetter($0.value, than: $1.value) || ($0.value == $1.value && $0.step < $1.step)
    }
  }

  private func isAmongBest(_ value: Double?) -> Bool {
    guard let value, !value.isNaN, let count = config?.keepBest, count > 0 else { return false }
    let best = best
    return best.count < count || isBetter(value, than: best[count - 1].value)
  }

  private func isBetter(_ a: Double?, than b: Double?) -> Bool {
    guard let a, let b else { return false }
    return better.improves(a, on: b)
  }

  private static func path(_ run: String) -> String { run + "/checkpoints" }

  /// The folders of complete checkpoints, by step.
  private static func complete(in path: String) -> [String] {
    Files.names(in: path).compactMap { name in
      step(of: name).flatMap { isComplete(path + "/" + name) ? ($0, path + "/" + name) : nil }
    }.sorted { (a: (Int, String), b: (Int, String)) in a.0 < b.0 }.map(\.1)
  }

  private static func step(of name: String) -> Int? { name.hasPrefix("step-") ? Int(name.dropFirst(5)) : nil }

  private static func isComplete(_ folder: String) -> Bool { Files.exists(folder + "/" + Checkpoint.doneName) }
}
