import TemperCore
import TemperData
import TemperJSON
import TemperTables

/// A `data` block of one type: where the data are, and how they are split.
public protocol InputConfig: Sendable {
  /// The value of `data.type`.
  static var type: String { get }
  /// A one-line description.
  static var doc: String { get }
  /// The keys of the block that hold paths.
  static var pathKeys: [String] { get }
  /// The kinds of labels that its rows may have; empty for unlabelled data.
  static var targets: [TargetKind] { get }
  /// Reads the block of a config for `task`.
  init(_ c: FieldReader, _ task: TaskDefinition)
  /// The kind of sample it yields; nil if the task decides that.
  var sampleKind: SampleKind? { get }
  /// Whether some of the data is for validation, as far as the config says.
  var holdsOutValidation: Bool { get }
  /// How the training rows are divided into folds; nil if they are not.
  var folds: Folds? { get }
  /// Whether its rows may have texts beside features.
  var readsTexts: Bool { get }
  /// Adapts the block to the rest of its config, and reports conflicts to `c`.
  mutating func fit(to config: InputSurroundings, _ c: FieldReader)
  /// Reads the files, to be shared by several runs; nil if each run should read them itself.
  func readFiles() throws(Diagnostics) -> (any Sendable)?
}

/// The parts of a config that its block `data` depends on.
public struct InputSurroundings {
  /// The model.
  public let model: any ModelConfig
  /// The label whose rows are dropped; nil for none.
  public let ignoredLabel: Int?
  /// Whether features keep their positions, constant ones included.
  public let keepsConstants: Bool
}

extension InputConfig {
  /// See ``InputConfig``; no folds by default.
  public var folds: Folds? { nil }
  /// See ``InputConfig``; false by default.
  public var readsTexts: Bool { false }
  /// See ``InputConfig``; nothing to fit by default.
  public mutating func fit(to config: InputSurroundings, _ c: FieldReader) {}
  /// See ``InputConfig``; nothing is shared by default.
  public func readFiles() throws(Diagnostics) -> (any Sendable)? { nil }

  /// Reports an error if the rows cannot have the labels that `task` needs.
  static func check(_ task: TaskDefinition, _ c: FieldReader, _ all: [any InputConfig.Type]) {
    guard task.target.map({ targets.contains($0) }) ?? targets.isEmpty else {
      let fitting = all.filter { input in task.target.map { input.targets.contains($0) } ?? input.targets.isEmpty }.map { $0.type }
      let reason =
        targets.isEmpty
        ? "has no labels, which the task \(task.name) requires"
        : task.target == nil
          ? "provides labelled rows, but the task \(task.name) requires text" : "is not supported with the task \(task.name)"
      return c.fail("type", .invalidValue, "\(reason); use \(fitting.joined(separator: ", "))", with: ["task"])
    }
  }
}

extension FieldReader {
  /// Reads the block `data`.
  func input(_ task: TaskDefinition, _ inputs: [any InputConfig.Type]) -> any InputConfig {
    let input = variant(
      "type", default: task.defaultInput,
      doc: "Source of the rows or the text; by default `csv`, for the language modeling tasks `text`.",
      inputs.map { type in Variant(type.type, type.doc) { type.init($0, task) } })
    Swift.type(of: input).check(task, self, inputs)
    return input
  }
}
