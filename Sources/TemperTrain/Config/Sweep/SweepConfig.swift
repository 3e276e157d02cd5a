import TemperJSON
import TemperMetrics
import TemperSearch

/// The `sweep` block of a config: what to search for, how, and for how long. `temper train` takes no notice of it.
public struct SweepConfig: Sendable {
  /// The keys to search over, in the order written, with the places of their values.
  public let space: [MapEntry<SpaceEntry>]
  /// How parameters are proposed.
  public let sampler: SamplerConfig
  /// How trials that are not promising are ended.
  public let pruner: PrunerConfig
  /// What is optimized.
  public let objective: ObjectiveConfig
  /// The number of trials in all.
  public let trials: Int
  /// The minutes in all after which no trial is begun; nil for no limit.
  public let minutes: Double?
  /// The number of runs of each trial, with seeds from the config's own on.
  public let seeds: Int
  /// The number of trials at a time; nil for as many as there are processors, but no more than the lag.
  public let jobs: Int?
  /// A trial sees the results of those at least this many numbers before it, however many run at a time.
  public let lag: Int

  /// Reads the block, for a config of `task` that monitors `monitor` unless the block names a metric.
  init(_ c: FieldReader, _ task: TaskDefinition) {
    space = c.value(
      "space", .map(of: SpaceEntry.reader), default: .object([]),
      doc: "Keys to search over, such as `{\"optimizer.learning_rate\": \"log_uniform(1e-4, 1e-1)\"}`; `temper sweep --space` adds to it.")
    sampler = c.object("sampler", doc: "How parameters are proposed.") { SamplerConfig($0) }
    pruner = c.object("pruner", doc: "How trials that are not promising are ended early.") { PrunerConfig($0) }
    objective = c.object("objective", doc: "What is optimized.") { ObjectiveConfig($0, task) }
    (trials, minutes) = c.object("budget", doc: "When the sweep ends, counted over all its resumptions.") { c in
      (
        c.integer("trials", default: 50, in: 1...1_000_000, doc: "Trials in all."),
        c.optionalNumber("minutes", in: .above(0), doc: "Minutes in all after which no trial is begun; `null` for no limit.")
      )
    }
    seeds = c.integer(
      "seeds", default: 1, in: 1...1000, doc: "Runs of each trial, with seeds from the config's own on; the value is their mean.")
    jobs = c.optionalInteger(
      "jobs", in: 1...1024, doc: "Trials at a time; by default one for each processor, but no more than lag where that counts.")
    lag = c.integer(
      "lag", default: 4, in: 1...1024,
      doc:
        "Trial n is proposed and pruned by the results of trials up to n - lag, so that results do not depend on jobs; jobs cannot exceed it. "
        + "Read by samplers that learn from results (tpe, gp), and with a pruner.")
    let names = space.map(\.key)
    for entry in space {
      guard let condition = entry.value.condition else { continue }
      guard let parent = names.firstIndex(of: condition.key) else {
        c.fail("space", .invalidValue, "\(quoted(entry.key)) depends on \(quoted(condition.key)), which is not in the space; add it")
        continue
      }
      guard case .categorical(let choices) = space[parent].value.distribution else {
        c.fail("space", .invalidValue, "\(quoted(entry.key)) depends on \(quoted(condition.key)), which is not a choice; make it one")
        continue
      }
      if let value = condition.values.first(where: { !choices.contains($0) }) {
        c.fail(
          "space", .invalidValue,
          "\(quoted(entry.key)) depends on the value \(value.serialized()) of \(quoted(condition.key)), which is not among its choices")
      } else if let own = names.firstIndex(of: entry.key), parent > own {
        c.fail("space", .invalidValue, "\(quoted(entry.key)) depends on \(quoted(condition.key)), which has to stand before it")
      }
    }
  }

  /// The space for samplers.
  public var searchSpace: SearchSpace {
    SearchSpace(
      space.map { entry in
        SearchSpace.Parameter(
          entry.key, entry.value.distribution,
          when: entry.value.condition.flatMap { condition in
            guard let parent = space.first(where: { $0.key == condition.key }), case .categorical(let choices) = parent.value.distribution
            else { return nil }
            return .init(condition.key, isOneOf: Set(choices.indices.filter { condition.values.contains(choices[$0]) }))
          })
      })
  }

  /// Whether what a trial is depends on the results of others, so that the lag counts.
  public var isAdaptive: Bool { sampler.isAdaptive || pruner != .none }
}
