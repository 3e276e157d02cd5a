import Glibc

/// A thread that lives as long as its work. Kernels and prefetching use such threads because shared queues allocate for every work item,
/// which a training step must not do.
public final class BackgroundThread {
  private let handle: pthread_t

  /// Starts `body` on a new thread.
  public init(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Box(body))
    var handle = pthread_t()
    let status = pthread_create(
      &handle, nil,
      { raw in
        Unmanaged<Box>.fromOpaque(raw!).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    if status != 0 { fail("cannot create another thread (error \(status)); lower \"threads\"") }
    self.handle = handle
  }

  /// Waits until the work has ended; call it exactly once.
  public func join() {
    pthread_join(handle, nil)
  }

  private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

/// Carries a value across threads, where the surrounding code guarantees what the compiler cannot check.
public struct Unchecked<Value>: @unchecked Sendable {
  /// The value.
  public let value: Value

  /// Wraps `value`, which the caller guarantees to be safe to send.
  public init(_ value: Value) { self.value = value }
}
