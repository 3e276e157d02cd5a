import CTemperKernels
import CTemperSupport
import Glibc

/// An elementwise function of one number with its derivative, over runs of numbers. A value of the type holds the function's constants, such
/// as a slope.
protocol UnaryFunction {
  /// The approximate floating-point operations for each element, which decide when a second thread is worthwhile.
  var cost: Int { get }
  /// Whether the derivative is a function of the result alone, so that x need not be kept.
  static var usesResultOnly: Bool { get }
  /// y[i] = f(x[i]); y may be x.
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int)
  /// d[i] = beta d[i] + g[i] f'(x[i]), where beta is 0 or 1 and y[i] = f(x[i]). Only one of x and y is read, depending on ``usesResultOnly``.
  func gradients(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, beta: Float,
    _ count: Int)
}

/// A function whose value is a formula that the compiler vectorizes in place: arithmetic without calls.
protocol FormulaValue: UnaryFunction {
  func value(_ x: Float) -> Float
}

/// The same of its derivative, at x with the result y.
protocol FormulaDerivative: UnaryFunction {
  func derivative(_ x: Float, _ y: Float) -> Float
}

typealias Formula = FormulaValue & FormulaDerivative

extension FormulaValue {
  @inline(__always)
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
    for i in 0..<count { y[i] = value(x[i]) }
  }
}

