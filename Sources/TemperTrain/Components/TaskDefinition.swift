import TemperData
import TemperJSON
import TemperMetrics
import TemperData
import TemperNN
import TemperTables

/// A task that configs may name: what it is called, what it measures, and what makes it.
public struct TaskDefinition: Sendable {
  /// The value of `task`.
  public let name: String
  /// What is learned, in a few words.
  public let doc: String
  /// The names of the metrics that an evaluation has, the loss first.
  public let metrics: [String]
  /// The type of loss where a config names none.
  public let defaultLoss: String
  /// Losses that no other task has.
  public let losses: [any OwnLoss.Type]
  /// The type of data where a config names none.
  public let defaultInput: String
  /// What rows are labelled with; nil for a task that learns from data without labels.
  public let target: TargetKind?
  /// What models get, where the task decides that and not the data.
  public let sampleKind: SampleKind?
  /// Whether its models continue texts.
  public let continuesTexts: Bool
  /// The blocks of a config to begin with.
  public let template: @Sendable () -> [(String, JSON)]
  /// Loads the data and makes the model.
  let make: @Sendable (TaskSetup) throws(Diagnostics) -> any Task
  /// Reads a stored model.
  let load: @Sendable (ModelFolder) throws(Diagnostics) -> any TrainedModel

  /// A task.
  ///
  /// - Parameters:
  ///   - name: The value of `task` in a config.
  ///   - doc: What is learned, in a few words.
  ///   - metrics: The names of its metrics, without the loss.
  ///   - defaultLoss: The type of loss where a config names none.
  ///   - losses: Losses that no other task has.
  ///   - defaultInput: The type of data where a config names none.
  ///   - target: What rows are labelled with; nil for data without labels.
  ///   - sampleKind: What models get; nil where the data decide.
  ///   - continuesTexts: Whether its models continue texts.
  ///   - template: The blocks of a config to begin with.
  ///   - make: Loads the data and makes the model.
  ///   - load: Reads a stored model.
  public init(
    _ name: String, _ doc: String, metrics: [String], defaultLoss: String, losses: [any OwnLoss.Type] = [], defaultInput: String,
    target: TargetKind? = nil, sampleKind: SampleKind? = nil, continuesTexts: Bool = false,
    template: @escaping @Sendable () -> [(String, JSON)],
    make: @escaping @Sendable (TaskSetup) throws(Diagnostics) -> any Task,
    load: @escaping @Sendable (ModelFolder) throws(Diagnostics) -> any TrainedModel
  ) {
    (self.name, self.doc, self.metrics) = (name, doc, [Metric.loss.name] + metrics)
    (self.defaultLoss, self.losses, self.defaultInput, self.target) = (defaultLoss, losses, defaultInput, target)
    (self.sampleKind, self.continuesTexts, self.template) = (sampleKind, continuesTexts, template)
    (self.make, self.load) = (make, load)
  }

  /// Whether `name`, such as `validation.loss`, is a metric of this task.
  func has(_ name: String) -> Bool {
    DataSplit.allCases.contains { split in metrics.contains { name == "\(split.rawValue).\($0)" } }
  }

  /// What to say of a metric that the task does not have.
  func unknown(_ name: String) -> String {
    "knows no \"\(name)\" for the task \(self.name). Its metrics: \(metrics.joined(separator: ", "))"
  }
}

/// What a model takes; data and task have one kind, and go with the models that take it.
public struct SampleKind: Sendable, Hashable {
  /// What it is called in messages.
  public let name: String

  /// A kind of samples.
  public init(_ name: String) { self.name = name }

  /// Numbers of one shape.
  public static let features = SampleKind("features")
  /// Texts, each of which is one sample.
  public static let texts = SampleKind("texts")
  /// Windows of tokens, of which the next is predicted.
  public static let nextTokens = SampleKind("language modeling")
  /// Windows of tokens, some of which are hidden.
  public static let maskedTokens = SampleKind("masked language modeling")
}
