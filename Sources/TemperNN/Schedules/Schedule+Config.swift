import TemperJSON

/// Makes a schedule read from a config once the learning rate is known.
typealias ScheduleMaker = @Sendable (_ rate: Double) -> ScalarSchedule

/// Every curve without parts: its name, a one-line description, and its reader.
private let simpleCourses: [(name: String, doc: String, read: @Sendable (FieldReader, CourseKeys) -> CourseMaker)] = [
  ("constant", "Constant value.", ConstantCourse.read),
  ("linear", "Linear from first to last value.", LinearCourse.read),
  ("cosine", "Cosine annealing.", CosineCourse.read),
  ("polynomial", "Polynomial decay.", PolynomialCourse.read),
  ("exponential", "Exponential decay.", ExponentialCourse.read),
  ("inverse_sqrt", "Inverse square root decay.", InverseSquareRootCourse.read),
  ("step", "Multiplied by a factor at regular intervals.", StepCourse.read),
  ("piecewise", "Piecewise constant.", PiecewiseCourse.read),
  ("one_cycle", "One-cycle policy: up to a peak and down again.", OneCycleCourse.read),
  ("warmup_stable_decay", "Stable phase, then decay.", WarmupStableDecayCourse.read),
]

extension FieldReader {
  /// Part of a joined schedule.
  func course(_ keys: CourseKeys) -> CourseMaker {
    variant(
      "type", doc: "Schedule type.",
      simpleCourses.map { course in .init(course.name, course.doc) { course.read($0, keys) } })
  }

  /// The schedule of the learning rate or of another value.
  func schedule(_ keys: CourseKeys, default standard: String?, metrics: [String], doc: String) -> ScheduleMaker {
    let courses = simpleCourses + [("join", "Several schedules in sequence.", JoinedCourse.read)]
    var variants: [Variant<ScheduleMaker>] = courses.map { course in
      .init(course.name, course.doc) { c in
        let maker = course.read(c, keys)
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
        .init("feedback", "Raised while the gap between training and validation loss is above a target, else lowered.") { c in
          let feedback = Feedback.read(c, bounds)
          return { _ in ScalarSchedule(feedback) }
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
}

extension ValueReader<ScalarSchedule> {
  /// A number or its schedule; see `FieldReader.scalarOrSchedule`.
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
    .object { c in c.schedule(.scalar(bounds), default: nil, metrics: metrics, doc: "Schedule type.")(0) }
  }
}

extension ScalarSchedule {
  /// Every key of a scalar schedule, with its type, default and description, for the tables in configs/KEYS.md.
  public static func table(metrics: [String]) -> [FieldRow] {
    FieldReader.table { c in c.schedule(.scalar(.any), default: nil, metrics: metrics, doc: "Schedule type.") }
  }
}
