import TemperJSON

/// The exit status of the command. The raw value is the exit code.
public enum ExitStatus: Int, Sendable, CaseIterable {
  /// Success.
  case success = 0
  /// A bug in Temper itself.
  case bug = 1
  /// An error in the config or on the command line.
  case usage = 64
  /// An error in the data.
  case data = 65
  /// An input is missing.
  case inputMissing = 66
  /// The output cannot be written, or the run already exists.
  case cannotWrite = 73
  /// A signal interrupted the run, which can be resumed.
  case interrupted = 75
  /// A loss, a gradient or a parameter was not finite.
  case diverged = 11
  /// A result does not meet `expect` or `strict`, or a metric has regressed.
  case expectation = 10
  /// A sign of burn-in exceeds its tolerance.
  case burnIn = 12
  /// A check or a sweep finished, but some of its runs failed.
  case failedRuns = 13

  /// The text in the README's table.
  public var meaning: String {
    switch self {
    case .success: "success"
    case .bug: "internal error: please report it as a bug"
    case .usage: "invalid config or command line"
    case .data: "invalid data"
    case .inputMissing: "input not found or not readable"
    case .cannotWrite: "output cannot be written, or already exists"
    case .interrupted: "interrupted; the run can be resumed"
    case .diverged: "diverged: a loss, a gradient or a parameter is not finite"
    case .expectation: "`expect` not met, warnings with `strict`, or a regression found by `check`"
    case .burnIn: "burn-in beyond a tolerance of `guard`"
    case .failedRuns: "check or sweep finished with failed runs"
    }
  }

  /// The status of an error; if there are several, the most severe. The first two digits of a code are its family.
  public init(_ error: Diagnostics) {
    let families = Set(error.list.map { $0.code.name.prefix(3) })
    let order: [(Substring, ExitStatus)] = [
      ("E00", .usage), ("E01", .usage), ("W01", .usage), ("E02", .data), ("W02", .data), ("E03", .inputMissing), ("E04", .cannotWrite),
      ("W03", .expectation),
    ]
    self = order.first { families.contains($0.0) }?.1 ?? .bug
  }
}
