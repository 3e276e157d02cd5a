/// The activation function of a layer. The raw value is the name in a config.
public enum Activation: String, CaseIterable, Sendable {
  /// The identity.
  case none
  /// max(x, 0).
  case relu
  /// min(max(x, 0), 6).
  case relu6
  /// x above 0, else 0.01 x.
  case leakyReLU = "leaky_relu"
  /// x above 0, else e^x - 1.
  case elu
  /// The scaled ELU: 1.0507 x above 0, else 1.0507 · 1.6733 (e^x - 1).
  case selu
  /// ln(1 + e^x).
  case softplus
  /// The Gaussian error linear unit, exact.
  case gelu
  /// GELU's tanh approximation, as GPT-2 uses it.
  case geluTanh = "gelu_tanh"
  /// The hyperbolic tangent.
  case tanh
  /// 1 / (1 + e^-x).
  case sigmoid
  /// x σ(x), also called swish.
  case silu
  /// x tanh(ln(1 + e^x)).
  case mish

  /// Whether a greater number never has a smaller value.
  public var isMonotone: Bool {
    switch self {
    case .none, .relu, .relu6, .leakyReLU, .elu, .selu, .softplus, .tanh, .sigmoid: true
    case .gelu, .geluTanh, .silu, .mish: false
    }
  }

  /// The function applied to `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .none: x
    case .relu: x.relu()
    case .relu6: x.relu6()
    case .leakyReLU: x.leakyReLU()
    case .elu: x.elu()
    case .selu: x.selu()
    case .softplus: x.softplus()
    case .gelu: x.gelu()
    case .geluTanh: x.geluTanh()
    case .tanh: x.tanh()
    case .sigmoid: x.sigmoid()
    case .silu: x.silu()
    case .mish: x.mish()
    }
  }
}
