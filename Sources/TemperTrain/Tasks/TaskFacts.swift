import TemperData
import TemperJSON
import TemperNN

/// What is known of a task before the first step.
public struct TaskFacts {
  /// The model in a few words: `mlp 64-128-10`.
  public var summary: String
  /// The hidden units, for monitors.
  public var units: [HiddenUnits]
  /// How the rows of an epoch are cut into batches.
  public var plan: BatchPlan
  /// What speed is measured in, and how many of it a row has.
  public var measure: RowMeasure
  /// Multiplications and additions of a training step on one row, forward and backward.
  public var operationsPerRow: Int
  /// The number of classes between which an untrained model does not choose, so that its loss is near their ln; nil where that is not so.
  public var uniformClassCount: Int?
  /// The parts of the data that there are.
  public var splits: [DataSplit]
  /// The files that were read.
  public var sources: [DataSource]
  /// How many training rows have a class that was planted.
  public var noisyLabels: Int
  /// What was decided without being asked for, a line each.
  public var notes: [String]
  /// What looks wrong with the data, and is no reason to stop.
  public var warnings: [Warning]

  /// Facts, of which most tasks need only the first few.
  public init(
    summary: String, units: [HiddenUnits] = [], plan: BatchPlan, measure: RowMeasure = .rows, operationsPerRow: Int,
    uniformClassCount: Int? = nil, splits: [DataSplit], sources: [DataSource] = [], noisyLabels: Int = 0, notes: [String] = [],
    warnings: [Warning] = []
  ) {
    (self.summary, self.units, self.plan, self.measure) = (summary, units, plan, measure)
    (self.operationsPerRow, self.uniformClassCount, self.splits) = (operationsPerRow, uniformClassCount, splits)
    (self.sources, self.noisyLabels, self.notes, self.warnings) = (sources, noisyLabels, notes, warnings)
  }

  /// Whether there is such a part of the data.
  func has(_ split: DataSplit) -> Bool { splits.contains(split) }
}

/// What a task's speed is measured in.
public struct RowMeasure: Sendable, Equatable {
  /// The name of many of them: `rows`, `tokens`.
  public let name: String
  /// How many a training row is.
  public let perRow: Int

  /// So many called `name` a row.
  public init(name: String, perRow: Int) {
    (self.name, self.perRow) = (name, perRow)
  }

  /// Rows themselves.
  public static let rows = RowMeasure(name: "rows", perRow: 1)
}
