import TemperData
import TemperJSON
import TemperNN

/// What is known about a task before the first step.
public struct TaskFacts {
  /// A short description of the model: `mlp 64-128-10`.
  public var summary: String
  /// The hidden units, for monitoring.
  public var units: [HiddenUnits]
  /// The name of the activation with the features that the last layer takes; nil where there is none.
  public var featureName: String?
  /// What dropout has learned, for monitoring.
  public var learnedDropout: [LearnedDropout]
  /// How the rows of an epoch are divided into batches.
  public var plan: BatchPlan
  /// The unit of speed, and the number of units per row.
  public var measure: RowMeasure
  /// Multiplications and additions of a training step per row, forward and backward.
  public var operationsPerRow: Int
  /// The number of classes between which an untrained model is indifferent, so that its loss is near their ln; nil if this does not apply.
  public var uniformClassCount: Int?
  /// The available splits.
  public var splits: [DataSplit]
  /// The files that were read.
  public var sources: [DataSource]
  /// How many training rows have an injected label.
  public var noisyLabels: Int
  /// Notes on automatic decisions, a line each.
  public var notes: [String]
  /// Warnings about the data.
  public var warnings: [Warning]

  /// Creates facts, of which most tasks need only the first few.
  public init(
    summary: String, units: [HiddenUnits] = [], featureName: String? = nil, learnedDropout: [LearnedDropout] = [], plan: BatchPlan,
    measure: RowMeasure = .rows, operationsPerRow: Int, uniformClassCount: Int? = nil, splits: [DataSplit], sources: [DataSource] = [],
    noisyLabels: Int = 0, notes: [String] = [], warnings: [Warning] = []
  ) {
    (self.summary, self.units, self.featureName, self.learnedDropout) = (summary, units, featureName, learnedDropout)
    (self.plan, self.measure) = (plan, measure)
    (self.operationsPerRow, self.uniformClassCount, self.splits) = (operationsPerRow, uniformClassCount, splits)
    (self.sources, self.noisyLabels, self.notes, self.warnings) = (sources, noisyLabels, notes, warnings)
  }

  /// Whether the data have this split.
  func has(_ split: DataSplit) -> Bool { splits.contains(split) }
}

/// The unit of a task's speed.
public struct RowMeasure: Sendable, Equatable {
  /// The plural name: `rows`, `tokens`.
  public let name: String
  /// Units per training row.
  public let perRow: Int

  /// Creates a unit called `name`, with `perRow` per row.
  public init(name: String, perRow: Int) {
    (self.name, self.perRow) = (name, perRow)
  }

  /// Rows.
  public static let rows = RowMeasure(name: "rows", perRow: 1)
}
