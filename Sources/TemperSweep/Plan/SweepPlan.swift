import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperSearch
import TemperTrain

/// A config with its `sweep` block, checked: how trials are proposed, what each trains, and what makes one sweep the same as another.
public struct SweepPlan: Sendable {
  /// The config.
  public let file: ConfigFile
  /// Its `sweep` block.
  public let sweep: SweepConfig
  /// The parameters.
  public let space: SearchSpace
  /// The name of the folder of trials in ``directory``.
  var trialsFolder = "trials"
  let sampler: any Sampler
  let pruner: any Pruner

  /// Checks the sweep of `file`, without its data. Throws a key that nothing reads, a value that its key does not accept, and what the sampler
  /// cannot search.
  public init(_ file: ConfigFile) throws(Diagnostics) {
    self.file = file
    guard let sweep = file.config.sweep, !sweep.space.isEmpty else {
      throw file.mistake(
        "sweep.space", "there is nothing to search for. Add a sweep block to the config, or --space 'KEY=log_uniform(1e-4, 1e-1)'")
    }
    self.sweep = sweep
    space = sweep.searchSpace
    let directions = sweep.objective.goals.map(\.direction)
    let seed = UInt64(file.config.seed)
    do throws(SearchError) {
      sampler =
        switch sweep.sampler {
        case .grid: try GridSampler(space)
        case .random: RandomSampler(space, seed: seed)
        case .quasiRandom: try QuasiRandomSampler(space, seed: seed)
        case .tpe(let startup, let candidates):
          TPESampler(space, directions: directions, seed: seed, startupTrials: startup, candidates: candidates)
        case .gp(let startup): try GPSampler(space, directions: directions, seed: seed, startupTrials: startup)
        }
    } catch {
      throw file.mistake("sweep.sampler", "\(error)")
    }
    pruner = try Self.pruner(sweep, file)
    if sweep.isAdaptive, let jobs = sweep.jobs, jobs > sweep.lag {
      throw file.mistake(
        "sweep.jobs",
        "\(jobs) jobs are more than the lag of \(sweep.lag), so some would always wait: a trial is begun when the one \(sweep.lag) numbers before "
          + "it has ended. Raise sweep.lag, or lower jobs")
    }
    try checkSpace()
  }

  private static func pruner(_ sweep: SweepConfig, _ file: ConfigFile) throws(Diagnostics) -> any Pruner {
    let direction = sweep.objective.goals[0].direction
    if sweep.pruner != .none, sweep.objective.goals.count > 1 {
      throw file.mistake("sweep.pruner", "trials of two objectives cannot be pruned; remove one of the two")
    }
    let runs = sweep.seeds * file.foldsPerRun
    switch sweep.pruner {
    case .none: return NoPruner()
    case .median(let startup, let warmup): return MedianPruner(direction, startupTrials: startup, warmupSteps: warmup)
    case .successiveHalving(let least, let factor):
      return SuccessiveHalvingPruner(direction, minResource: least, reductionFactor: factor)
    case .hyperband(let least, let most, let factor):
      guard let most = most ?? (runs > 1 ? runs : nil) else {
        throw file.mistake("sweep.pruner", "hyperband needs sweep.pruner.max_resource: the number of evaluations of a whole trial")
      }
      return HyperbandPruner(direction, name: "temper", minResource: least, maxResource: most, reductionFactor: factor)
    case .wilcoxon(let threshold, let startup):
      if runs == 1 {
        throw file.mistake(
          "sweep.pruner", "wilcoxon compares the seeds or folds of trials, and there is one; set sweep.seeds, or use median")
      }
      return WilcoxonPruner(direction, threshold: threshold, startupSteps: startup)
    }
  }

  /// Loads the data as the first trial does, and returns the SHA-256 of each file, and warnings. Throws what is wrong with them, and an objective on
  /// validation rows where there are none; if the config is strict, warnings as well.
  func checkData() throws(Diagnostics) -> (hashes: [String], warnings: [Warning]) {
    let values = space.values { $0.distribution.extremes[0] }
    let facts = try TaskPreview(try trial(0, values, seed: file.config.seed, isStrict: file.config.isStrict))
    let needed = (sweep.objective.goals.map(\.metric) + sweep.objective.limits.map(\.metric)).first { $0.hasPrefix("validation.") }
    if let needed, !facts.hasValidation {
      throw file.mistake(
        "sweep.objective", "\(needed) needs validation rows, and there are none. Set data.split.validation to a share such as 0.2")
    }
    return (facts.dataHashes, facts.warnings)
  }

  /// The directory of the sweep.
  public var directory: String { file.config.outputDirectory + "/" + file.config.name }
  /// The path of its storage.
  public var storage: String { directory + "/sweep.db" }

  /// The keys that `parameters` change, with their values, in the order of the space.
  func changes(_ parameters: [String: Double]) -> [(key: String, value: JSON)] {
    space.parameters.compactMap { parameter in
      parameters[parameter.name].flatMap { parameter.distribution.json(of: $0) }.map { (parameter.name, $0) }
    }
  }

  /// The config of the run with `seed` of trial `number` with `parameters`, on so many `threads`.
  func trial(_ number: Int, _ parameters: [String: Double], seed: Int, threads: Int = 1, isStrict: Bool = false) throws(Diagnostics)
    -> ConfigFile
  {
    let folder = directory + "/" + trialsFolder
    let place = sweep.seeds > 1 ? (folder + "/\(number)", "seed-\(seed)") : (folder, "\(number)")
    return try file.part(
      place.1, of: place.0,
      changing: changes(parameters) + [
        ("seed", .integer(seed)), ("strict", .bool(isStrict)), ("threads", .integer(threads)),
      ])
  }

  /// The seeds of every trial.
  var seeds: [Int] { (0..<sweep.seeds).map { file.config.seed + $0 } }

  /// The number of folds of each run; 1 without a cross-validation.
  var foldsPerRun: Int { file.foldsPerRun }
  /// The number of seeds times the number of folds.
  var runsPerTrial: Int { sweep.seeds * foldsPerRun }
  /// Whether the pruner is shown the mean over seeds or folds so far, and not the value of each.
  var judgesMeans: Bool {
    if case .wilcoxon = sweep.pruner { return false }
    return runsPerTrial > 1
  }
}

extension ConfigFile {
  fileprivate var foldsPerRun: Int { config.data.folds.flatMap { $0.fold == nil ? $0.count : nil } ?? 1 }
}

extension Distribution {
  /// Values at which a key shows whether it accepts the distribution: the extremes, and a number between them that is not whole.
  var probes: [Double] {
    if case .float(let low, let high, _, nil) = self, low < high { return [low, high, low + 0.6180339887 * (high - low)] }
    return extremes
  }

  /// Every choice, or the bounds.
  var extremes: [Double] {
    switch self {
    case .categorical(let choices): choices.indices.map(Double.init)
    case .float(let low, let high, _, _): low == high ? [low] : [low, high]
    case .int(let low, let high, _, _): low == high ? [Double(low)] : [Double(low), Double(high)]
    }
  }
}
