/// What dropout has learned at one place of a model, for reports.
public struct LearnedDropout {
  /// What the number is.
  public enum Quantity: Sendable {
    /// The rate, of concrete dropout.
    case rate
    /// The share of the layer's weights that are pruned, of sparse variational dropout.
    case prunedShare
  }

  /// The name of the layer, or of the place.
  public let name: String
  /// What the number is.
  public let quantity: Quantity
  private let compute: () -> Double

  init(_ name: String, _ quantity: Quantity, _ compute: @escaping () -> Double) {
    (self.name, self.quantity, self.compute) = (name, quantity, compute)
  }

  /// The number at the current parameters.
  public var value: Double { compute() }
}

extension [LearnedDropout] {
  /// The numbers of `quantity`, with their names, in the order of the model.
  public func values(of quantity: LearnedDropout.Quantity) -> [(name: String, value: Double)] {
    filter { $0.quantity == quantity }.map { ($0.name, $0.value) }
  }
}
