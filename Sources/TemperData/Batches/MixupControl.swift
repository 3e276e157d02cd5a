import Synchronization

/// The current parameter of mixup's beta distribution, where it follows a schedule or the metrics of a run: set before each batch is taken.
public final class MixupControl: Sendable, Equatable {
  private let value: Mutex<Double>

  /// Starts at `alpha`.
  public init(_ alpha: Double) { value = Mutex(alpha) }

  /// The parameter; 0 for no mixup.
  public var alpha: Double {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }

  /// Whether both are the same object.
  public static func == (a: MixupControl, b: MixupControl) -> Bool { a === b }
}
