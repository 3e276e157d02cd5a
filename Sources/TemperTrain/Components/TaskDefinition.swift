import TemperData
import TemperJSON
import TemperMetrics
import TemperData
import TemperNN
import TemperTables

/// A task that configs may name: its name, its metrics and its constructor.
public struct TaskDefinition: Sendable {
  /// The value of `task`.
  public let name: String
  /// A short description.
  public let doc: String
  /// The names of its metrics, the loss first.
  public let metrics: [String]
  /// The default loss.
  public let defaultLoss: String
  /// Losses specific to this task.
  public let losses: [any OwnLoss.Type]
  /// The default data source.
  public let defaultInput: String
  /// The kind of label; nil for a task that learns from unlabelled data.
  public let target: TargetKind?
  /// The kind of sample that models take, if the task decides that rather than the data.
  public let sampleKind: SampleKind?
  /// Whether its models generate text.
  public let continuesTexts: Bool
  /// The blocks of a config template.
  public let template: @Sendable () -> [(String, JSON)]
  /// Loads the data and creates the model.
  let make: @Sendable (TaskSetup) throws(Diagnostics) -> any Task
  /// Loads a stored model.
  let load: @Sendable (ModelFolder) throws(Diagnostics) -> any TrainedModel

  /// Defines a task.
  ///
  /// - Parameters:
  ///   - name: The value of `task` in a config.
  ///   - doc: A short description.
  ///   - metrics: The names of its metrics, without the loss.
  ///   - defaultLoss: The default loss.
  ///   - losses: Losses specific to this task.
  ///   - defaultInput: The default data source.
  ///   - target: The kind of label; nil for unlabelled data.
  ///   - sampleKind: The kind of sample that models take; nil if the data decide.
  ///   - continuesTexts: Whether its models generate text.
  ///   - template: The blocks of a config template.
  ///   - make: Loads the data and creates the model.
  ///   - load: Loads a stored model.
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
  package func has(_ name: String) -> Bool {
    DataSplit.allCases.contains { split in metrics.contains { name == "\(split.rawValue).\($0)" } }
  }

  /// The message for a metric that the task does not have.
  func unknown(_ name: String) -> String {
    "\"\(name)\" is not a metric of the task \(self.name). Its metrics: \(metrics.joined(separator: ", "))"
  }
}

/// The kind of sample a model takes; data and task have one kind, and work with the models that take it.
public struct SampleKind: Sendable, Hashable {
  /// Its name in messages.
  public let name: String

  /// Creates a kind of sample.
  public init(_ name: String) { self.name = name }

  /// Numbers of a fixed shape.
  public static let features = SampleKind("features")
  /// Texts, one per sample.
  public static let texts = SampleKind("texts")
  /// Windows of tokens for next-token prediction.
  public static let nextTokens = SampleKind("language modeling")
  /// Windows of tokens, some of them masked.
  public static let maskedTokens = SampleKind("masked language modeling")
}
