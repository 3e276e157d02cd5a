import TemperJSON

/// Writes TensorBoard event files with every number of metrics.jsonl, if `log.tensorboard` asks for them. They hold the time, so they are no results.
///
/// A resumed run appends a record that it starts again, by which TensorBoard drops what came after the checkpoint.
final class TensorBoardLog: Callback {
  static let name = "tensorboard"

  private var file: EventFile?
  private var tags: Set<String> = []

  init?(_ run: RunHandle) {
    guard run.config.log.tensorboard, !run.options.isTrial else { return nil }
  }

  func beforeTraining(_ run: RunHandle) throws(Diagnostics) {
    let file = try EventFile(run.directory, in: RunDirectory.tensorBoardName)
    // What is of the checkpoint's step counts: its evaluation came before it.
    try file.append(EventMessage.start(at: EventFile.now, step: run.resumed.map { $0.step + 1 } ?? 0))
    self.file = file
  }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt) {
    let scalars = Self.numbers(record.line).filter { !["step", "epoch"].contains($0.tag) }.map { tag, value in
      EventMessage.Scalar(tag: tag, value: value, isFirst: tags.insert(tag).inserted)
    }
    if scalars.isEmpty { return }
    let event = EventMessage.scalars(scalars, at: EventFile.now, step: record.step)
    try Halt.onError { [file] () throws(Diagnostics) in try file?.append(event) }
  }

  func beforeCheckpoint() { file?.sync() }

  /// Every number in `json` by the path to it, elements of arrays by their index.
  static func numbers(_ json: JSON, _ path: String = "") -> [(tag: String, value: Double)] {
    if let number = json.number { return [(path, number)] }
    func below(_ name: String) -> String { path.isEmpty ? name : path + "/" + name }
    if let members = json.members { return members.flatMap { numbers($0.value, below($0.name)) } }
    return (json.array ?? []).enumerated().flatMap { numbers($1, below("\($0)")) }
  }
}
