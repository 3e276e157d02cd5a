import TemperJSON

/// The result of a check.
public struct CheckResult: Sendable {
  /// The configs, in the order given; empty if the check was interrupted.
  public let configs: [CheckedConfig]
  /// The baseline file; nil if there is none.
  public let baseline: String?
  /// Notes on the check as a whole.
  public let notes: [String]
  /// Where it was interrupted; nil if it finished.
  public let interruption: String?

  init(configs: [CheckedConfig], baseline: String?, notes: [String]) {
    (self.configs, self.baseline, self.notes, interruption) = (configs, baseline, notes, nil)
  }

  init(interruption: String) {
    (configs, baseline, notes, self.interruption) = ([], nil, [], interruption)
  }

  /// The exit status of the command.
  public var status: ExitStatus {
    if interruption != nil { return .interrupted }
    if configs.contains(where: \.hasFailedCases) { return .expectation }
    return configs.allSatisfy(\.failedRuns.isEmpty) ? .success : .failedRuns
  }

  /// Everything that fails, in sentences.
  public var failures: [String] { configs.flatMap(\.failures) }

  /// All notes, those on a config with its name.
  public var allNotes: [String] { notes + configs.flatMap { config in config.notes.map { "\(config.label): \($0)" } } }

  /// The output of `--json`.
  public var json: JSON {
    .object([
      ("exit_code", .integer(status.rawValue)), ("baseline", baseline.map { .string($0) } ?? .null),
      ("configs", .array(configs.map(\.json))), ("failures", .array(failures.map { .string($0) })),
      ("notes", .array(notes.map { .string($0) })), ("interruption", interruption.map { .string($0) } ?? .null),
    ])
  }
}
