import Glibc

// The published schedules of dropout are plain schedules with the right ends.

extension ScalarSchedule {
  /// Early dropout (Liu et al. 2023): `numpy.linspace(rate, 0, steps)`, both ends included, then none.
  public static func earlyDropout(_ rate: Double, steps: Int) -> ScalarSchedule {
    ScalarSchedule(LinearCourse(from: rate, to: 0, over: .steps(max(1, steps - 1))))
  }

  /// Late dropout (Liu et al. 2023): none for `steps` steps, then `rate`.
  public static func lateDropout(_ rate: Double, after steps: Int) -> ScalarSchedule {
    ScalarSchedule(PiecewiseCourse([0, rate], at: [.steps(steps)]))
  }

  /// Curriculum dropout (Morerio et al. 2017): p(t) = (1 - keep)(1 - e^(-γ t)), from none towards 1 - `keep`.
  public static func curriculumDropout(keep: Double, gamma: Double) -> ScalarSchedule {
    ScalarSchedule(ExponentialCourse(from: 0, to: 1 - keep, factor: exp(-gamma), each: .steps(1)))
  }
}
