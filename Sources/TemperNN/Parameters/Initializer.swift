import Glibc
import TemperCore

/// How a weight gets its first value. Deviations and bounds follow `torch.nn.init`; the numbers themselves come from the run's named random
/// streams, one for each parameter, so adding a layer does not change the others.
public enum Initializer: Sendable, Equatable {
  /// Zero everywhere.
  case zeros
  /// One everywhere.
  case ones
  /// A normal distribution around 0.
  case normal(deviation: Double)
  /// He et al. 2015, normal: deviation `gain` / √fan-in.
  case kaimingNormal(gain: Double)
  /// He et al. 2015, uniform: the same deviation, so a bound of `gain` √(3 / fan-in).
  case kaimingUniform(gain: Double)
  /// Glorot and Bengio 2010, normal: deviation `gain` √(2 / (fan-in + fan-out)).
  case xavierNormal(gain: Double)
  /// Glorot and Bengio 2010, uniform: the same deviation, so a bound of `gain` √(6 / (fan-in + fan-out)).
  case xavierUniform(gain: Double)

  /// Fills `tensor`, whose fan-out is its first axis and whose fan-in is all others.
  func fill(_ tensor: Tensor, using random: RandomSequence) {
    var random = random
    let fanOut = Double(tensor.shape.rank > 0 ? tensor.shape[0] : 1)
    let fanIn = Double(tensor.count) / max(fanOut, 1)
    let p = tensor.pointer
    switch self {
    case .zeros: p.update(repeating: 0, count: tensor.count)
    case .ones: p.update(repeating: 1, count: tensor.count)
    case .normal(let deviation): Self.fillNormal(tensor, deviation, &random)
    case .kaimingNormal(let gain): Self.fillNormal(tensor, gain / fanIn.squareRoot(), &random)
    case .kaimingUniform(let gain): Self.fillUniform(tensor, gain * (3 / fanIn).squareRoot(), &random)
    case .xavierNormal(let gain): Self.fillNormal(tensor, gain * (2 / (fanIn + fanOut)).squareRoot(), &random)
    case .xavierUniform(let gain): Self.fillUniform(tensor, gain * (6 / (fanIn + fanOut)).squareRoot(), &random)
    }
  }

  private static func fillUniform(_ tensor: Tensor, _ bound: Double, _ random: inout RandomSequence) {
    for i in 0..<tensor.count { tensor.pointer[i] = Float((2 * random.uniform() - 1) * bound) }
  }

  private static func fillNormal(_ tensor: Tensor, _ deviation: Double, _ random: inout RandomSequence) {
    for i in 0..<tensor.count { tensor.pointer[i] = Float(random.normal() * deviation) }
  }
}

extension Activation {
  /// The gain that keeps the variance of what flows through (as `torch.nn.init.calculate_gain`; GELU and SiLU as ReLU).
  public var gain: Double {
    switch self {
    case .none, .sigmoid: 1
    case .relu, .gelu, .geluTanh, .silu: 2.0.squareRoot()
    case .tanh: 5.0 / 3.0
    }
  }
}
