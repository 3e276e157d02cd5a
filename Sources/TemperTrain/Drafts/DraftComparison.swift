import TemperCore
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperTables

/// Trains the starter configs that a table could have, each with the same rows held out, and keeps the one that predicts these best.
///
/// Rows are held out at random, anew for each round (Monte Carlo cross-validation): a fifth for the test, and a tenth for validation where a model
/// stops early, so that no model has been chosen by the rows it is judged on. Rounds go on as long as there is time for a whole one.
public struct DraftComparison: Sendable {
  /// A candidate, with the metric of each round.
  public struct Candidate: Sendable {
    /// The config, for the whole table.
    public let draft: ConfigDraft
    /// The metric on the rows held out, one for each round that it finished.
    public fileprivate(set) var values: [Double] = []
    /// The time of its runs in seconds.
    public fileprivate(set) var seconds = 0.0
    /// The score of always predicting the most frequent class, or the mean, on the same rows.
    public fileprivate(set) var baseline: [Double] = []
    /// The epochs of the run that was cut short by the time limit; nil if none was.
    public fileprivate(set) var cutAfter: Int?
    /// Why it is out of the comparison; nil if it is not.
    public fileprivate(set) var problem: String?

    init(_ draft: ConfigDraft) { self.draft = draft }

    /// The model.
    public var model: DraftModel { draft.defaults.model }
    /// The mean over the rounds, and the deviation.
    public var summary: SampleSummary { SampleSummary(values) }
  }

  /// The candidates, in the order in which they are trained.
  public private(set) var candidates: [Candidate]
  /// The metric.
  public private(set) var metric: Metric?
  /// The number of rounds.
  public private(set) var rounds = 0
  /// Whether it was interrupted, so that there is no winner.
  public private(set) var isInterrupted = false

  private static let mostRounds = 5

  private var finished: [Candidate] { candidates.filter { $0.problem == nil && $0.values.count == rounds && rounds > 0 } }

  /// The candidate with the best mean; nil if none could be trained.
  public var best: Candidate? {
    let sign = metric?.better == .lower ? 1.0 : -1
    return finished.min { ($0.summary.mean ?? 0) * sign < ($1.summary.mean ?? 0) * sign }
  }

  /// The candidate whose config is to be written: the best; of few rows, of which no model should hold some out without need, the simplest that is
  /// level with it. Nil if none could be trained.
  public var winner: Candidate? {
    guard let best, best.draft.defaults.countsRows else { return best }
    return finished.first { $0.model == best.model || isLevel($0) }
  }

  /// Whether `candidate` has the same results as the best, as far as the rounds can tell: the mean of the differences, round by round, is at most
  /// their standard error.
  public func isLevel(_ candidate: Candidate) -> Bool {
    guard let best, candidate.model != best.model, candidate.problem == nil, candidate.values.count == best.values.count else {
      return false
    }
    let differences = SampleSummary(zip(candidate.values, best.values).map { $0 - $1 })
    guard let mean = differences.mean else { return false }
    guard let deviation = differences.deviation else { return mean == 0 }
    return abs(mean) <= deviation / Double(differences.count).squareRoot()
  }

  /// The mean score of the baseline; nil if it is undefined.
  public var baseline: Double? { best.flatMap { $0.baseline.count == rounds ? SampleSummary($0.baseline).mean : nil } }

  /// Whether the best is no better than the baseline.
  public var isNoBetterThanGuessing: Bool {
    guard let baseline, let mean = best?.summary.mean else { return false }
    return metric?.better == .lower ? mean >= baseline : mean <= baseline
  }

