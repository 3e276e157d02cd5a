import Glibc
import TemperCore

/// A fully connected layer, act(x·wᵀ + b). Parameters: `weight` `[outputs, inputs]` and `bias` `[outputs]`.
public struct Linear {
  /// `[outputs, inputs]`.
  public let weight: Parameter
  /// `[outputs]`; nil for a layer without bias.
  public let bias: Parameter?
  /// Applied to the result.
  public let activation: Activation
  /// What the weight is multiplied by.
  private let scale: Float

  /// Makes or loads the layer's parameters; biases start at zero. `stored` is the layout of the weight in a file; names begin with
  /// `prefix`.
  ///
  /// In the parametrisation of the neural tangent kernel (Jacot et al. 2018), `isNTK`, the product is divided by √inputs, so that weights are of
  /// the order of 1 in layers of any width, and one learning rate suits all.
  public init(
    _ scope: ParameterScope, prefix: String = "", inputs: Int, outputs: Int, bias: Bool = true, activation: Activation = .none,
    initializer: Initializer = .kaimingUniform(gain: 1), stored: StoredLayout = .same, isNTK: Bool = false
  ) {
    weight = scope.parameter(prefix + "weight", [outputs, inputs], isNTK ? .normal(deviation: 1) : initializer, stored: stored)
    self.bias = bias ? scope.parameter(prefix + "bias", [outputs], .zeros) : nil
    self.activation = activation
    scale = isNTK ? Float(1 / Double(max(1, inputs)).squareRoot()) : 1
  }

  /// What multiplies the input.
  var factor: Tensor { scale == 1 ? weight.value : weight.value * scale }

  /// `[..., inputs]` to `[..., outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    linear(x, factor, bias?.value, activation: activation)
  }

  /// Scales the weights of each unit so that its output over the rows of `x`, `[rows, inputs]`, has a deviation of 1, and sets its bias so that it
  /// is 0 at a random point between five of them: the initial state of RealMLP (Holzmüller, Grinsztajn and Steinwart 2024).
  func fit(to x: Tensor, using random: RandomStreams) {
    let outputs = linear(x, factor)
    let (rows, units, inputs) = (x.shape[0], weight.shape[0], weight.shape[1])
    var random = random.sequence("init/" + weight.name + "/rows")
    for unit in 0..<units {
      let values = (0..<rows).map { Double(outputs.pointer[$0 * units + unit]) }
      let mean = values.reduce(0, +) / Double(max(1, rows))
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, rows))).squareRoot()
      // A unit of which no input varies stays as it is.
      let factor = deviation > 1e-6 * abs(mean) ? 1 / deviation : 1
      for i in 0..<inputs { weight.value.pointer[unit * inputs + i] *= Float(factor) }
      guard let bias, rows > 0 else { continue }
      let shares = (0..<5).map { _ in -log(max(random.uniform(), Double.leastNormalMagnitude)) }
      let point = shares.reduce(0) { $0 + $1 * values[Int(random.uniform() * Double(rows))] } / shares.reduce(0, +)
      bias.value.pointer[unit] = Float(-point * factor)
    }
  }
}
