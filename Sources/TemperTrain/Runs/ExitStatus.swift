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
  /// A result does not meet `expect` or `strict`.
  case expectation = 10

  /// The text in the README's table.
  public var meaning: String {
    switch self {
    case .success: "all went well"
    case .bug: "a mistake in Temper itself: please report it"
    case .usage: "a mistake in the config or on the command line"
    case .data: "a mistake in the data"
    case .inputMissing: "an input is missing"
    case .cannotWrite: "the output cannot be written, or the run exists already"
    case .interrupted: "the run was interrupted and can be resumed"
    case .diverged: "the run diverged: a loss, a gradient or a parameter was no finite number"
    case .expectation: "a result is not as `expect` wants it, or there are warnings and the config is strict"
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
