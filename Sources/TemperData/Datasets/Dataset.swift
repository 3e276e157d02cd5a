import TemperCore

/// Samples and their targets.
public struct Dataset: Sendable, Equatable {
  /// The model inputs.
  public let samples: Samples
  /// The targets.
  public let targets: RowTargets

  /// The numbers of samples and targets must be equal.
  public init(_ samples: Samples, _ targets: RowTargets) {
    require(samples.count == targets.count, "Dataset: \(samples.count) samples for \(targets.count) targets")
    (self.samples, self.targets) = (samples, targets)
  }

  /// Rows of `width` features each, row-major.
  public init(features: [Float], width: Int, targets: RowTargets.Kind, rowIDs: [Int32]) {
    self.init(Samples(features, .features(width), count: rowIDs.count), RowTargets(targets, rowIDs: rowIDs))
  }

  /// Rows with one class each.
  public init(features: [Float], width: Int, labels: [Int32], rowIDs: [Int32]) {
    self.init(features: features, width: width, targets: .classes(labels), rowIDs: rowIDs)
  }

  /// All features, row-major with ``width`` per row.
  public var features: [Float] { samples.features }
  /// The number of features per row.
  public var width: Int { samples.shape.count }
  /// The number of rows.
  public var count: Int { targets.count }
  /// See ``RowTargets/labels``.
  public var labels: [Int32] { targets.labels }
  /// See ``RowTargets/values``.
  public var values: [Float] { targets.values }
  /// See ``RowTargets/width``.
  public var targetWidth: Int { targets.width }
  /// See ``RowTargets/rowIDs``.
  public var rowIDs: [Int32] { targets.rowIDs }

  /// The rows at `indices`, in order; they keep their row ids.
  public func subset(_ indices: [Int]) -> Dataset { Dataset(samples.subset(indices), targets.subset(indices)) }

  /// Synthetic rows with nothing to learn: standard normal features and classes of equal probability, the same for the same seed. Streams
  /// `random.features` and `random.labels` of the seed.
  public static func random(rows: Int, inputs: Int, classes: Int, seed: UInt64) -> Dataset {
    let streams = RandomStreams(seed: seed)
    var (normals, uniforms) = (streams.sequence("random.features"), streams.sequence("random.labels"))
    let features = (0..<rows * inputs).map { _ in Float(normals.normal()) }
    return Dataset(
      features: features, width: inputs, labels: (0..<rows).map { _ in Int32(uniforms.below(classes)) },
      rowIDs: (0..<rows).map { Int32($0) })
  }
}
