import TemperMetrics
import TemperNN

/// The tasks, inputs and models that a config may name. A new one is a folder of its own and a line in one of the lists; a program that
/// uses this library adds its own to a copy of ``standard``.
public struct Components: Sendable {
  /// The tasks.
  public var tasks: [TaskDefinition]
  /// The data sources.
  public var inputs: [any InputConfig.Type]
  /// The models.
  public var models: [any ModelConfig.Type]

  /// All components of Temper.
  public static let standard = Components(tasks: Tasks.all, inputs: Inputs.all, models: Models.all)

  /// Creates a set of components.
  public init(tasks: [TaskDefinition], inputs: [any InputConfig.Type], models: [any ModelConfig.Type]) {
    (self.tasks, self.inputs, self.models) = (tasks, inputs, models)
  }

  /// The task called `name`.
  public func task(_ name: String) -> TaskDefinition? { tasks.first { $0.name == name } }

  /// The models that take `kind`, the default first.
  func models(taking kind: SampleKind) -> [any ModelConfig.Type] { models.filter { $0.takes.contains(kind) } }

  /// The metrics that early stopping and schedules may monitor: not on test rows, which must not influence training, and only if their
  /// direction is known.
  var watchable: [String] {
    var names: [String] = []
    for name in tasks.flatMap(\.metrics) where !names.contains(name) && Metric.named(name) != nil { names.append(name) }
    return names.map { "validation.\($0)" }
  }
}

/// The standard tasks.
public enum Tasks {
  /// All tasks: one per objective on labelled rows, and those with their own kind of data.
  public static let all: [TaskDefinition] =
    Objectives.all.map { TaskDefinition.supervised($0) } + [.languageModeling, .maskedLanguageModeling]
}

/// The objectives on labelled rows.
public enum Objectives {
  /// All objectives.
  public static let all: [any Objective.Type] = [Classification.self, Regression.self, Multilabel.self]
}

/// The standard data sources.
public enum Inputs {
  /// All inputs.
  public static let all: [any InputConfig.Type] = [
    CSVInput.self, ArraysInput.self, ImagesInput.self, ImageFilesInput.self, RandomRowsInput.self, TextInput.self, RandomTokensInput.self,
  ]
}

/// The standard models.
public enum Models {
  /// All models. Of those that take the same kind of sample, the first is the default.
  public static let all: [any ModelConfig.Type] = [
    MLPConfig.self, LinearConfig.self, TabMConfig.self, CNNConfig.self, ViTConfig.self, NGramLinearConfig.self, GPT2Config.self,
    LlamaConfig.self, BertConfig.self,
  ]
}
