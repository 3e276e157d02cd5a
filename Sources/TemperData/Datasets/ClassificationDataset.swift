import TemperCore

/// Rows of features with their classes, all in memory.
public struct ClassificationDataset: Sendable, Equatable {
  /// Row-major, `width` a row.
  public let features: [Float]
  /// How many features a row has.
  public let width: Int
  /// The class of each row.
  public let labels: [Int32]
  /// The number of each row in the table it came from, counted from 0 without the header. Random choices about a row, such as a dropout
  /// mask, depend on this number and not on the row's place in a batch.
  public let rowIDs: [Int32]

  /// A dataset of `labels.count` rows.
  public init(features: [Float], width: Int, labels: [Int32], rowIDs: [Int32]) {
    precondition(features.count == width * labels.count && rowIDs.count == labels.count, "a dataset's parts differ in their rows")
    (self.features, self.width, self.labels, self.rowIDs) = (features, width, labels, rowIDs)
  }

  /// How many rows there are.
  public var count: Int { labels.count }

  /// The rows at `indices`, in their order; they keep their row ids.
  public func subset(_ indices: [Int]) -> ClassificationDataset {
    var part: [Float] = []
    part.reserveCapacity(indices.count * width)
    for index in indices { part += features[(index * width)..<((index + 1) * width)] }
    return ClassificationDataset(
      features: part, width: width, labels: indices.map { labels[$0] }, rowIDs: indices.map { rowIDs[$0] })
  }

  /// Made-up rows with nothing to learn in them: standard normal features and classes of equal probability, the same for the same seed.
  /// Streams `random.features` and `random.labels` of the seed.
  public static func random(rows: Int, inputs: Int, classes: Int, seed: UInt64) -> ClassificationDataset {
    let streams = RandomStreams(seed: seed)
    var (normals, uniforms) = (streams.sequence("random.features"), streams.sequence("random.labels"))
    let features = (0..<rows * inputs).map { _ in Float(normals.normal()) }
    return ClassificationDataset(
      features: features, width: inputs, labels: (0..<rows).map { _ in Int32(uniforms.below(classes)) },
      rowIDs: (0..<rows).map { Int32($0) })
  }
}