  /// Compares the configs for the profiled table `survey` at `data` in about `seconds`.
  ///
  /// - Parameters:
  ///   - survey: the profile.
  ///   - data: the path of the table.
  ///   - config: the path of the config to be written, which messages name.
  ///   - written: the path of the table in that config.
  ///   - seconds: the time it may take.
  ///   - isInterrupted: whether to stop.
  ///   - report: receives a line for each run.
  /// - Throws: the error of the first candidate if none can be trained.
  public init(
    _ survey: TableProfile, data: String, config: String, written: String, seconds: Double, isInterrupted: @escaping @Sendable () -> Bool,
    report: (String) -> Void
  ) throws(Diagnostics) {
    let models = DraftDefaults.candidates(target: survey.goal.target, survey.texts)
    candidates = models.map { Candidate(ConfigDraft(survey, path: written, model: $0)) }
    let table = (key: "data.path", value: JSON.string(Paths.absolute(data)))
    Interruptions.mayEndAtOnce(false)
    let folder = try Files.makeTemporaryFolder("temper-compare")
    defer { try? Files.remove(folder) }
    let trials = Trainings(
      files: try candidates.map { candidate throws(Diagnostics) in
        try ConfigFile(portable: candidate.draft.json, path: config).changing([table])
      }, folder: folder, isInterrupted: isInterrupted)
    let (time, start) = (Deadline(seconds: seconds), ContinuousClock.now)
    var (first, roundTime): (Diagnostics?, Double) = (nil, 0)
    while rounds < Self.mostRounds, rounds == 0 || time.left > 1.2 * roundTime {
      let begun = ContinuousClock.now
      for index in candidates.indices where candidates[index].problem == nil {
        let left = time.left / Double(candidates[index...].count { $0.problem == nil })
        do throws(Diagnostics) {
          guard let result = try trials.train(index, round: rounds, seconds: max(1, left)) else {
            self.isInterrupted = true
            return
          }
          metric = metric ?? result.metric.metric
          candidates[index].add(result)
          report(
            "round \(rounds + 1): \(candidates[index].model.rawValue) \(result.metric.name) \(shortNumber(result.metric.value ?? .nan)), "
              + "\(fixed(result.seconds, 1)) s")
        } catch {
          first = first ?? error
          candidates[index].problem = error.list.first?.message ?? "\(error)"
        }
      }
      if let first, candidates.allSatisfy({ $0.problem != nil }) { throw first }
      rounds += 1
      roundTime = (ContinuousClock.now - begun) / .seconds(1)
    }
    self.seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// The time it took.
  public private(set) var seconds = 0.0
}

extension DraftComparison.Candidate {
  fileprivate mutating func add(_ result: Trainings.Result) {
    seconds += result.seconds
    cutAfter = result.cutAfter ?? cutAfter
    if let baseline = result.baseline { self.baseline.append(baseline) }
    if result.cutAfter == 0 {
      problem = "the time was over before an epoch was; raise --seconds"
    } else if let value = result.metric.value, value.isFinite {
      values.append(value)
    } else {
      problem = "\(result.metric.name) is undefined"
    }
  }
}

/// Trains candidates in a temporary folder.
private struct Trainings {
  struct Result {
    let metric: MetricValue
    let baseline: Double?
    let seconds: Double
    /// The whole epochs of a run that was cut short; nil if it was not.
    let cutAfter: Int?
  }

  let files: [ConfigFile]
  let folder: String
  let isInterrupted: @Sendable () -> Bool
  private let shared = SharedData(limit: 3)

  init(files: [ConfigFile], folder: String, isInterrupted: @escaping @Sendable () -> Bool) {
    (self.files, self.folder, self.isInterrupted) = (files, folder, isInterrupted)
  }

  /// Trains candidate `index` with the rows of `round` held out; nil if it was interrupted.
  func train(_ index: Int, round: Int, seconds: Double) throws(Diagnostics) -> Result? {
    let file = try files[index].changing([
      ("data.split.test", 0.2), ("seed", .integer(round)), ("output_dir", .string(folder)), ("name", .string("run-\(index)")),
      ("train.max_minutes", .number(seconds / 60)), ("checkpoint", .null), ("guard", .null),
    ])
    var options = Runner.Options(existing: .replace, isInterrupted: isInterrupted)
    options.sharedData = shared
    // The folder would stay.
    options.mayEndAtOnce = false
    guard let result = try Runner.run(file, options: options) as? SingleResult else { return nil }
    guard let metric = result.test?.headline else { fail("a run with test rows has no metric") }
    let baseline = result.test?.baseline?.metrics.first { $0.metric == metric.metric }?.value
    let cutAfter = result.stopReason == .timeLimit ? result.trainedEpochs : nil
    return Result(metric: metric, baseline: baseline, seconds: result.seconds, cutAfter: cutAfter)
  }
}
