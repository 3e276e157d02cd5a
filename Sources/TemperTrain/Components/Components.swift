import TemperMetrics
import TemperNN

/// What a config may name: the tasks, the inputs and the models that there are. A new one is a folder of its own and a line in one of the
/// lists; a program that uses this library adds its own to a copy of ``standard``.
public struct Components: Sendable {
  /// What may be learned.
  public var tasks: [TaskDefinition]
  /// Where data may come from.
  public var inputs: [any InputConfig.Type]
  /// What may be trained.
  public var models: [any ModelConfig.Type]

  /// All that Temper has.
  public static let standard = Components(tasks: Tasks.all, inputs: Inputs.all, models: Models.all)

  /// Some components.
  public init(tasks: [TaskDefinition], inputs: [any InputConfig.Type], models: [any ModelConfig.Type]) {
    (self.tasks, self.inputs, self.models) = (tasks, inputs, models)
  }

  /// The task called `name`.
  public func task(_ name: String) -> TaskDefinition? { tasks.first { $0.name == name } }

  /// The models that take `kind`, the standard one first.
  func models(taking kind: SampleKind) -> [any ModelConfig.Type] { models.filter { $0.takes.contains(kind) } }

  /// What early stopping and schedules may watch: test rows must not decide anything, and which values of a metric are better must be known.
  var watchable: [String] {
    var names: [String] = []
    for name in tasks.flatMap(\.metrics) where !names.contains(name) && Metric.named(name) != nil { names.append(name) }
    return names.map { "validation.\($0)" }
  }
}

/// What may be learned.
public enum Tasks {
  /// All tasks: one for each objective on rows with labels, and those that have data of their own.
  public static let all: [TaskDefinition] =
    Objectives.all.map { TaskDefinition.supervised($0) } + [.languageModeling, .maskedLanguageModeling]
}

/// What may be predicted of rows with labels.
public enum Objectives {
  /// All objectives.
  public static let all: [any Objective.Type] = [Classification.self, Regression.self, Multilabel.self]
}

/// Where data may come from.
public enum Inputs {
  /// All inputs.
  public static let all: [any InputConfig.Type] = [
    CSVInput.self, ArraysInput.self, ImagesInput.self, RandomRowsInput.self, TextInput.self, RandomTokensInput.self,
  ]
}

/// What may be trained.
public enum Models {
  /// All models. Of those that take the same, the first is the one of a config that names none.
  public static let all: [any ModelConfig.Type] = [
    MLPConfig.self, LinearConfig.self, NGramLinearConfig.self, GPT2Config.self, LlamaConfig.self, BertConfig.self,
  ]
}