extension FormulaDerivative {
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

struct Negate: Formula {
  let cost = 1
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { -x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { -1 }
}

struct Exponential: FormulaDerivative {
  let cost = 20
  static let usesResultOnly = true
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_exp_values(x, y, count) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y }
}

struct Logarithm: Formula {
  let cost = 20
  static let usesResultOnly = false
  @inline(__always) func value(_ x: Float) -> Float { Glibc.logf(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 1 / x }
}

struct SquareRoot: Formula {
  let cost = 20
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { temper_sqrt(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 0.5 / y }
}

struct Square: Formula {
  let cost = 2
  static let usesResultOnly = false
  @inline(__always) func value(_ x: Float) -> Float { x * x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 2 * x }
}

/// |x|, whose derivative at 0 is 0.
struct Magnitude: Formula {
  let cost = 1
  static let usesResultOnly = false
  @inline(__always) func value(_ x: Float) -> Float { Swift.abs(x) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
}

struct ReLU: Formula {
  let cost = 1
  static let usesResultOnly = true
  // Written so that NaN is propagated: a diverged run must not look like a dead unit.
  @inline(__always) func value(_ x: Float) -> Float { x < 0 ? 0 : x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : 0 }
}

/// min(max(x, 0), 6).
struct ReLU6: Formula {
  let cost = 2
  static let usesResultOnly = true
  @inline(__always) func value(_ x: Float) -> Float { x < 0 ? 0 : x > 6 ? 6 : x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 && y < 6 ? 1 : 0 }
}

/// x above 0, else slope x (Maas et al. 2013). A slope of 0 or more keeps the sign, so the derivative needs the result only; it is the
/// slope at 0.
struct LeakyReLU: Formula {
  let cost = 2
  static let usesResultOnly = true
  var slope: Float = 0.01
  @inline(__always) func value(_ x: Float) -> Float { x > 0 ? x : slope * x }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : slope }
}

/// x above 0, else alpha (e^x - 1) (Clevert et al. 2016).
struct ELU: FormulaDerivative {
  let cost = 50
  static let usesResultOnly = true
  var alpha: Float = 1
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_elu_values(x, alpha, y, count) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : y + alpha }
}

/// λ x above 0, else λ α (e^x - 1), so that the layers of a deep network keep mean 0 and deviation 1 (Klambauer et al. 2017).
struct SELU: FormulaDerivative {
  static let scale: Float = 1.0507009873554805
  static let alpha: Float = 1.6732632423543772
  let cost = 50
  static let usesResultOnly = true
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_selu_values(x, y, count) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y > 0 ? Self.scale : y + Self.scale * Self.alpha }
}

struct Tanh: FormulaDerivative {
  let cost = 40
  static let usesResultOnly = true
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_tanh_values(x, y, count) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

struct Sigmoid: FormulaDerivative {
  let cost = 30
  static let usesResultOnly = true
  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { temper_sigmoid_values(x, y, count) }
  @inline(__always) func derivative(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

/// A function whose derivative needs x, from two loops in C.
struct KernelFunction: UnaryFunction {
  let cost: Int
  static let usesResultOnly = false
  let valueLoop: @convention(c) (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void
  let gradientLoop: @convention(c) (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Float, Int) -> Void

  func values(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) { valueLoop(x, y, count) }
  func gradients(
    _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, beta: Float,
    _ count: Int
  ) {
    gradientLoop(g, x, d, beta, count)
  }

  /// ln(1 + e^x), as max(x, 0) + ln(1 + e^-|x|), which cannot overflow.
  static let softplus = KernelFunction(cost: 40, valueLoop: temper_softplus_values, gradientLoop: temper_softplus_gradients)
  /// x Φ(x), Hendrycks and Gimpel 2016, with the exact normal distribution Φ.
  static let gelu = KernelFunction(cost: 50, valueLoop: temper_gelu_values, gradientLoop: temper_gelu_gradients)
  /// The tanh approximation of GELU, as GPT-2 uses it: x σ(2u), u = √(2/π) (x + 0.044715 x³).
  static let geluTanh = KernelFunction(cost: 40, valueLoop: temper_gelu_tanh_values, gradientLoop: temper_gelu_tanh_gradients)
  /// x σ(x), also called swish.
  static let silu = KernelFunction(cost: 30, valueLoop: temper_silu_values, gradientLoop: temper_silu_gradients)
  /// x tanh(ln(1 + e^x)), Misra 2019.
  static let mish = KernelFunction(cost: 40, valueLoop: temper_mish_values, gradientLoop: temper_mish_gradients)
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
  /// |x| of every element; the derivative at 0 is 0.
  public func magnitude() -> Tensor { unary(Magnitude(), self) }
  /// max(x, 0); NaN is propagated.
  public func relu() -> Tensor { unary(ReLU(), self) }
  /// min(max(x, 0), 6); NaN is propagated, and the derivative at 0 and 6 is 0.
  public func relu6() -> Tensor { unary(ReLU6(), self) }
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
  /// The scaled exponential linear unit, with the constants of its authors.
  public func selu() -> Tensor { unary(SELU(), self) }
  /// ln(1 + e^x), stable for any x.
  public func softplus() -> Tensor { unary(KernelFunction.softplus, self) }
  /// The Gaussian error linear unit, exact.
  public func gelu() -> Tensor { unary(KernelFunction.gelu, self) }
  /// The Gaussian error linear unit in its tanh approximation, as GPT-2 uses it.
  public func geluTanh() -> Tensor { unary(KernelFunction.geluTanh, self) }
  /// The hyperbolic tangent of every element.
  public func tanh() -> Tensor { unary(Tanh(), self) }
  /// 1 / (1 + e^-x).
  public func sigmoid() -> Tensor { unary(Sigmoid(), self) }
  /// x σ(x).
  public func silu() -> Tensor { unary(KernelFunction.silu, self) }
  /// x tanh(ln(1 + e^x)), stable for any x.
  public func mish() -> Tensor { unary(KernelFunction.mish, self) }
}

@inline(__always)
private func unary<F: UnaryFunction>(_ f: F, _ x: Tensor) -> Tensor {
  let y = Tensor(uninitialized: x.shape)
  let (from, to) = (x.pointer, y.pointer)
  Partition(x.count, cost: f.cost).run { _, items in f.values(from + items.lowerBound, to + items.lowerBound, items.count) }
  // A derivative reads only one of the two, and must not keep the other alive.
  let (known, target) = (F.usesResultOnly ? y : x.detached, x.target)
  return y.recording(x) { dy, into in
    let (p, g) = (known.pointer, dy.pointer)
    into.accumulate(target) { dx, beta in
      Partition(dy.count, cost: f.cost).run { _, items in
        let i = items.lowerBound
        f.gradients(g + i, p + i, p + i, dx + i, beta: beta, items.count)
      }
    }
  }
}
