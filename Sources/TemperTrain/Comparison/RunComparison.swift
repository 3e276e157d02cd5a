import TemperData
import TemperJSON

/// One run against another: what differs in config, data and environment, what that did to metrics, and whether it may be chance.
struct RunComparison {
  /// The runs.
  let first, other: ComparedRun
  /// What each is called in tables.
  let (firstName, otherName): (String, String)
  /// Whether both were given the same files; nil if that is not recorded.
  let hasSameData: Bool?
  /// The splits whose metrics are of the same rows, or of rows drawn from the same data.
  let comparableSplits: Set<DataSplit>
  /// The settings that differ.
  let settings: [Difference]
  /// The data that differ.
  let data: [Difference]
  /// The circumstances that differ.
  let environment: [Difference]
  /// Why the runs cannot be compared bit for bit; empty if they can.
  let bitReasons: [String]
  /// All metrics.
  let metrics: [MetricChange]
  /// The classes or labels of ``split``; empty for numbers and text.
  let classes: [ClassChange]
  /// The split of the rows and classes that are compared.
  let split: DataSplit
  /// The rows, or why they cannot be compared.
  let rows: Result<RowComparison, RowComparison.Incomparable>

  /// Compares `other` with `first`, on the rows of the first of `splits` that both have; `seed` is that of the bootstrap.
  init(
    _ first: ComparedRun, _ other: ComparedRun, names: (String, String), splits: [DataSplit], seed: Int
  ) throws(Diagnostics) {
    guard first.task.name == other.task.name else {
      throw Diagnostics(
        .differentTasks, at: .wholeFile(path: other.path),
        "has the task \(other.task.name), but \(first.path) has \(first.task.name). Compare runs of the same task.")
    }
    (self.first, self.other) = (first, other)
    (firstName, otherName) = names
    settings = Difference.settings(first.resolved, other.resolved)
    data = Difference.data(first, other)
    environment = Difference.environment(first, other)
    bitReasons = BitComparability.reasons(first, other, environment)
    hasSameData = first.dataHashes.flatMap { own in other.dataHashes.map { Set($0) == Set(own) } }
    rows = Result { () throws(RowComparison.Incomparable) in
      for split in splits {
        guard let own = try first.outcomes(split), let others = try other.outcomes(split) else { continue }
        return try RowComparison(own, others, split, seed: seed)
      }
      throw .init(reason: "the two runs have no \(splits.map(\.rawValue).joined(separator: " or ")) rows")
    }
    let comparable = hasSameData == true ? Set(DataSplit.allCases) : (try? rows.get()).map { [$0.split] } ?? []
    comparableSplits = comparable
    metrics = MetricChange.all(first, other, settings: settings, comparable: comparable)
    let candidates = (try? rows.get()).map { [$0.split] } ?? splits
    let listed = candidates.map { ($0, ClassChange.all(first, other, $0)) }.first { change in
      change.1.contains { $0.first != nil && $0.other != nil }
    }
    (split, classes) = listed.flatMap { comparable.contains($0.0) ? $0 : nil } ?? (candidates[0], [])
  }

  /// Whether both runs ended with the same weights.
  var hasSameWeights: Bool { !first.weights.isEmpty && first.weights == other.weights }
}

/// Several runs against the first.
public struct RunComparisons {
  /// The splits whose rows are compared if none is asked for: the first that both runs have.
  private static let standardSplits: [DataSplit] = [.test, .validation]
  let runs: [ComparedRun]
  let comparisons: [RunComparison]

  /// Compares the runs in `paths`, at least two, with the first of them: directories of runs or of cross-validations, or model folders, whose
  /// configs name `components`. Rows are those of `split`; nil for the test rows, or the validation rows where there are none. Draws of
  /// bootstraps depend on `seed`.
  public init(_ paths: [String], split: DataSplit? = nil, seed: Int = 0, components: Components = .standard) throws(Diagnostics) {
    let runs = try paths.map { path throws(Diagnostics) in try ComparedRun(reading: path, components) }
    self.runs = runs
    comparisons = try runs.indices.dropFirst().map { index throws(Diagnostics) in
      try RunComparison(
        runs[0], runs[index], names: (Self.name(0), Self.name(index)), splits: split.map { [$0] } ?? Self.standardSplits, seed: seed)
    }
  }

  /// What run number `index` is called: A to Z, then `27`.
  static func name(_ index: Int) -> String { index < 26 ? String(UnicodeScalar(UInt8(65 + index))) : "\(index + 1)" }
}
