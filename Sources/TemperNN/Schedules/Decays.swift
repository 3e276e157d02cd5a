import Glibc
import TemperJSON

// t is the step, n the length of the curve in steps. Curves between two values have the first at t = 0 and the second at t = n, one step
// after the last of a run, as PyTorch's schedulers do.

/// v = value.
public struct ConstantCurve: ScheduleCurve {
  private let value: Double

  /// A constant `value`.
  public init(_ value: Double) {
    self.value = value
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double { value }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let value = keys.start(c, "value", doc: "The value.")
    return { ConstantCurve(value($0)) }
  }
}

/// v = from + (to - from) min(1, t / n), as `torch.optim.lr_scheduler.LinearLR`.
public struct LinearCurve: ScheduleCurve {
  private let from: Double
  private let to: Double
  private let length: Span

  /// Linear from `from` to `to`.
  public init(from: Double, to: Double, over length: Span = .run) {
    (self.from, self.to, self.length) = (from, to, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    let share = length.share(step, of: run)
    return share == 1 ? to : from + (to - from) * share
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let (from, to, length) = (keys.start(c), keys.end(c), c.span())
    return { LinearCurve(from: from($0), to: to($0), over: length) }
  }
}

/// v = to + (from - to) (1 + cos(π min(1, t / n))) / 2 (Loshchilov and Hutter 2017, without restarts), as `CosineAnnealingLR` up to t = n.
public struct CosineCurve: ScheduleCurve {
  private let from: Double
  private let to: Double
  private let length: Span

  /// Half a cosine from `from` to `to`.
  public init(from: Double, to: Double, over length: Span = .run) {
    (self.from, self.to, self.length) = (from, to, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    to + (from - to) * (1 + cos(Double.pi * length.share(step, of: run))) / 2
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let (from, to, length) = (keys.start(c), keys.end(c), c.span())
    return { CosineCurve(from: from($0), to: to($0), over: length) }
  }
}

/// v = to + (from - to) (1 - min(1, t / n))^power, as `PolynomialLR`, whose `to` is 0.
public struct PolynomialCurve: ScheduleCurve {
  private let from: Double
  private let to: Double
  private let power: Double
  private let length: Span

  /// From `from` to `to` by a power of the remaining fraction.
  public init(from: Double, to: Double, power: Double, over length: Span = .run) {
    (self.from, self.to, self.power, self.length) = (from, to, power, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    to + (from - to) * pow(1 - length.share(step, of: run), power)
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let (from, to) = (keys.start(c), keys.end(c))
    let power = c.number("power", default: 2, in: .above(0), doc: "Exponent of the remaining fraction.")
    let length = c.span()
    return { PolynomialCurve(from: from($0), to: to($0), power: power, over: length) }
  }
}

/// v = to + (from - to) factor^(t / n): every n steps multiply the distance to `to` by `factor`, without end. `ExponentialLR` has n = 1 and
/// `to` = 0.
public struct ExponentialCurve: ScheduleCurve {
  private let from: Double
  private let to: Double
  private let factor: Double
  private let length: Span

  /// Exponential decay from `from` to `to`; `factor` is between 0 and 1.
  public init(from: Double, to: Double = 0, factor: Double, each length: Span) {
    (self.from, self.to, self.factor, self.length) = (from, to, factor, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    to + (from - to) * pow(factor, Double(step) / Double(max(1, length.steps(of: run))))
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let (from, to) = (keys.start(c), keys.end(c))
    let factor = c.number("factor", in: .above(0, below: 1), doc: "Factor applied to the distance to the limit once per length.")
    let length = c.span()
    return { ExponentialCurve(from: from($0), to: to($0), factor: factor, each: length) }
  }
}

/// v = from / √(1 + t / n): the inverse square root of Noam (Vaswani et al. 2017), where n is the length of the warm-up and t counts from
/// its end.
public struct InverseSquareRootCurve: ScheduleCurve {
  private let from: Double
  private let length: Span

  /// Decays from `from`, to half of it at t = 3 n.
  public init(from: Double, over length: Span) {
    (self.from, self.length) = (from, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    from / (1 + Double(step) / Double(max(1, length.steps(of: run)))).squareRoot()
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let (from, length) = (keys.start(c), c.span(isRequired: true))
    return { InverseSquareRootCurve(from: from($0), over: length) }
  }
}
