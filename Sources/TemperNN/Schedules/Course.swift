import TemperCore
import TemperJSON

/// How a number runs over the steps: a function of the step alone, so that it can be asked for any step in any order.
public protocol Course: Sendable {
  /// The value at `step`, counted from 0, of a run or part of a run that is as long as `run` says. Beyond the end it stays as it is there.
  func value(at step: Int, of run: RunLength) -> Double
}

/// How long a run is.
public struct RunLength: Sendable, Equatable {
  /// Its steps.
  public let steps: Int
  /// The steps of an epoch.
  public let stepsPerEpoch: Int

  /// A run of `steps` steps.
  public init(steps: Int, stepsPerEpoch: Int) {
    (self.steps, self.stepsPerEpoch) = (steps, stepsPerEpoch)
  }
}

/// A stretch of steps in a schedule.
public enum Span: Sendable, Equatable {
  /// This many steps.
  case steps(Int)
  /// This many epochs, rounded to whole steps.
  case epochs(Double)
  /// This share of the run, rounded to whole steps.
  case ratio(Double)
  /// The whole run, or the whole part of a joined schedule.
  case run

  /// The stretch in steps.
  public func steps(of run: RunLength) -> Int {
    switch self {
    case .steps(let steps): steps
    case .epochs(let epochs): Int(min(epochs * Double(run.stepsPerEpoch), 0x1p60).rounded())
    case .ratio(let ratio): Int((ratio * Double(run.steps)).rounded())
    case .run: run.steps
    }
  }

  /// Which share of the stretch lies before `step`, from 0 to 1; a stretch of no steps is over at once.
  func share(_ step: Int, of run: RunLength) -> Double {
    let steps = steps(of: run)
    return step >= steps ? 1 : max(0, Double(step) / Double(steps))
  }
}

/// The numbers of a schedule as a file gives them: fixed, or in proportion to the learning rate, which stands in another block.
struct Level: Sendable {
  var fixed = 0.0
  var perRate = 0.0

  /// The number where the learning rate is `rate`.
  func callAsFunction(_ rate: Double) -> Double { fixed + perRate * rate }
}

/// A course as read from a file, still to be told the learning rate; schedules of other numbers do not look at it.
typealias CourseMaker = @Sendable (_ rate: Double) -> any Course

/// What the ends of a course are called in a file, and what they may be.
enum CourseKeys: Sendable {
  /// Of the learning rate: from `optimizer.learning_rate` to `min_learning_rate`.
  case learningRate
  /// Of a part of a joined schedule of the learning rate: from `from` to `to`, in multiples of `optimizer.learning_rate`.
  case multiples
  /// Of any other number: from `from` to `to`, which must lie in these bounds.
  case scalar(Bounds<Double>)

  /// A number that must be given, unless it is the learning rate.
  func start(_ c: FieldReader, _ key: String = "from", doc: String = "First value.") -> Level {
    if case .learningRate = self { return Level(perRate: 1) }
    return level(c, key, doc: doc)
  }

  /// Where the course ends.
  func end(_ c: FieldReader) -> Level {
    guard case .learningRate = self else { return level(c, "to", doc: "Last value, or the one approached.") }
    return Level(fixed: c.number("min_learning_rate", default: 0, in: 0..., doc: "Where the learning rate ends."))
  }

  private func level(_ c: FieldReader, _ key: String, doc: String) -> Level {
    switch self {
    case .scalar(let bounds): Level(fixed: c.number(key, in: bounds, doc: doc))
    case .learningRate, .multiples: Level(perRate: c.number(key, in: 0..., doc: doc + " A multiple of learning_rate."))
    }
  }

  /// Several numbers.
  func levels(_ c: FieldReader, _ key: String, doc: String) -> [Level] {
    switch self {
    case .scalar(let bounds): c.numbers(key, in: bounds, count: 1..., doc: doc).map { Level(fixed: $0) }
    case .learningRate, .multiples:
      c.numbers(key, in: 0..., count: 1..., doc: doc + " Multiples of learning_rate.").map { Level(perRate: $0) }
    }
  }
}

extension FieldReader {
  /// `steps` or `epochs`; where neither is given, the whole run, or an error where that would make no sense. One wording for all courses
  /// makes one row of them in the table of keys.
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
