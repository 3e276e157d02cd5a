import Glibc
import TemperJSON

// The published dropout schedules are ordinary schedules with suitable end points, which depend on the length of the run.

extension ScalarSchedule {
  /// Early dropout (Liu et al. 2023): `numpy.linspace(rate, 0, cutoff)` over the steps of `cutoff`, both ends included, then 0.
  public static func earlyDropout(_ rate: Double, cutoff: Span) -> ScalarSchedule {
    ScalarSchedule(EarlyCurve(rate: rate, cutoff: cutoff))
  }

  /// Late dropout (Liu et al. 2023): 0 up to `cutoff`, then `rate`.
  public static func lateDropout(_ rate: Double, cutoff: Span) -> ScalarSchedule {
    ScalarSchedule(PiecewiseCurve([0, rate], at: [cutoff]))
  }

  /// Curriculum dropout (Morerio et al. 2017): p(t) = rate (1 - e^(-γ t)) at step t, from 0 towards `rate`, which is 1 - the paper's keep
  /// probability; the default `gamma` is 10 / the steps of the run.
  public static func curriculumDropout(_ rate: Double, gamma: Double? = nil) -> ScalarSchedule {
    ScalarSchedule(CurriculumCurve(rate: rate, gamma: gamma))
  }
}

private struct EarlyCurve: ScheduleCurve {
  let rate: Double
  let cutoff: Span

  func value(at step: Int, of run: RunLength) -> Double {
    LinearCurve(from: rate, to: 0, over: .steps(max(1, cutoff.steps(of: run) - 1))).value(at: step, of: run)
  }
}

private struct CurriculumCurve: ScheduleCurve {
  let rate: Double
  let gamma: Double?

  func value(at step: Int, of run: RunLength) -> Double {
    let gamma = gamma ?? 10 / Double(max(1, run.steps))
    return ExponentialCurve(from: 0, to: rate, factor: exp(-gamma), each: .steps(1)).value(at: step, of: run)
  }
}

extension FieldReader {
  /// Where early dropout ends and late dropout begins. Liu et al. use 50 of 300 epochs.
  func dropoutCutoff() -> Span {
    exclusive("cutoff_steps", "cutoff_epochs")
    let steps = optionalInteger(
      "cutoff_steps", in: 1...1_000_000_000,
      doc: "Step at which early dropout ends, or late dropout begins; by default after a sixth of the run.")
    let epochs = optionalNumber("cutoff_epochs", in: .above(0, through: 1_000_000), doc: "Cutoff in epochs, instead of steps.")
    return steps.map { .steps($0) } ?? epochs.map { .epochs($0) } ?? .ratio(1.0 / 6)
  }
}
