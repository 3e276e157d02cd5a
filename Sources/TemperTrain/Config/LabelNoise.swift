import TemperCore
import TemperData
import TemperJSON
import TemperTables

/// What `data.label_noise` in a config says: wrong labels that are planted in the training rows, to study what they do.
public struct LabelNoise: Sendable {
  /// The share of the training rows, from 0 to 1.
  public let share: Double

  /// Reads the key of a data block; nil where no labels are to be changed.
  static func read(_ c: FieldReader, _ task: TaskDefinition) -> LabelNoise? {
    let share = c.number(
      "label_noise", default: 0, in: 0...1,
      doc: "Share of the training rows whose class is replaced by another one, drawn at random; validation and test rows keep theirs.")
    if share > 0, task.target != .classes {
      c.fail("label_noise", .invalidValue, "replaces classes, which the task \(task.name) does not learn; remove it", with: ["task"])
    }
    return share > 0 ? LabelNoise(share: share) : nil
  }
}
