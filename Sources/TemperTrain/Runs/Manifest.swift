import TemperCore
import TemperFiles
import TemperJSON

/// manifest.json: the circumstances of a run.
struct Manifest {
  let config: RunConfig
  let task: any Task
  let weights: DataSource?
  let threads: Int
  let arguments: [String]
  /// The manifest of the run being resumed, and the step it resumes from.
  let earlier: JSON?
  let after: Int?
  let start = Machine.now

  /// Every time the run was resumed, including this one.
  private var resumed: [JSON] {
    guard let earlier else { return [] }
    let now = JSON.object([
      ("time", .string(start)), ("after_step", .integer(after ?? 0)), ("arguments", .array(arguments.map { .string($0) })),
    ])
    return (earlier["resumed"]?.array ?? []) + [now]
  }

  /// The file content; `end` has what is known once the run has finished.
  func json(end: (reason: StopReason, exitCode: Int)?) -> JSON {
    .object([
      ("temper", .string(temperVersion)), ("seed", .integer(config.seed)), ("threads", .integer(threads)),
      ("arguments", earlier?["arguments"] ?? .array(arguments.map { .string($0) })), ("working_folder", .string(Paths.workingFolder)),
      ("git_revision", Machine.gitRevision(around: Paths.workingFolder).map { .string($0) } ?? .null),
      ("data", .array(task.facts.sources.map(\.json))), ("changed_labels", .integer(task.facts.noisyLabels)),
      ("init", earlier?["init"] ?? weights?.json ?? .null),
      ("cpu", Machine.processor.map { .string($0) } ?? .null),
      ("blas", .object([("build", .string(BLAS.build)), ("core", .string(BLAS.core))])),
      ("start", earlier?["start"] ?? .string(start)), ("resumed", .array(resumed)), ("end", end == nil ? .null : .string(Machine.now)),
      ("stop_reason", end.map { .string($0.reason.rawValue) } ?? .null), ("exit_code", end.map { .integer($0.exitCode) } ?? .null),
    ])
  }
}
