import TemperCore
import TemperData
import TemperJSON
import TemperTables

/// What `data.label_noise` in a config says: wrong labels that are planted in the training rows, to study what they do.
public struct LabelNoise: Sendable {
  /// The share of the training rows, from 0 to 1.
  public let share: Double

  /// Reads the key of a data block; nil where no labels are to be changed.
  static func read(_ c: FieldReader, _ task: TaskKind) -> LabelNoise? {
    let share = c.number(
      "label_noise", default: 0, in: 0...1,
      doc: "Share of the training rows whose class is replaced by another one, drawn at random; validation and test rows keep theirs.")
    if share > 0, task != .classification {
      c.fail("label_noise", .invalidValue, "replaces classes, which the task \(task.rawValue) does not learn; remove it", with: ["task"])
    }
    return share > 0 ? LabelNoise(share: share) : nil
  }
}

extension PreparedData {
  /// The data that a run of `config` learns from and is judged on: what its files say, with the wrong labels that it asks for.
  /// `tables` are those of the data, if they have been read already.
  public init(_ config: RunConfig, tables: SourceTables? = nil) throws(Diagnostics) {
    try self.init(config.data, seed: config.seed, tables: tables)
    guard let noise = config.labelNoise else { return }
    let rows = train.count
    let (noisy, changed) = train.withLabelNoise(
      noise.share, classes: preprocessor.classes.count, random: RandomStreams(seed: UInt64(config.seed)))
    train = noisy
    changedLabels = changed
    notes.append(
      "label noise: \(changed) of \(rows) training rows have another class than the data say (seed \(config.seed)); "
        + "validation and test rows keep theirs")
  }
}
