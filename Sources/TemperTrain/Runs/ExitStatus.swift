import TemperJSON

/// How the command ends, as the shell sees it. The raw value is the exit code.
public enum ExitStatus: Int, Sendable, CaseIterable {
  /// All went well.
  case success = 0
  /// A mistake in Temper itself.
  case bug = 1
  /// A mistake in the config or on the command line.
  case usage = 64
  /// A mistake in the data.
  case data = 65
  /// An input is missing.
  case inputMissing = 66
  /// The output cannot be written, or the run exists already.
  case cannotWrite = 73
  /// A signal ended the run, which can be resumed.
  case interrupted = 75
  /// A loss, a gradient or a parameter was no finite number.
  case diverged = 11
  /// A result is not as `expect` or `strict` wants it.
  case expectation = 10

  /// What the README's table says.
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

  /// The status of an error; of several the most severe. The first two digits of a code are its family.
  public init(_ error: Diagnostics) {
    let families = Set(error.list.map { $0.code.name.prefix(3) })
    let order: [(Substring, ExitStatus)] = [
      ("E00", .usage), ("E01", .usage), ("W01", .usage), ("E02", .data), ("W02", .data), ("E03", .inputMissing), ("E04", .cannotWrite),
      ("W03", .expectation),
    ]
    self = order.first { families.contains($0.0) }?.1 ?? .bug
  }
}
