import TemperJSON

/// A schedule as read from a file, still to be told the learning rate.
typealias ScheduleMaker = @Sendable (_ rate: Double) -> ScalarSchedule

/// Every course that has no parts: its name, a line about it, and how it is read.
private let simpleCourses: [(name: String, doc: String, read: @Sendable (FieldReader, CourseKeys) -> CourseMaker)] = [
  ("constant", "It stays.", ConstantCourse.read),
  ("linear", "A straight line.", LinearCourse.read),
  ("cosine", "Half a cosine.", CosineCourse.read),
  ("polynomial", "A power of the share that is left.", PolynomialCourse.read),
  ("exponential", "Ever nearer, by the same factor each time.", ExponentialCourse.read),
  ("inverse_sqrt", "By the root of the steps.", InverseSquareRootCourse.read),
  ("step", "Multiplied by a factor time and again.", StepCourse.read),
  ("piecewise", "One value after the other.", PiecewiseCourse.read),
  ("one_cycle", "Up to a peak and down again.", OneCycleCourse.read),
  ("warmup_stable_decay", "Level, and down at the end.", WarmupStableDecayCourse.read),
]

extension FieldReader {
  /// A part of a joined schedule.
  func course(_ keys: CourseKeys) -> CourseMaker {
    variant(
      "type", doc: "How the value runs.",
      simpleCourses.map { course in .init(course.name, course.doc) { course.read($0, keys) } })
  }

  /// The learning rate's schedule, or that of another number.
  func schedule(_ keys: CourseKeys, default standard: String?, metrics: [String], doc: String) -> ScheduleMaker {
    let courses = simpleCourses + [("join", "Several schedules, one after the other.", JoinedCourse.read)]
    var variants: [Variant<ScheduleMaker>] = courses.map { course in
      .init(course.name, course.doc) { c in
        let maker = course.read(c, keys)
        return { ScalarSchedule(maker($0)) }
      }
    }
    variants.append(
      .init("reduce_on_plateau", "Down when a metric stops improving.") { c in
        let maker = ReduceOnPlateau.read(c, keys, metrics: metrics)
        return { ScalarSchedule(maker($0)) }
      })
    if case .scalar(let bounds) = keys {
      variants.append(
        .init("feedback", "Up while the gap between training and validation loss is wide, down while it is narrow.") { c in
          let feedback = Feedback.read(c, bounds)
          return { _ in ScalarSchedule(feedback) }
        })
    }
    guard let standard else { return variant("type", doc: doc, variants) }
    return variant("type", default: standard, doc: doc, variants)
  }

  /// A number or a schedule of it, such as `{"type": "linear", "from": 0, "to": 0.5, "epochs": 10}`. Every value that the file names must lie
  /// in `range`; `metrics` are what `reduce_on_plateau` may watch.
  public func scalarOrSchedule(
    _ key: String, default defaultValue: Double, in range: some ValueRange<Double>, metrics: [String] = ["validation.loss"], doc: String
  ) -> ScalarSchedule {
    value(key, .scalarOrSchedule(in: range, metrics: metrics), default: .number(defaultValue), doc: doc)
  }
}

extension ValueReader<ScalarSchedule> {
  /// A number or a schedule of it; see `FieldReader.scalarOrSchedule`.
  public static func scalarOrSchedule(in range: some ValueRange<Double>, metrics: [String] = ["validation.loss"]) -> ValueReader {
    let bounds = range.bounds
    let schedule = schedule(in: bounds, metrics: metrics).named("schedule", as: schedule(in: .any, metrics: metrics))
    return ValueReader<Either<Double, ScalarSchedule>>.either(.number(in: bounds), schedule).map { value in
      switch value {
      case .first(let number): ScalarSchedule(number)
      case .second(let schedule): schedule
      }
    }
  }

  private static func schedule(in bounds: Bounds<Double>, metrics: [String]) -> ValueReader {
    .object { c in c.schedule(.scalar(bounds), default: nil, metrics: metrics, doc: "How the value runs.")(0) }
  }
}

extension ScalarSchedule {
  /// Every key of a schedule of a number, with its type, default and meaning, for the tables in configs/KEYS.md.
  public static func table(metrics: [String]) -> [FieldRow] {
    FieldReader.table { c in c.schedule(.scalar(.any), default: nil, metrics: metrics, doc: "How the value runs.") }
  }
}
