import TemperCore
import TemperNN

/// W x + V (U x)² + b, so that outputs depend on products of two features.
struct Quadratic: Model {
  private let (linear, directions, squares): (Linear, Linear, Linear)
  private let endsInSoftmax: Bool

  /// Makes or loads the parameters.
  init(_ scope: ParameterScope, inputs: Int, rank: Int, outputs: Int, endsInSoftmax: Bool) {
    linear = Linear(scope["linear"], inputs: inputs, outputs: outputs)
    directions = Linear(scope["directions"], inputs: inputs, outputs: rank, bias: false)
    squares = Linear(scope["squares"], inputs: rank, outputs: outputs, bias: false)
    self.endsInSoftmax = endsInSoftmax
  }

  var units: [HiddenUnits] { [] }
  var featureName: String? { nil }
  var minimumBatchSize: Int { 1 }

  func operationsPerRow(length: Int) -> Int {
    6 * [linear, directions, squares].reduce(0) { $0 + $1.weight.shape.count }
  }

  func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let outputs = linear(x) + squares(directions(x).squared())
    return endsInSoftmax ? outputs.softmax() : outputs
  }
}
