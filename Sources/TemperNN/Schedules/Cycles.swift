import Glibc
import TemperCore
import TemperJSON

/// The one-cycle policy (Smith and Topin 2018), as `torch.optim.lr_scheduler.OneCycleLR` with cosines and two phases: from peak /
/// div_factor to the peak at t = pct_start · n - 1, then down to peak / (div_factor · final_div_factor) at the last step, t = n - 1.
public struct OneCycleCurve: ScheduleCurve {
  private let peak: Double
  private let rise: Double
  private let divisor: Double
  private let finalDivisor: Double
  private let length: Span

  /// One cycle; the defaults are PyTorch's.
  public init(peak: Double, rise: Double = 0.3, divisor: Double = 25, finalDivisor: Double = 1e4, over length: Span = .run) {
    (self.peak, self.rise, self.divisor, self.finalDivisor, self.length) = (peak, rise, divisor, finalDivisor, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    let last = Double(length.steps(of: run)) - 1
    let top = rise * (last + 1) - 1
    let (t, first) = (min(Double(step), last), peak / divisor)
    if t <= top { return cosine(first, peak, top > 0 ? t / top : 1) }
    return cosine(peak, first / finalDivisor, last > top ? (t - top) / (last - top) : 1)
  }

  private func cosine(_ from: Double, _ to: Double, _ share: Double) -> Double {
    to + (from - to) / 2 * (1 + cos(Double.pi * share))
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let peak = keys.start(c, "peak", doc: "Peak value.")
    let rise = c.number("pct_start", default: 0.3, in: .above(0, below: 1), doc: "Fraction of the cycle in which the value rises.")
    let divisor = c.number("div_factor", default: 25, in: 1..., doc: "Ratio of the peak to the initial value.")
    let finalDivisor = c.number("final_div_factor", default: 1e4, in: 1..., doc: "Ratio of the initial to the final value.")
    let length = c.span()
    return { OneCycleCurve(peak: peak($0), rise: rise, divisor: divisor, finalDivisor: finalDivisor, over: length) }
  }
}

/// Cycles of a cosine, each twice as long as the one before, as RealMLP has four (Holzmüller et al. 2024, "coslog4"):
/// v = to + (peak - to) (1 - cos(2π log₂(1 + (2^cycles - 1) min(1, t / n)))) / 2, which is `to` at the start and the end of each.
public struct CosLogCurve: ScheduleCurve {
  private let peak: Double
  private let to: Double
  private let cycles: Int
  private let length: Span

  /// Cycles between `to` and `peak`.
  public init(peak: Double, to: Double = 0, cycles: Int = 4, over length: Span = .run) {
    (self.peak, self.to, self.cycles, self.length) = (peak, to, cycles, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    let turns = log2(1 + (exp2(Double(cycles)) - 1) * length.share(step, of: run))
    return to + (peak - to) * (1 - cos(2 * Double.pi * turns)) / 2
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let (peak, to) = (keys.start(c, "peak", doc: "Peak value."), keys.end(c))
    let cycles = c.integer("cycles", default: 4, in: 1...30, doc: "Number of cycles.")
    let length = c.span()
    return { CosLogCurve(peak: peak($0), to: to($0), cycles: cycles, over: length) }
  }
}

/// Warm-up, stable phase, decay (Hu et al. 2024; Hägele et al. 2024). With u = warmup · n and d = decay · n: v = from + (peak - from) t / u
/// for t < u, the peak until t = n - d, then to + (peak - to) f((t - n + d) / d), where f(s) is 1 - s, (1 + cos(π s)) / 2 or 1 - √s.
public struct WarmupStableDecayCurve: ScheduleCurve {
  /// The shape of the decay. The raw value is the name in a config.
  public enum Shape: String, CaseIterable, Sendable {
    /// Linear.
    case linear
    /// Half a cosine.
    case cosine
    /// 1 - √s.
    case sqrt
  }

  private let from: Double
  private let peak: Double
  private let to: Double
  private let warmup: Double
  private let decay: Double
  private let shape: Shape
  private let length: Span

  /// A trapezium; `warmup` and `decay` are fractions of its length.
  public init(
    from: Double = 0, peak: Double, to: Double = 0, warmup: Double, decay: Double, shape: Shape = .linear, over length: Span = .run
  ) {
    (self.from, self.peak, self.to, self.warmup, self.decay) = (from, peak, to, warmup, decay)
    (self.shape, self.length) = (shape, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    let (t, n) = (Double(step), Double(length.steps(of: run)))
    let (up, down) = (warmup * n, decay * n)
    if t < up { return from + (peak - from) * t / up }
    if t < n - down { return peak }
    let share = t < n ? (t - n + down) / down : 1
    let left =
      switch shape {
      case .linear: 1 - share
      case .cosine: (1 + cos(Double.pi * share)) / 2
      case .sqrt: 1 - share.squareRoot()
      }
    return to + (peak - to) * left
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    // The learning rate has a warm-up before any schedule; this one is for other values.
    let (from, warmup): (Level, Double) =
      if case .learningRate = keys {
        (Level(), 0)
      } else {
        (keys.start(c), c.number("warmup_ratio", default: 0.1, in: 0...1, doc: "Fraction in which the value rises."))
      }
    let peak = keys.start(c, "peak", doc: "Peak value.")
    let to = keys.end(c)
    let decay = c.number("decay_ratio", default: 0.2, in: 0...1, doc: "Fraction at the end in which the value decays.")
    let shape = c.choice("decay_shape", default: Shape.linear, doc: "Shape of the decay; `sqrt` is 1 - √s.")
    let length = c.span()
    if warmup + decay > 1 {
      c.fail("decay_ratio", .invalidValue, "and warmup_ratio add up to more than 1", with: ["warmup_ratio"])
    }
    return { WarmupStableDecayCurve(from: from($0), peak: peak($0), to: to($0), warmup: warmup, decay: decay, shape: shape, over: length) }
  }
}
