import Glibc
import TemperCore
import TemperJSON

/// v = from · factor^⌊t / n⌋, as `torch.optim.lr_scheduler.StepLR`.
public struct StepCurve: ScheduleCurve {
  private let from: Double
  private let factor: Double
  private let length: Span

  /// Starts at `from` and is multiplied by `factor` every `length`.
  public init(from: Double, factor: Double, every length: Span) {
    (self.from, self.factor, self.length) = (from, factor, length)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    from * pow(factor, Double(step / max(1, length.steps(of: run))))
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let from = keys.start(c)
    let factor = c.number("factor", default: 0.1, in: 0...1, doc: "Multiplicative decay factor (gamma).")
    let length = c.span(isRequired: true)
    return { StepCurve(from: from($0), factor: factor, every: length) }
  }
}

/// v = values[i], where i is the number of boundaries at or before t, as `MultiStepLR` or `piecewise_constant_schedule` with arbitrary
/// values.
/// values.
public struct PiecewiseCurve: ScheduleCurve {
  private let values: [Double]
  private let boundaries: [Span]

  /// The first of `values` until the first of `boundaries`, then the second, and so on; needs one more value than boundaries, which
  /// increase.
  public init(_ values: [Double], at boundaries: [Span]) {
    precondition(values.count == boundaries.count + 1, "PiecewiseCurve: wants one value more than boundaries")
    (self.values, self.boundaries) = (values, boundaries)
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    values[boundaries.count { $0.steps(of: run) <= step }]
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let values = keys.levels(c, "values", doc: "Values of the pieces.")
    c.exclusive("at_steps", "at_epochs")
    let steps = c.optionalIntegers("at_steps", in: 1...1_000_000_000, doc: "Steps at which the value changes.")
    let epochs = c.optionalNumbers("at_epochs", in: .above(0, through: 1_000_000), doc: "The same in epochs, instead of steps.")
    let key = steps == nil && epochs != nil ? "at_epochs" : "at_steps"
    let places = steps.map { $0.map(Double.init) } ?? epochs ?? []
    if zip(places, places.dropFirst()).contains(where: >=) {
      c.fail(key, .invalidValue, "must rise from one value to the next")
    } else if places.count + 1 != values.count {
      c.fail(
        "values", .invalidValue, "has \(values.count) for \(places.count) boundaries; wants one value more than boundaries",
        with: ["at_steps", "at_epochs"])
    }
    // Errors leave lengths that do not match; the curve is not used then.
    let boundaries = (steps?.map { Span.steps($0) } ?? epochs?.map { .epochs($0) } ?? []).prefix(values.count - 1)
    return { rate in PiecewiseCurve(values.prefix(boundaries.count + 1).map { $0(rate) }, at: Array(boundaries)) }
  }
}

/// Curves in sequence, each counting its own steps from 0, as `torch.optim.lr_scheduler.SequentialLR`.
public struct JoinedCurve: ScheduleCurve {
  private let parts: [(curve: any ScheduleCurve, length: Span)]

  /// The curves of `parts` in sequence; the last one's length determines what `run` means to it, and where it becomes constant.
  public init(_ parts: [(curve: any ScheduleCurve, length: Span)]) {
    precondition(!parts.isEmpty, "JoinedCurve: wants a part")
    self.parts = parts
  }

  /// See ``ScheduleCurve``.
  public func value(at step: Int, of run: RunLength) -> Double {
    var start = 0
    for (index, part) in parts.enumerated() {
      // A part without a length gets the rest of the run.
      let steps = part.length == .run ? max(0, run.steps - start) : part.length.steps(of: run)
      if step < start + steps || index == parts.count - 1 {
        return part.curve.value(at: step - start, of: RunLength(steps: steps, stepsPerEpoch: run.stepsPerEpoch))
      }
      start += steps
    }
    return 0
  }

  static func read(_ c: FieldReader, _ keys: CurveKeys) -> CurveMaker {
    let (inner, common): (CurveKeys, CurveKeys) = if case .scalar = keys { (keys, .scalar(.any)) } else { (.multiples, .multiples) }
    let name = if case .scalar = keys { "part" } else { "part_of_learning_rate" }
    let reader = ValueReader.object { $0.curve(inner) }.named(name, as: .object { $0.curve(common) })
    let parts = c.objects("parts", count: 1..., doc: "Schedules in sequence.") { c in
      let curve = c.value("schedule", reader, doc: "A schedule that does not depend on metrics.")
      return (curve: curve, length: c.span())
    }
    if let open = parts.dropLast().firstIndex(where: { $0.length == .run }) {
      c.fail("parts", .invalidValue, "part \(open) needs steps or epochs; only the last part may go on to the end of the run")
    }
    return { rate in JoinedCurve(parts.map { ($0.curve(rate), $0.length) }) }
  }
}
