import CTemperSupport
import Glibc
import Testing

/// The functions of temper_math.h against Glibc's in float64; the bounds are those that the header states.
@Suite struct MathTests {
  /// Every so many-th float from `low` to `high`, both of one sign, denser towards zero as floats are.
  private func floats(from low: Float, through high: Float, count: Int = 400_000) -> some Sequence<Float> {
    let (a, b) = (low.magnitude.bitPattern, high.magnitude.bitPattern)
    let sign: UInt32 = low.sign == .minus ? 1 << 31 : 0
    let step = max(1, Int(b - a) / count)
    return stride(from: Int(a), through: Int(b), by: step).lazy.map { Float(bitPattern: UInt32($0) | sign) }
  }

  /// Evenly spaced floats.
  private func grid(from low: Float, through high: Float, count: Int = 400_000) -> some Sequence<Float> {
    (0...count).lazy.map { low + (high - low) * (Float($0) / Float(count)) }
  }

  /// The largest relative error of `f`.
  private func worst(_ xs: some Sequence<Float>, _ f: (Float) -> Float, _ reference: (Double) -> Double) -> Double {
    var worst = 0.0
    for x in xs {
      let expected = reference(Double(x))
      let error = abs(Double(f(x)) - expected) / abs(expected)
      // A NaN counts as worse than anything.
      if !(error <= worst) { worst = error.isNaN ? .infinity : error }
    }
    return worst
  }

  @Test func exponential() {
    #expect(worst(grid(from: -87.3, through: 88.7228), temper_exp, Glibc.exp) <= 1.5e-7)
    #expect(worst(floats(from: 1e-10, through: 88.7228), temper_exp, Glibc.exp) <= 1.5e-7)
    #expect(worst(floats(from: -1e-10, through: -87.3), temper_exp, Glibc.exp) <= 1.5e-7)
  }

  @Test func logarithmOfOneAndAShare() {
    #expect(worst(floats(from: 1e-30, through: 1), temper_log1p_unit, Glibc.log1p) <= 2e-7)
    #expect(temper_log1p_unit(0) == 0 && temper_log1p_unit(.nan).isNaN)
  }

  @Test func edgesOfTheExponential() {
    #expect(temper_exp(0) == 1 && temper_exp(-0.0) == 1)
    #expect(temper_exp(88.7228).isFinite && temper_exp(88.7229) == .infinity)
    for x in grid(from: 88.73, through: 89, count: 1000) { #expect(temper_exp(x) == .infinity) }
    for x in grid(from: 88.7, through: 88.72, count: 1000) { #expect(temper_exp(x).isFinite) }
    for x in grid(from: -88, through: -87.31, count: 1000) { #expect(temper_exp(x) == 0) }
    for x in grid(from: -87.29, through: -87, count: 1000) { #expect(temper_exp(x) >= Float.leastNormalMagnitude) }
    #expect(temper_exp(.infinity) == .infinity)
    #expect(temper_exp(-.infinity) == 0)
    #expect(temper_exp(.greatestFiniteMagnitude) == .infinity)
    #expect(temper_exp(-.greatestFiniteMagnitude) == 0)
    #expect(temper_exp(.nan).isNaN)
    #expect(temper_exp(.leastNonzeroMagnitude) == 1)
    #expect(temper_exp(-.leastNonzeroMagnitude) == 1)
  }

  @Test func hyperbolicTangent() {
    for sign: Float in [-1, 1] {
      #expect(worst(floats(from: sign * 1e-30, through: sign * 20), temper_tanh, Glibc.tanh) <= 2e-7)
      #expect(worst(grid(from: sign * 0.001, through: sign * 10), temper_tanh, Glibc.tanh) <= 2e-7)
    }
    expectOdd(temper_tanh, limit: 1)
  }

  @Test func errorFunction() {
    for sign: Float in [-1, 1] {
      #expect(worst(floats(from: sign * 1e-30, through: sign * 8), temper_erf, Glibc.erf) <= 2e-7)
      #expect(worst(grid(from: sign * 0.001, through: sign * 6), temper_erf, Glibc.erf) <= 2e-7)
    }
    expectOdd(temper_erf, limit: 1)
  }

  @Test func sigmoid() {
    let reference = { (x: Double) in 1 / (1 + Glibc.exp(-x)) }
    #expect(worst(grid(from: -87, through: 40), temper_sigmoid, reference) <= 2e-7)
    #expect(temper_sigmoid(0) == 0.5)
    #expect(temper_sigmoid(.infinity) == 1 && temper_sigmoid(1000) == 1)
    #expect(temper_sigmoid(-.infinity) == 0 && temper_sigmoid(-1000) == 0)
    #expect(temper_sigmoid(.nan).isNaN)
    #expect(temper_sigmoid(.leastNonzeroMagnitude) == 0.5)
  }

  @Test func logarithm() {
    #expect(worst(floats(from: 1.2e-38, through: 0.99999), temper_log, Glibc.log) <= 2e-7)
    #expect(worst(floats(from: 1.00001, through: 3.4e38), temper_log, Glibc.log) <= 2e-7)
    #expect(temper_log(1) == 0 && temper_log(0x1p-23) < 0)
  }

  @Test func sineAndCosineOfTurns() {
    #expect(worst(floats(from: 1e-30, through: 0.25), temper_sin_quarter) { Glibc.sin(2 * Double.pi * $0) } <= 2e-7)
    for t in grid(from: -0.5, through: 0.5) {
      let angle = 2 * Double.pi * Double(t)
      #expect(abs(Double(temper_sin_turns(t)) - Glibc.sin(angle)) <= 2e-7 && abs(Double(temper_cos_turns(t)) - Glibc.cos(angle)) <= 2e-7)
    }
  }

  private func expectOdd(_ f: (Float) -> Float, limit: Float) {
    #expect(f(.infinity) == limit && f(-.infinity) == -limit)
    #expect(f(.greatestFiniteMagnitude) == limit && f(-.greatestFiniteMagnitude) == -limit)
    #expect(f(.nan).isNaN)
    #expect(f(0) == 0 && f(-0.0) == 0)
    #expect(f(.leastNonzeroMagnitude) >= 0)
    for x: Float in [.leastNonzeroMagnitude, 0.1, 0.59, 0.61, 0.99, 1.01, 3, 9] { #expect(f(-x) == -f(x)) }
    for x in floats(from: 1e-6, through: 100, count: 20_000) { #expect(abs(f(x)) <= limit) }
  }

  @Test func roots() {
    #expect(temper_sqrt(2) == Float(2).squareRoot())
    #expect(temper_sqrt(-1).isNaN)
    #expect(temper_abs(-3) == 3 && temper_copysign(2, -1) == -2)
  }

  @Test func sums() {
    let x = (0..<1003).map { Float($0 % 17) - 8 }
    let y = (0..<1003).map { Float($0 % 5) }
    #expect(temper_sum(x, x.count) == x.reduce(0, +))
    #expect(temper_dot(x, y, x.count) == zip(x, y).reduce(0) { $0 + $1.0 * $1.1 })
    #expect(temper_square_sum(x, x.count) == x.reduce(0.0) { $0 + Double($1 * $1) })
    #expect(temper_squared_deviation(x, 0.5, x.count) == x.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) })
    #expect(temper_max(x, x.count) == 8)
    #expect(temper_sum(x, 0) == 0)
  }
}
