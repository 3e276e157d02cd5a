import TemperCore
import TemperJSON

/// A schedule curve: a value that depends on the step alone, so that any step can be queried in any order.
public protocol ScheduleCurve: Sendable {
  /// The value at `step`, from 0, of a run or part of a run of length `run`. Beyond the end it stays constant.
  func value(at step: Int, of run: RunLength) -> Double
}

/// The length of a run.
public struct RunLength: Sendable, Equatable {
  /// The number of steps.
  public let steps: Int
  /// The steps per epoch.
  public let stepsPerEpoch: Int

  /// A run of `steps` steps.
  public init(steps: Int, stepsPerEpoch: Int) {
    (self.steps, self.stepsPerEpoch) = (steps, stepsPerEpoch)
  }
}

/// A length in a schedule.
public enum Span: Sendable, Equatable {
  /// In steps.
  case steps(Int)
  /// In epochs, rounded to whole steps.
  case epochs(Double)
  /// As a fraction of the run, rounded to whole steps.
  case ratio(Double)
  /// The whole run, or the whole part of a joined schedule.
  case run

  /// The length in steps.
  public func steps(of run: RunLength) -> Int {
    switch self {
    case .steps(let steps): steps
    case .epochs(let epochs): Int(min(epochs * Double(run.stepsPerEpoch), 0x1p60).rounded())
    case .ratio(let ratio): Int((ratio * Double(run.steps)).rounded())
    case .run: run.steps
    }
  }

  /// The fraction of the length before `step`, from 0 to 1; 1 for a length of no steps.
  func share(_ step: Int, of run: RunLength) -> Double {
    let steps = steps(of: run)
    return step >= steps ? 1 : max(0, Double(step) / Double(steps))
  }
}

/// A number of a schedule in a config: fixed, or proportional to the learning rate, which is in another block.
struct Level: Sendable {
  var fixed = 0.0
  var perRate = 0.0

  /// The number for learning rate `rate`.
  func callAsFunction(_ rate: Double) -> Double { fixed + perRate * rate }
}

/// Makes a curve read from a config once the learning rate is known; schedules of other values ignore it.
typealias CurveMaker = @Sendable (_ rate: Double) -> any ScheduleCurve

/// The keys of a curve's end points in a config, and their bounds.
enum CurveKeys: Sendable {
  /// For the learning rate: from `optimizer.learning_rate` to `min_learning_rate`.
  case learningRate
  /// For part of a joined learning rate schedule: from `from` to `to`, as multiples of `optimizer.learning_rate`.
  case multiples
  /// For any other value: from `from` to `to`, which must lie within these bounds.
  case scalar(Bounds<Double>)

  /// The first value, which is required unless it is the learning rate.
  func start(_ c: FieldReader, _ key: String = "from", doc: String = "Initial value.") -> Level {
    if case .learningRate = self { return Level(perRate: 1) }
    return level(c, key, doc: doc)
  }

  /// The last value.
  func end(_ c: FieldReader) -> Level {
    guard case .learningRate = self else { return level(c, "to", doc: "Final value, or the limit.") }
    return Level(fixed: c.number("min_learning_rate", default: 0, in: 0..., doc: "Minimum learning rate."))
  }

  private func level(_ c: FieldReader, _ key: String, doc: String) -> Level {
    switch self {
    case .scalar(let bounds): Level(fixed: c.number(key, in: bounds, doc: doc))
    case .learningRate, .multiples: Level(perRate: c.number(key, in: 0..., doc: doc + " As a multiple of learning_rate."))
    }
  }

  /// Several values.
  func levels(_ c: FieldReader, _ key: String, doc: String) -> [Level] {
    switch self {
    case .scalar(let bounds): c.numbers(key, in: bounds, count: 1..., doc: doc).map { Level(fixed: $0) }
    case .learningRate, .multiples:
      c.numbers(key, in: 0..., count: 1..., doc: doc + " As multiples of learning_rate.").map { Level(perRate: $0) }
    }
  }
}

extension FieldReader {
  /// `steps` or `epochs`; where neither is given, the whole run, or an error if required. All curves share one wording, so that the table
  /// of keys has one row for them.
  func span(isRequired: Bool = false) -> Span {
    exclusive("steps", "epochs")
    let end = isRequired ? "" : "; by default the whole run"
    let steps = optionalInteger("steps", in: 1...1_000_000_000, doc: "Length in steps\(end).")
    let epochs = optionalNumber("epochs", in: .above(0, through: 1_000_000), doc: "Length in epochs, instead of steps.")
    if isRequired, !has("steps"), !has("epochs") {
      fail("steps", .missingKey, "missing; wants a whole number, or epochs instead")
    }
    return steps.map { .steps($0) } ?? epochs.map { .epochs($0) } ?? .run
  }
}
