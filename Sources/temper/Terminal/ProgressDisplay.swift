import TemperJSON
import TemperMetrics
import TemperTrain

/// Shows the progress of a run: a bar on a terminal, else a line for each evaluation.
final class ProgressDisplay {
  private let isInteractive = Terminal.isInteractive
  private let isQuiet: Bool
  private var start = ContinuousClock.now
  private var drawn = ContinuousClock.now
  private var isDrawn = false
  private var (total, perEpoch, rowsPerEpoch) = (1, 1, 0)
  /// The step that the run starts or resumes from.
  private var first = 0
  private var measure = RowMeasure(name: "rows", perRow: 1)
  private var loss: Double?
  private var latest: RunEvent.Progress?

  /// A display that shows only warnings if `isQuiet`.
  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
  }

  /// Shows an event of a run.
  func callAsFunction(_ event: RunEvent) {
    switch event {
    case .note(let text): if !isQuiet { line(text) }
    case .warning(let warning): line("\(Terminal.yellow("warning:")) \(warning)")
    case .part(let part): if !isQuiet { line("\(part.label) of \(part.count)") }
    case .started(let steps, let stepsTaken, let stepsPerEpoch, let rows, let measure):
      (total, perEpoch, rowsPerEpoch) = (steps, stepsPerEpoch, rows)
      self.measure = measure
      (start, loss, latest, first) = (.now, nil, nil, stepsTaken)
    case .stepped(let number, let step): stepped(number, step)
    case .evaluated(let progress): evaluated(progress)
    case .ended: break
    }
  }

  /// Clears the bar.
  func finish() {
    if isDrawn { Terminal.show("\r\u{1B}[K") }
    isDrawn = false
  }

  private func stepped(_ number: Int, _ step: Trainer.Step) {
    guard isInteractive, !isQuiet else { return }
    // A running mean: the loss of a single batch jumps.
    if let value = step.loss { loss = loss.map { 0.95 * $0 + 0.05 * value } ?? value }
    let now = ContinuousClock.now
    guard number == 1 || number == total || now - drawn > .milliseconds(100) else { return }
    drawn = now
    draw(number)
  }

  private func draw(_ number: Int) {
    let speed = speed(number)
    let length = 20
    let done = length * number / max(1, total)
    var text = "[" + String(repeating: "#", count: done) + String(repeating: ".", count: length - done) + "]"
    text += " \(number)/\(total)  epoch \(fixed(Double(number) / Double(perEpoch), 1))"
    if let loss { text += "  loss \(fixed(loss, 4))" }
    if let validation = latest?.validation {
      text += "  validation \(fixed(validation.loss, 4))\(Self.headline(validation))"
    }
    let perStep = Double(rowsPerEpoch * measure.perRow) / Double(perEpoch)
    text += "  \(grouped(Int(speed * perStep))) \(measure.name)/s" + timeLeft(after: number)
    Terminal.show("\r" + String(text.prefix(Terminal.width - 1)) + "\u{1B}[K")
    isDrawn = true
  }

  /// Steps a second so far, evaluations included.
  private func speed(_ number: Int) -> Double {
    Double(number - first) / max((ContinuousClock.now - start) / .seconds(1), 1e-9)
  }

  /// The time that the steps after step `number` take, unless the run stops early; empty before a speed is known.
  private func timeLeft(after number: Int) -> String {
    number > first && number < total ? "  \(Self.clock(Double(total - number) / speed(number))) left" : ""
  }

  private func evaluated(_ progress: RunEvent.Progress) {
    latest = progress
    guard !isQuiet, !isInteractive else { return }
    var text = "step \(progress.step)  epoch \(fixed(progress.epoch, 1))"
    if let loss = progress.trainLoss { text += "  loss \(fixed(loss, 4))" }
    if let validation = progress.validation {
      text += "  validation loss \(fixed(validation.loss, 4))\(Self.headline(validation))"
    }
    if let speed = progress.speed { text += "  \(grouped(Int(speed))) \(measure.name)/s" }
    line(text + timeLeft(after: progress.step) + (progress.isBest ? "  best" : ""))
    for sample in progress.samples { line(sample.prompt + sample.text) }
  }

  private func line(_ text: String) {
    finish()
    Terminal.printError(text)
  }

  /// The first metric after the loss.
  private static func headline(_ evaluation: Evaluation) -> String {
    evaluation.headline.map { "  \($0.name) \(fixed($0.value, 4))" } ?? ""
  }

  /// `1:05`, or `2:03:09` from an hour on.
  static func clock(_ seconds: Double) -> String {
    let seconds = Int(min(max(seconds, 0), 1e9))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return seconds >= 3600
      ? "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))" : "\(seconds / 60):\(two(seconds % 60))"
  }
}
