import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN

/// What a run learns: a model, the data it learns from and is evaluated on, and what both mean. Trainer and run know nothing else of either.
///
/// A task is made by the ``TaskDefinition`` that a config names.
public protocol Task: AnyObject {
  /// What is known of it before the first step.
  var facts: TaskFacts { get }
  /// The training batches from batch `first` of all on, counted through the epochs from 0; a function of `random` and the number alone.
  func batches(random: RandomStreams, first: Int) -> TrainingBatches
  /// Evaluates the model on a part of the data; nil if there is no such part. What `betweenBatches` throws ends it.
  func evaluate<Problem: Error>(
    _ split: DataSplit, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation?
  /// Writes what a stored model needs besides its weights and its config to `folder`, and returns what it notes in bundle.json.
  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)]
}

/// A task whose model continues texts at evaluations, as the config asks for.
public protocol TextSampling: Task {
  /// The texts; none unless they are asked for.
  func samples() -> [TextSample]
}

/// What a task is made of.
public struct TaskSetup {
  /// The config, with the places of its keys.
  public let file: ConfigFile
  /// Where the model's parameters are made.
  public let store: ParameterStore
  /// What ``InputConfig/readFiles()`` gave for several runs; nil where the task reads its files itself.
  public let files: (any Sendable)?

  /// The parts of a task of `file`.
  public init(_ file: ConfigFile, _ store: ParameterStore, files: (any Sendable)? = nil) {
    (self.file, self.store, self.files) = (file, store, files)
  }
}
