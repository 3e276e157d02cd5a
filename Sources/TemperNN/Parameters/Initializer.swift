import Glibc
import TemperCore

/// How a weight is initialised. Standard deviations and bounds follow `torch.nn.init`; the numbers come from the run's named random
/// streams, one for each parameter, so adding a layer does not change the others.
public enum Initializer: Sendable, Equatable {
  /// All zeros.
  case zeros
  /// All ones.
  case ones
  /// A constant.
  case constant(Double)
  /// A uniform distribution from -`bound` to `bound`.
  case uniform(bound: Double)
  /// A normal distribution with mean 0.
  case normal(deviation: Double)
  /// A normal distribution with mean 0, truncated at two standard deviations; as `torch.nn.init.trunc_normal_` with a and b at ±2 std.
  case truncatedNormal(deviation: Double)
  /// He et al. 2015, normal: standard deviation `gain` / √fan-in.
  case kaimingNormal(gain: Double)
  /// He et al. 2015, uniform: the same standard deviation, so a bound of `gain` √(3 / fan-in).
  case kaimingUniform(gain: Double)
  /// Glorot and Bengio 2010, normal: standard deviation `gain` √(2 / (fan-in + fan-out)).
  case xavierNormal(gain: Double)
  /// Glorot and Bengio 2010, uniform: the same standard deviation, so a bound of `gain` √(6 / (fan-in + fan-out)).
  case xavierUniform(gain: Double)
  /// Saxe et al. 2014: the rows, or the columns where there are fewer of them, are orthogonal with norm `gain`; all axes but the first are
  /// flattened into one.
  case orthogonal(gain: Double)
  /// Rows of one random number for each part of so many elements: normal, or a sign.
  case ofParts([Int], isSign: Bool)

  /// Fills `tensor`, whose fan-out is its first axis and whose fan-in is the product of the others.
  func fill(_ tensor: Tensor, using random: RandomSequence) {
    var random = random
    let fanOut = Double(tensor.shape.rank > 0 ? tensor.shape[0] : 1)
    let fanIn = Double(tensor.count) / max(fanOut, 1)
    let p = tensor.pointer
    switch self {
    case .zeros: p.update(repeating: 0, count: tensor.count)
    case .ones: p.update(repeating: 1, count: tensor.count)
    case .constant(let value): p.update(repeating: Float(value), count: tensor.count)
    case .truncatedNormal(let deviation): Self.fillTruncatedNormal(tensor, deviation, &random)
    case .orthogonal(let gain): Self.fillOrthogonal(tensor, gain, &random)
    case .ofParts(let lengths, let isSign): Self.fillParts(tensor, lengths, isSign, &random)
    case .uniform(let bound): Self.fillUniform(tensor, bound, &random)
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

  private static func fillParts(_ tensor: Tensor, _ lengths: [Int], _ isSign: Bool, _ random: inout RandomSequence) {
    var place = 0
    while place < tensor.count {
      for length in lengths {
        let value = isSign ? (random.uniform() < 0.5 ? -1 : 1) : random.normal()
        (tensor.pointer + place).update(repeating: Float(value), count: length)
        place += length
      }
    }
  }

  /// Redraws values beyond two standard deviations.
  private static func fillTruncatedNormal(_ tensor: Tensor, _ deviation: Double, _ random: inout RandomSequence) {
    for i in 0..<tensor.count {
      var x = random.normal()
      while abs(x) > 2 { x = random.normal() }
      tensor.pointer[i] = Float(x * deviation)
    }
  }

  /// Normal vectors, orthogonalised in order (Gram-Schmidt). Each is orthogonalised against the earlier ones twice: once leaves rounding
  /// errors that grow where vectors are almost parallel. Their norms before are positive, so the result is uniform over all orthogonal
  /// matrices, like the QR decomposition with corrected signs.
  private static func fillOrthogonal(_ tensor: Tensor, _ gain: Double, _ random: inout RandomSequence) {
    let rows = tensor.shape.rank > 0 ? tensor.shape[0] : 1
    let columns = tensor.count / max(rows, 1)
    let (vectors, length) = (min(rows, columns), max(rows, columns))
    var q = [Double](repeating: 0, count: vectors * length)
    q.withUnsafeMutableBufferPointer { q in
      for v in 0..<vectors {
        let own = v * length
        for i in 0..<length { q[own + i] = random.normal() }
        for earlier in [0..<v, 0..<v].joined() {
          let other = earlier * length
          var dot = 0.0
          for i in 0..<length { dot += q[own + i] * q[other + i] }
          for i in 0..<length { q[own + i] -= dot * q[other + i] }
        }
        var square = 0.0
        for i in 0..<length { square += q[own + i] * q[own + i] }
        let inverse = 1 / square.squareRoot()
        for i in 0..<length {
          q[own + i] *= inverse
          tensor.pointer[rows <= columns ? own + i : i * columns + v] = Float(gain * q[own + i])
        }
      }
    }
  }
}

extension Activation {
  /// The gain that preserves the variance of activations (as `torch.nn.init.calculate_gain`; those it does not know, ReLU6, ELU, softplus, GELU,
  /// SiLU and Mish, use that of ReLU).
  public var gain: Double {
    switch self {
    case .none, .sigmoid: 1
    case .relu, .relu6, .elu, .softplus, .gelu, .geluTanh, .silu, .mish: 2.0.squareRoot()
    case .selu: 0.75
    case .leakyReLU: (2 / (1 + 0.01 * 0.01)).squareRoot()
    case .tanh: 5.0 / 3.0
    }
  }
}
