import Glibc
import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// Every curve against PyTorch's scheduler of the same kind, or its formula.
@Suite struct ScheduleCurveTests {
  static let tolerance = Tolerance(absolute: 1e-12, relative: 1e-9)

  static let torch: [(name: String, curve: any ScheduleCurve)] = [
    ("LinearLR_to_.2_total_12", LinearCurve(from: 0.5, to: 0.1, over: .steps(12))),
    ("CosineAnnealingLR_T_max_12_eta_min_.05", CosineCurve(from: 0.5, to: 0.05, over: .steps(12))),
    ("ExponentialLR_.9", ExponentialCurve(from: 0.5, factor: 0.9, each: .steps(1))),
    ("StepLR_3_.5", StepCurve(from: 0.5, factor: 0.5, every: .steps(3))),
    ("MultiStepLR_2_5_11_.1", PiecewiseCurve([0.5, 0.05, 0.005, 0.0005], at: [.steps(2), .steps(5), .steps(11)])),
    ("PolynomialLR_12_power_3", PolynomialCurve(from: 0.5, to: 0, power: 3, over: .steps(12))),
    ("OneCycleLR_20", OneCycleCurve(peak: 0.5, over: .steps(20))),
    ("OneCycleLR_17_pct_.45_div_10_final_100", OneCycleCurve(peak: 0.5, rise: 0.45, divisor: 10, finalDivisor: 100, over: .steps(17))),
    (
      "SequentialLR_constant_5_linear_8_exponential",
      JoinedCurve([
        (ConstantCurve(0.25), .steps(5)), (LinearCurve(from: 0.5, to: 0.1), .steps(8)),
        (ExponentialCurve(from: 0.5, factor: 0.9, each: .steps(1)), .run),
      ])
    ),
  ]

  static let formulas: [(name: String, curve: any ScheduleCurve)] = [
    ("inverse_sqrt_10", InverseSquareRootCurve(from: 0.5, over: .steps(10))),
    ("wsd_linear", WarmupStableDecayCurve(from: 0.1, peak: 1, to: 0.2, warmup: 0.2, decay: 0.4)),
    ("wsd_cosine", WarmupStableDecayCurve(from: 0.1, peak: 1, to: 0.2, warmup: 0.2, decay: 0.4, shape: .cosine)),
    ("wsd_sqrt", WarmupStableDecayCurve(from: 0.1, peak: 1, to: 0.2, warmup: 0.2, decay: 0.4, shape: .sqrt)),
    ("flat_cosine", WarmupStableDecayCurve(peak: 0.5, warmup: 0, decay: 0.5, shape: .cosine)),
    ("coslog_4", CosLogCurve(peak: 0.5)),
    ("coslog_2_over_12_to_.1", CosLogCurve(peak: 0.5, to: 0.1, cycles: 2, over: .steps(12))),
  ]

  @Test(arguments: ["torch", "formula"]) func goldens(table: String) throws {
    let golden = try #require(try Goldens.json("schedules.json")[table]?.members)
    let curves = table == "torch" ? Self.torch : Self.formulas
    #expect(golden.map(\.name) == curves.map(\.name))
    for (record, (name, curve)) in zip(golden, curves) {
      let expected = try #require(record.value["values"]?.numbers)
      let values = expected.indices.map { curve.value(at: $0, of: RunLength(steps: 20, stepsPerEpoch: 5)) }
      #expect(mismatch(values, expected, Self.tolerance) == nil, "\(name)")
    }
  }

  @Test(arguments: ["early", "early_1", "late", "curriculum"]) func dropout(name: String) throws {
    let golden = try #require(try Goldens.json("schedules.json")["dropout"]?[name])
    let expected = try #require(golden["values"]?.numbers)
    let schedule: ScalarSchedule =
      if name == "curriculum" {
        .curriculumDropout(1 - (try #require(golden["keep"]?.number)), gamma: try #require(golden["gamma"]?.number))
      } else if name == "late" {
        .lateDropout(try #require(golden["rate"]?.number), cutoff: .steps(try #require(golden["steps"]?.integer)))
      } else {
        .earlyDropout(try #require(golden["rate"]?.number), cutoff: .steps(try #require(golden["steps"]?.integer)))
      }
    let values = expected.indices.map { schedule.value(step: $0, totalSteps: expected.count, stepsPerEpoch: 2) }
    #expect(mismatch(values, expected, Self.tolerance) == nil)
  }

  /// Their ends depend on the length of the run, where nothing else is said.
  @Test func dropoutOfAnyLength() {
    func values(_ schedule: ScalarSchedule, _ steps: [Int]) -> [Double] {
      steps.map { schedule.value(step: $0, totalSteps: 36, stepsPerEpoch: 6) }
    }
    #expect(mismatch(values(.earlyDropout(0.5, cutoff: .ratio(1.0 / 6)), [0, 1, 5, 6]), [0.5, 0.4, 0, 0], Self.tolerance) == nil)
    #expect(mismatch(values(.earlyDropout(0.5, cutoff: .epochs(2)), [0, 1, 11]), [0.5, 0.5 * 10 / 11, 0], Self.tolerance) == nil)
    #expect(values(.lateDropout(0.5, cutoff: .ratio(1.0 / 6)), [0, 5, 6, 35]) == [0, 0, 0.5, 0.5])
    #expect(values(.lateDropout(0.5, cutoff: .epochs(1.5)), [8, 9]) == [0, 0.5])
    let curriculum = values(.curriculumDropout(0.5), [0, 18, 36])
    #expect(mismatch(curriculum, [0, 0.5 * (1 - exp(-5.0)), 0.5 * (1 - exp(-10.0))], Self.tolerance) == nil)
  }

  /// A last step is a last step: nothing goes wrong before, at and after the end of the shortest runs.
  @Test func theShortestRunsAreFinite() {
    for (name, curve) in Self.torch + Self.formulas + [("run", OneCycleCurve(peak: 1)), ("run", LinearCurve(from: 1, to: 0))] {
      for total in 1...3 {
        let values = (0...4).map { curve.value(at: $0, of: RunLength(steps: total, stepsPerEpoch: 1)) }
        #expect(values.allSatisfy { $0.isFinite && $0 >= 0 }, "\(name)")
      }
    }
  }

  @Test func lengthsInEpochsAreRoundedToSteps() {
    let run = RunLength(steps: 100, stepsPerEpoch: 7)
    #expect(Span.epochs(1.5).steps(of: run) == 11 && Span.steps(3).steps(of: run) == 3 && Span.run.steps(of: run) == 100)
    #expect(Span.ratio(0.125).steps(of: run) == 13)
  }
}
