import CTemperSupport
import Glibc

/// An elementwise function of one number with its derivative, which may use the input x and the result y. A value of the type holds the
/// function's constants, such as a slope.
protocol UnaryFunction {
  /// Floating-point operations an element costs, roughly: it decides where work is worth a second thread.
  static var cost: Int { get }
  /// Whether the derivative is a function of y alone, so that x need not be kept.
  static var usesResultOnly: Bool { get }
  func value(_ x: Float) -> Float
  func derivative(_ x: Float, _ y: Float) -> Float
  /// y[i] = value(x[i]) for a run of numbers; y may be x.
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int)
  /// d[i] = beta d[i] + g[i] derivative(x[i], y[i]), where beta is 0 or 1.
  func gradients(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, beta: Float,
    _ count: Int)
}

extension UnaryFunction {
  static var cost: Int { 20 }
  static var usesResultOnly: Bool { false }

  @inline(__always)
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
    for i in 0..<count { y[i] = value(x[i]) }
  }

  @inline(__always)
  func gradients(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, beta: Float,
    _ count: Int
  ) {
    if beta == 0 {
      for i in 0..<count { d[i] = g[i] * derivative(x[i], y[i]) }
    } else {
      for i in 0..<count { d[i] += g[i] * derivative(x[i], y[i]) }
    }
  }
}

