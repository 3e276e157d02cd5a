import TemperJSON
import TemperSweep
import TemperTrain

/// The progress of a sweep: a line for each trial that has ended, and on a terminal a last line that is kept up to date.
final class SweepDisplay {
  private let isQuiet: Bool
  private let isLive = Terminal.isInteractive
  private var isDrawn = false

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func callAsFunction(_ progress: SweepProgress) {
    if isQuiet { return }
    for trial in progress.ended {
      let result = trial.value.map { fixed($0, 4) } ?? trial.reason ?? ""
      line("trial \(trial.number): \(trial.state) \(result) \(trial.settings)".printable())
    }
    guard isLive else { return }
    let done = progress.complete + progress.pruned + progress.failed
    var parts = ["\(done) of \(progress.total)"]
    if let best = progress.best { parts.append("best \(fixed(best.value, 4)) (trial \(best.number))") }
    for (count, name) in [(progress.running, "running"), (progress.pruned, "pruned"), (progress.failed, "failed")] where count > 0 {
      parts.append("\(count) \(name)")
    }
    if let left = progress.secondsLeft, done < progress.total { parts.append("\(ProgressDisplay.clock(left)) left") }
    Terminal.show("\r" + String(parts.joined(separator: "  ").prefix(Terminal.width - 1)) + "\u{1B}[K")
    isDrawn = true
  }

  /// Clears the last line.
  func finish() {
    if isDrawn { Terminal.show("\r\u{1B}[K") }
    isDrawn = false
  }

  private func line(_ text: String) {
    finish()
    Terminal.printError(text)
  }
}
