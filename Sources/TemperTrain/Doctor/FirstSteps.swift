/// The first steps of a training, which a check takes.
struct FirstSteps {
  /// The mean loss of each step whose rows had any weight.
  private(set) var losses: [Double] = []
  /// The number of steps taken.
  private(set) var count = 0
  /// Why training cannot continue; nil if it can.
  private(set) var divergence: Divergence?
  /// Whether the time ended before all steps were taken.
  private(set) var isCut = false

  /// Takes up to `steps` steps of `session` until `time` is over, of which it takes at least one. Training diverges as it does in a run:
  /// by what is not finite, and by a loss above `maxLossRatio` times the recent mean, if there is a limit.
  init(_ session: TrainingSession, steps: Int, _ time: Deadline, maxLossRatio: Double? = nil) {
    var recent = RecentLoss()
    do throws(Divergence) {
      for _ in 0..<steps {
        if count > 0, time.isOver {
          isCut = true
          break
        }
        let loss = try session.trainer.step().loss
        count += 1
        guard let loss else { continue }
        losses.append(loss)
        if let problem = maxLossRatio.flatMap({ recent.problem(of: loss, ratio: $0) }) {
          throw session.trainer.divergence(after: count, problem)
        }
        recent.add(loss)
      }
      try session.trainer.demandFinite()
    } catch {
      divergence = error
    }
  }
}
