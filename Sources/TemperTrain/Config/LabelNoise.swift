import TemperCore
import TemperData
import TemperJSON
import TemperTables

/// The `data.label_noise` key of a config: wrong labels injected into the training rows, to study their effect.
public struct LabelNoise: Sendable {
  /// The fraction of the training rows, from 0 to 1.
  public let share: Double

  /// Reads the key of a data block; nil if no labels are changed.
  static func read(_ c: FieldReader, _ task: TaskDefinition) -> LabelNoise? {
    let share = c.number(
      "label_noise", default: 0, in: 0...1,
      doc: "Fraction of the training rows whose class is replaced by a random other one; validation and test rows keep theirs.")
    if share > 0, task.target != .classes {
      c.fail("label_noise", .invalidValue, "is only supported for classification, and the task is \(task.name); remove it", with: ["task"])
    }
    return share > 0 ? LabelNoise(share: share) : nil
  }
}
