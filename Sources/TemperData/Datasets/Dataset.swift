import TemperCore

/// Samples with what is to be predicted of each.
public struct Dataset: Sendable, Equatable {
  /// What goes into a model.
  public let samples: Samples
  /// What is to come out.
  public let targets: RowTargets

  /// As many samples as targets.
  public init(_ samples: Samples, _ targets: RowTargets) {
    require(samples.count == targets.count, "Dataset: \(samples.count) samples for targets of \(targets.count) rows")
    (self.samples, self.targets) = (samples, targets)
  }

  /// Rows of `width` features each, row-major.
  public init(features: [Float], width: Int, targets: RowTargets.Kind, rowIDs: [Int32]) {
    self.init(Samples(features, .features(width), count: rowIDs.count), RowTargets(targets, rowIDs: rowIDs))
  }

  /// Rows that have a class each.
  public init(features: [Float], width: Int, labels: [Int32], rowIDs: [Int32]) {
    self.init(features: features, width: width, targets: .classes(labels), rowIDs: rowIDs)
  }

  /// All features, row-major and ``width`` a row.
  public var features: [Float] { samples.features }
  /// How many features a row has.
  public var width: Int { samples.shape.count }
  /// How many rows there are.
  public var count: Int { targets.count }
  /// See ``RowTargets/labels``.
  public var labels: [Int32] { targets.labels }
  /// See ``RowTargets/values``.
  public var values: [Float] { targets.values }
  /// See ``RowTargets/width``.
  public var targetWidth: Int { targets.width }
  /// See ``RowTargets/rowIDs``.
  public var rowIDs: [Int32] { targets.rowIDs }

  /// The rows at `indices`, in their order; they keep their row ids.
  public func subset(_ indices: [Int]) -> Dataset { Dataset(samples.subset(indices), targets.subset(indices)) }

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
