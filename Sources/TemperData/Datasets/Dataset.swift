import TemperCore

/// Rows of features with what is to be predicted, all in memory.
public struct Dataset: Sendable, Equatable {
  /// What is to be predicted.
  public enum Targets: Sendable, Equatable {
    /// The class of each row.
    case classes([Int32])
    /// Numbers, row-major and `width` a row: scaled values, or 1 and 0 for labels that a row has and has not.
    case values([Float], width: Int)
  }

  /// Row-major, `width` a row.
  public let features: [Float]
  /// How many features a row has.
  public let width: Int
  /// What is to be predicted of each row.
  public let targets: Targets
  /// The number of each row in the file it came from, counted from 0 without a header. Random choices about a row, such as a dropout
  /// mask, depend on this number and not on the row's place in a batch.
  public let rowIDs: [Int32]

  /// A dataset of `rowIDs.count` rows.
  public init(features: [Float], width: Int, targets: Targets, rowIDs: [Int32]) {
    let rows =
      switch targets {
      case .classes(let labels): labels.count
      case .values(let values, let width): width > 0 && values.count % width == 0 ? values.count / width : -1
      }
    precondition(features.count == width * rows && rowIDs.count == rows, "a dataset's parts differ in their rows")
    (self.features, self.width, self.targets, self.rowIDs) = (features, width, targets, rowIDs)
  }

  /// A dataset of rows that have a class each.
  public init(features: [Float], width: Int, labels: [Int32], rowIDs: [Int32]) {
    self.init(features: features, width: width, targets: .classes(labels), rowIDs: rowIDs)
  }

  /// How many rows there are.
  public var count: Int { rowIDs.count }

  /// The class of each row; empty where values are predicted.
  public var labels: [Int32] {
    if case .classes(let labels) = targets { labels } else { [] }
  }

  /// The numbers to predict, row-major and ``targetWidth`` a row; empty where classes are predicted.
  public var values: [Float] {
    if case .values(let values, _) = targets { values } else { [] }
  }

  /// How many numbers are predicted of a row; 0 where classes are.
  public var targetWidth: Int {
    if case .values(_, let width) = targets { width } else { 0 }
  }

  /// The rows at `indices`, in their order; they keep their row ids.
  public func subset(_ indices: [Int]) -> Dataset {
    func rows(_ all: [Float], _ width: Int) -> [Float] {
      var part: [Float] = []
      part.reserveCapacity(indices.count * width)
      for index in indices { part += all[(index * width)..<((index + 1) * width)] }
      return part
    }
    let part: Targets =
      switch targets {
      case .classes(let labels): .classes(indices.map { labels[$0] })
      case .values(let values, let width): .values(rows(values, width), width: width)
      }
    return Dataset(features: rows(features, width), width: width, targets: part, rowIDs: indices.map { rowIDs[$0] })
  }

  /// Made-up rows with nothing to learn in them: standard normal features and classes of equal probability, the same for the same seed.
  /// Streams `random.features` and `random.labels` of the seed.
  public static func random(rows: Int, inputs: Int, classes: Int, seed: UInt64) -> Dataset {
    let streams = RandomStreams(seed: seed)
    var (normals, uniforms) = (streams.sequence("random.features"), streams.sequence("random.labels"))
    let features = (0..<rows * inputs).map { _ in Float(normals.normal()) }
    return Dataset(
      features: features, width: inputs, labels: (0..<rows).map { _ in Int32(uniforms.below(classes)) },
      rowIDs: (0..<rows).map { Int32($0) })
  }
}