struct Negate: UnaryFunction {
  static let cost = 1
  @inline(__always) func value(_ x: Float) -> Float { -x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { -1 }
}

struct Exponential: UnaryFunction {
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { temper_exp(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y }
}

struct Logarithm: UnaryFunction {
  @inline(__always) func value(_ x: Float) -> Float { Glibc.logf(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 1 / x }
}

struct SquareRoot: UnaryFunction {
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { temper_sqrt(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 0.5 / y }
}

struct Square: UnaryFunction {
  static let cost = 2
  @inline(__always) func value(_ x: Float) -> Float { x * x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 2 * x }
}

struct ReLU: UnaryFunction {
  static let cost = 1
  static let usesResultOnly = true
  // Written so that NaN passes through: a diverged run must not look like a dead unit.
  @inline(__always) func value(_ x: Float) -> Float { x < 0 ? 0 : x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : 0 }
}

/// x above 0, else slope x (Maas et al. 2013). A slope of 0 or more keeps the sign, so the derivative needs the result only; it is the
/// slope at 0.
struct LeakyReLU: UnaryFunction {
  static let cost = 2
  static let usesResultOnly = true
  var slope: Float = 0.01
  @inline(__always) func value(_ x: Float) -> Float { x > 0 ? x : slope * x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : slope }
}

/// x above 0, else alpha (e^x - 1) (Clevert et al. 2016).
struct ELU: UnaryFunction {
  static let cost = 50
  static let usesResultOnly = true
  var alpha: Float = 1
  // e^x - 1 is tanh(x/2) (e^x + 1), which loses no digits near 0.
  @inline(__always) func value(_ x: Float) -> Float { x > 0 ? x : alpha * (temper_tanh(0.5 * x) * (temper_exp(x) + 1)) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : y + alpha }
}

/// ln(1 + e^x), as max(x, 0) + ln(1 + e^-|x|), which cannot overflow.
struct Softplus: UnaryFunction {
  static let cost = 40
  @inline(__always) func value(_ x: Float) -> Float { (x < 0 ? 0 : x) + Glibc.log1pf(temper_exp(-temper_abs(x))) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { temper_sigmoid(x) }
}

/// x Φ(x), Hendrycks and Gimpel 2016, with the exact normal distribution Φ.
struct GELU: UnaryFunction {
  static let cost = 50
  @inline(__always) func value(_ x: Float) -> Float { temper_gelu(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { temper_gelu_slope(x) }
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_gelu_values(x, y, count) }
  func gradients(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, beta: Float,
    _ count: Int
  ) {
    temper_gelu_gradients(g, x, d, beta, count)
  }
}

/// The tanh approximation of GELU, as GPT-2 uses it: x σ(2u), u = √(2/π) (x + 0.044715 x³).
struct GELUTanh: UnaryFunction {
  static let cost = 40
  @inline(__always) func value(_ x: Float) -> Float { temper_gelu_tanh(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { temper_gelu_tanh_slope(x) }
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_gelu_tanh_values(x, y, count) }
  func gradients(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, beta: Float,
    _ count: Int
  ) {
    temper_gelu_tanh_gradients(g, x, d, beta, count)
  }
}

struct Tanh: UnaryFunction {
  static let cost = 40
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { temper_tanh(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

struct Sigmoid: UnaryFunction {
  static let cost = 30
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { temper_sigmoid(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

/// x σ(x), also called swish.
struct SiLU: UnaryFunction {
  static let cost = 30
  @inline(__always) func value(_ x: Float) -> Float { temper_silu(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { temper_silu_slope(x) }
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_silu_values(x, y, count) }
  func gradients(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, beta: Float,
    _ count: Int
  ) {
    temper_silu_gradients(g, x, d, beta, count)
  }
}

extension Tensor {
  /// The negative of every element.
  public static prefix func - (x: Tensor) -> Tensor { unary(Negate(), x) }
  /// e to the power of every element.
  public func exp() -> Tensor { unary(Exponential(), self) }
  /// The natural logarithm of every element.
  public func log() -> Tensor { unary(Logarithm(), self) }
  /// The square root of every element.
  public func sqrt() -> Tensor { unary(SquareRoot(), self) }
  /// The square of every element.
  public func squared() -> Tensor { unary(Square(), self) }
  /// max(x, 0), NaN passed through.
  public func relu() -> Tensor { unary(ReLU(), self) }
  /// x above 0, else `slope` x, with 0 <= `slope`; the derivative at 0 is `slope`, as PyTorch's.
  public func leakyReLU(slope: Float = 0.01) -> Tensor {
    require(slope >= 0, "leakyReLU: the slope must be 0 or more, not \(slope)")
    return unary(LeakyReLU(slope: slope), self)
  }
  /// The exponential linear unit: x above 0, else `alpha` (e^x - 1), with 0 <= `alpha`.
  public func elu(alpha: Float = 1) -> Tensor {
    require(alpha >= 0, "elu: alpha must be 0 or more, not \(alpha)")
    return unary(ELU(alpha: alpha), self)
  }
  /// ln(1 + e^x), stable for any x.
  public func softplus() -> Tensor { unary(Softplus(), self) }
  /// The Gaussian error linear unit, exact.
  public func gelu() -> Tensor { unary(GELU(), self) }
  /// The Gaussian error linear unit in its tanh approximation, as GPT-2 uses it.
  public func geluTanh() -> Tensor { unary(GELUTanh(), self) }
  /// The hyperbolic tangent of every element.
  public func tanh() -> Tensor { unary(Tanh(), self) }
  /// 1 / (1 + e^-x).
  public func sigmoid() -> Tensor { unary(Sigmoid(), self) }
  /// x σ(x).
  public func silu() -> Tensor { unary(SiLU(), self) }
}

@inline(__always)
private func unary<F: UnaryFunction>(_ f: F, _ x: Tensor) -> Tensor {
  let y = Tensor(uninitialized: x.shape)
  let (from, to) = (x.pointer, y.pointer)
  Partition(x.count, cost: F.cost).run { _, items in f.values(from + items.lowerBound, to + items.lowerBound, items.count) }
  // A derivative that needs only the result must not keep the input alive.
  let input = F.usesResultOnly ? nil : x.detached
  let output = y
  let target = x.target
  return y.recording(x) { dy, into in
    let (px, py, g) = ((input ?? output).pointer, output.pointer, dy.pointer)
    into.accumulate(target) { dx, beta in
      Partition(dy.count, cost: F.cost).run { _, items in
        let i = items.lowerBound
        f.gradients(g + i, px + i, py + i, dx + i, beta: beta, items.count)
      }
    }
  }
}
