import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// Estimates the time and memory of the whole run from a few steps and an evaluation.
enum CostCheck: DoctorCheck {
  static let name = "cost"
  static let doc = "the time and memory of the whole run, from a few steps"

  /// The number of steps that are not timed, and of those that are.
  private static let (warmSteps, timedSteps) = (3, 30)
  /// The seconds after which no further step is timed.
  private static let longest = 1.0

  static func run(_ subject: DoctorSubject, _ time: Deadline) throws(Diagnostics) -> DoctorCheckResult {
    let (session, config) = (try subject.newSession(), subject.file.config)
    let trainer = session.trainer
    var times: [Double] = []
    for step in 0..<min(warmSteps + timedSteps, max(2, trainer.totalSteps)) {
      if !times.isEmpty, time.isOver || times.reduce(0, +) > longest { break }
      let start = ContinuousClock.now
      do {
        _ = try trainer.step()
      } catch {
        return DoctorCheckResult([], summary: "", extent: .partial("training diverged: \(error)"))
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      if step >= warmSteps || times.isEmpty { times.append(seconds) }
    }
    let step = times.sorted()[times.count / 2]
    let first: FirstEvaluation
    do { first = try subject.firstEvaluation(time) } catch { return .outOfTime }
    let isEvaluated = first.split == .validation
    let evaluation = isEvaluated ? first.seconds : 0
    let evaluations = trainer.totalSteps / max(1, config.train.evalEvery.steps(perEpoch: trainer.stepsPerEpoch)) + 1
    let runs = config.data.folds.map { $0.fold == nil ? $0.count : 1 } ?? 1
    let total = Double(runs) * (Double(trainer.totalSteps) * step + Double(evaluations) * evaluation)
    var result = DoctorCheckResult(
      [],
      summary: "at most \(duration(total)) for \(grouped(trainer.totalSteps)) steps of \(fixed(1000 * step, 2)) ms"
        + (isEvaluated ? " and \(counted(evaluations, "evaluation")) of \(fixed(1000 * evaluation, 1)) ms" : "")
        + (runs > 1 ? ", \(runs) times" : "") + "; \(MemoryLimit.text(Machine.peakMemory)) of memory")
    result.measured = [
      ("seconds", .number(total)), ("steps", .integer(trainer.totalSteps)), ("step_seconds", .number(step)),
      ("evaluation_seconds", .number(evaluation)), ("peak_bytes", .integer(Machine.peakMemory)),
    ]
    return result
  }

  /// A duration in a convenient unit.
  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(fixed(seconds, seconds < 10 ? 2 : 1)) s"
    case ..<5400: "\(fixed(seconds / 60, 1)) min"
    default: "\(fixed(seconds / 3600, 1)) h"
    }
  }
}
