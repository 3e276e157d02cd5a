import TemperJSON

/// Makes a schedule read from a config once the learning rate is known.
typealias ScheduleMaker = @Sendable (_ rate: Double) -> ScalarSchedule

/// Every curve without parts: its name, a one-line description, and its reader.
private let simpleCurves: [(name: String, doc: String, read: @Sendable (FieldReader, CurveKeys) -> CurveMaker)] = [
  ("constant", "Constant value.", ConstantCurve.read),
  ("linear", "Linear from first to last value.", LinearCurve.read),
  ("cosine", "Cosine annealing.", CosineCurve.read),
  ("polynomial", "Polynomial decay.", PolynomialCurve.read),
  ("exponential", "Exponential decay.", ExponentialCurve.read),
  ("inverse_sqrt", "Inverse square root decay.", InverseSquareRootCurve.read),
  ("step", "Multiplied by a factor at regular intervals.", StepCurve.read),
  ("piecewise", "Piecewise constant.", PiecewiseCurve.read),
  ("one_cycle", "One-cycle policy: up to a peak and down again.", OneCycleCurve.read),
  ("warmup_stable_decay", "Stable phase, then decay.", WarmupStableDecayCurve.read),
  ("coslog", "Cycles from the last value to the peak and back, each twice as long as the one before.", CosLogCurve.read),
]

extension FieldReader {
  /// Part of a joined schedule.
  func curve(_ keys: CurveKeys) -> CurveMaker {
    variant(
      "type", doc: "Schedule type.",
      simpleCurves.map { curve in .init(curve.name, curve.doc) { curve.read($0, keys) } })
  }

  /// The schedule of the learning rate or of another value; `decays` for that of weight decay.
  func schedule(_ keys: CurveKeys, default standard: String?, metrics: [String], decays: Bool = false, doc: String) -> ScheduleMaker {
    let curves = simpleCurves + [("join", "Several schedules in sequence.", JoinedCurve.read)]
    var variants: [Variant<ScheduleMaker>] = curves.map { curve in
      .init(curve.name, curve.doc) { c in
        let maker = curve.read(c, keys)
        return { ScalarSchedule(maker($0)) }
      }
    }
    variants.append(
      .init("reduce_on_plateau", "Reduced when a metric stops improving.") { c in
        let maker = ReduceOnPlateau.read(c, keys, metrics: metrics)
        return { ScalarSchedule(maker($0)) }
      })
    if case .scalar(let bounds) = keys {
      variants.append(
        .init("feedback", "Controlled by the gap between training and validation loss.") { c in
          let controller = GapController.read(c, bounds)
          return { _ in ScalarSchedule(controller) }
        })
    }
    if decays {
      variants.append(
        .init("adaptive", "Weight decay only: in proportion to the gradient's norm over that of the weights (Ghiasi et al. 2023).") { c in
          let decay = AdaptiveDecay.read(c)
          return { _ in ScalarSchedule(decay) }
        })
    }
    guard let standard else { return variant("type", doc: doc, variants) }
    return variant("type", default: standard, doc: doc, variants)
  }

  /// A number or its schedule, such as `{"type": "linear", "from": 0, "to": 0.5, "epochs": 10}`. Every value in the config must lie in
  /// `range`; `metrics` are those that `reduce_on_plateau` may monitor.
  public func scalarOrSchedule(
    _ key: String, default defaultValue: Double, in range: some ValueRange<Double>, metrics: [String] = ["validation.loss"], doc: String
  ) -> ScalarSchedule {
    value(key, .scalarOrSchedule(in: range, metrics: metrics), default: .number(defaultValue), doc: doc)
  }

  /// The same for the strength of weight decay, which has the type `adaptive` more.
  public func decayOrSchedule(_ key: String, default defaultValue: Double, metrics: [String], doc: String) -> ScalarSchedule {
    value(key, .decayOrSchedule(metrics: metrics), default: .number(defaultValue), doc: doc)
  }
}

extension ValueReader<ScalarSchedule> {
  /// A number or its schedule; see `FieldReader.scalarOrSchedule`.
  public static func scalarOrSchedule(in range: some ValueRange<Double>, metrics: [String] = ["validation.loss"]) -> ValueReader {
    let bounds = range.bounds
    return number(in: bounds, or: schedule(in: bounds, metrics: metrics).named("schedule", as: schedule(in: .any, metrics: metrics)))
  }

  /// A strength of weight decay or its schedule; see `FieldReader.decayOrSchedule`.
  static func decayOrSchedule(metrics: [String]) -> ValueReader {
    let bounds = (0.0...).bounds
    return number(in: bounds, or: schedule(in: bounds, metrics: metrics, decays: true).named("decay_schedule"))
  }

  private static func number(in bounds: Bounds<Double>, or schedule: ValueReader) -> ValueReader {
    ValueReader<Either<Double, ScalarSchedule>>.either(.number(in: bounds), schedule).map { value in
      switch value {
      case .first(let number): ScalarSchedule(number)
      case .second(let schedule): schedule
      }
    }
  }

  private static func schedule(in bounds: Bounds<Double>, metrics: [String], decays: Bool = false) -> ValueReader {
    .object { c in c.schedule(.scalar(bounds), default: nil, metrics: metrics, decays: decays, doc: "Schedule type.")(0) }
  }
}

extension ScalarSchedule {
  /// Every key of a scalar schedule, with its type, default and description, for the tables in configs/KEYS.md.
  public static func table(metrics: [String]) -> [FieldRow] {
    FieldReader.table { c in c.schedule(.scalar(.any), default: nil, metrics: metrics, decays: true, doc: "Schedule type.") }
  }
}
