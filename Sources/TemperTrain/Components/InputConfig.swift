import TemperCore
import TemperData
import TemperJSON
import TemperTables

/// What `data` of one type says: where the data are, and how they are split.
public protocol InputConfig: Sendable {
  /// The value of `data.type`.
  static var type: String { get }
  /// One line about it.
  static var doc: String { get }
  /// The keys of the block that hold paths.
  static var pathKeys: [String] { get }
  /// What its rows may be labelled with; nothing for data without labels.
  static var targets: [TargetKind] { get }
  /// Reads the block of a config for `task`.
  init(_ c: FieldReader, _ task: TaskDefinition)
  /// What models get of it; nil where the task decides that.
  var sampleKind: SampleKind? { get }
  /// Whether some of the data is for validation, as far as the config tells.
  var holdsOutValidation: Bool { get }
  /// How the training rows are dealt into folds; nil where they are not.
  var folds: Folds? { get }
  /// Fits the block to the rest of its config, and reports to `c` what does not go together.
  mutating func fit(to config: InputSurroundings, _ c: FieldReader)
  /// Reads the files, to be given to several runs; nil where each run had better read them itself.
  func readFiles() throws(Diagnostics) -> (any Sendable)?
}

/// What a config says around its block `data`.
public struct InputSurroundings {
  /// The model.
  public let model: any ModelConfig
  /// The label whose rows are left out; nil for none.
  public let ignoredLabel: Int?
  /// Whether features keep their places, those that never change included.
  public let keepsConstants: Bool
}

extension InputConfig {
  /// See ``InputConfig``; no folds by default.
  public var folds: Folds? { nil }
  /// See ``InputConfig``; nothing to fit by default.
  public mutating func fit(to config: InputSurroundings, _ c: FieldReader) {}
  /// See ``InputConfig``; nothing is shared by default.
  public func readFiles() throws(Diagnostics) -> (any Sendable)? { nil }

  /// Reports where the rows cannot have the labels that `task` learns from.
  static func check(_ task: TaskDefinition, _ c: FieldReader, _ all: [any InputConfig.Type]) {
    guard task.target.map({ targets.contains($0) }) ?? targets.isEmpty else {
      let fitting = all.filter { input in task.target.map { input.targets.contains($0) } ?? input.targets.isEmpty }.map { $0.type }
      let reason =
        targets.isEmpty
        ? "has no labels, which the task \(task.name) learns from"
        : task.target == nil
          ? "has rows with labels, and the task \(task.name) learns from text" : "has no labels for the task \(task.name)"
      return c.fail("type", .invalidValue, "\(reason); use \(fitting.joined(separator: ", "))", with: ["task"])
    }
  }
}

extension FieldReader {
  /// Reads the block `data`.
  func input(_ task: TaskDefinition, _ inputs: [any InputConfig.Type]) -> any InputConfig {
    let input = variant(
      "type", default: task.defaultInput,
      doc: "Where the rows or the text come from; by default `csv`, for the language modeling tasks `text`.",
      inputs.map { type in Variant(type.type, type.doc) { type.init($0, task) } })
    Swift.type(of: input).check(task, self, inputs)
    return input
  }
}
