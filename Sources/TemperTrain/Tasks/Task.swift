import TemperCore
import TemperData
import TemperFiles
import TemperGuard
import TemperJSON
import TemperNN

/// A training task: a model, its training and evaluation data, and the loss and metrics. Trainer and run know nothing else of them.
///
/// A task is created by the ``TaskDefinition`` that a config names.
public protocol Task: AnyObject {
  /// What is known before the first step.
  var facts: TaskFacts { get }
  /// The training batches starting with number `first`, counted over all epochs from 0; they depend only on `random` and the number.
  func batches(random: RandomStreams, first: Int) -> TrainingBatches
  /// Evaluates the model; nil if there are no such rows. An error from `betweenBatches` ends it.
  func evaluate<Problem: Error>(
    _ rows: EvaluatedRows, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation?
  /// Throws the error of data that could be read at first, and no longer when a batch or an evaluation needed them.
  func checkReadable() throws(Diagnostics)
  /// Writes what a stored model needs besides weights and config to `folder`, and returns the facts for bundle.json.
  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)]
}

extension Task {
  /// See ``Task``; by default all data are in memory.
  public func checkReadable() throws(Diagnostics) {}
}

/// A task whose predicted probabilities a temperature can calibrate.
public protocol Calibrating: Task {
  /// Divides the logits in evaluations, and in the stored model; 1 at first.
  var temperature: Double { get set }
  /// The best temperature for the model as it is on the validation rows; nil without them, and for a loss without a softmax.
  func fittedTemperature() -> TemperatureScaling?
}

/// A task that plants samples into its training data, if the config asks for them, that a model only knows if it has memorised them.
public protocol CanaryPlanting: Task {
  /// The cost of ``memorizedCanaries(betweenBatches:)``, in evaluated rows; 0 if nothing is planted.
  var canaryRows: Int { get }
  /// The share of the planted samples that the model knows; nil if undefined. An error from `betweenBatches` ends it.
  func memorizedCanaries<Problem: Error>(betweenBatches: () throws(Problem) -> Void) throws(Problem) -> Double?
}

/// A task whose model generates text samples at evaluations, if the config asks for them.
public protocol TextSampling: Task {
  /// The text samples; empty unless the config asks for them.
  func samples() -> [TextSample]
}

/// The inputs for creating a task.
public struct TaskSetup {
  /// The config, with the source positions of its keys.
  public let file: ConfigFile
  /// The store to create the model's parameters in.
  public let store: ParameterStore
  /// The result of ``InputConfig/readFiles()``, shared by several runs; nil if the task reads its files itself.
  public let files: (any Sendable)?
  /// The data that were loaded for another task of the same config, such as ``TrainableRows``; nil if the task loads them itself.
  public let data: Any?

  /// Creates the inputs for a task of `file`.
  public init(_ file: ConfigFile, _ store: ParameterStore, files: (any Sendable)? = nil, data: Any? = nil) {
    (self.file, self.store, self.files, self.data) = (file, store, files, data)
  }
}
