import TemperCore

/// A fixed sample of the trained weights, evenly spaced, which tells how far a step moves the weights without a copy of them all.
public final class WeightSample {
  /// The number of weights up to which all of them are in the sample.
  private static let limit = 1 << 12

  private let store: ParameterStore
  private let spacing: Int
  private var values: [Float] = []

  /// A sample of the trainable parameters in `store`.
  public init(_ store: ParameterStore) {
    self.store = store
    spacing = max(1, store.trainableCount / Self.limit)
  }

  /// Takes the present values.
  public func take() {
    let p = store.arena.pointer
    values.removeAll(keepingCapacity: true)
    for i in stride(from: 0, to: store.trainableCount, by: spacing) { values.append(p[i]) }
  }

  /// ‖Δw‖ / ‖w‖ of the weights w that were taken and their change Δw since; nil where they were all 0.
  public var updateRatio: Double? {
    let p = store.arena.pointer
    var (change, size) = (0.0, 0.0)
    for (index, before) in values.enumerated() {
      let difference = Double(p[index * spacing]) - Double(before)
      change += difference * difference
      size += Double(before) * Double(before)
    }
    return size > 0 ? (change / size).squareRoot() : nil
  }
}
