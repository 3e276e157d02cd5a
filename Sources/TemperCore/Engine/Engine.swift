import Glibc
import Synchronization

/// The resources of a computing thread: its buffer pool, and the number of threads that its kernels may use.
///
/// There is one for each thread and no global one, so several trainings can run side by side in a process. Not `Sendable`, on purpose: a step
/// runs on one thread, and only kernels fan out from it.
public final class Engine {
  /// The number of threads that a kernel may use. Results never depend on it: see ``Partition``.
  public var threads: Int

  /// The pool for the tensors of this thread.
  let pool = BufferPool()
  /// The threads that kernels fan out to.
  let workers = WorkerPool()

  init(threads: Int) {
    self.threads = threads
  }

  /// The engine of the calling thread.
  public static var current: Engine {
    if let known = pthread_getspecific(Self.key) {
      return Unmanaged<Engine>.fromOpaque(known).takeUnretainedValue()
    }
    let engine = Engine(threads: 1)
    pthread_setspecific(Self.key, Unmanaged.passRetained(engine).toOpaque())
    return engine
  }

  /// Runs `body` with `threads` threads for the kernels of this thread, then restores the old number.
  public static func withThreads<Result, Failure: Error>(_ threads: Int, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let engine = current
    let before = engine.threads
    engine.threads = max(1, threads)
    most.withLock { $0 = max($0, engine.threads) }
    defer { engine.threads = before }
    return try body()
  }

  /// The largest number of threads that kernels have had so far.
  static var mostThreads: Int { most.withLock { $0 } }
  private static let most = Mutex(1)

  /// Counters of the calling thread's pool.
  public static var statistics: PoolStatistics { current.pool.statistics }

  /// Resets the peak in ``statistics`` to the bytes in use now, so that a piece of work can be measured.
  public static func resetPeak() { current.pool.resetPeak() }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { Unmanaged<Engine>.fromOpaque($0!).release() }
    return key
  }()
}

/// The use of a thread's pool so far.
public struct PoolStatistics: Sendable, Equatable {
  /// Buffers handed out.
  public var taken = 0
  /// Buffers that had to come from malloc because the pool had none of that size.
  public var allocated = 0
  /// Idle bytes in the pool.
  public var idleBytes = 0
  /// Bytes of the buffers in use. A buffer counts where it is taken and where it is given back, so one that crosses threads shows in both.
  public var usedBytes = 0
  /// The peak of ``usedBytes`` since the thread began, or since ``Engine/resetPeak()``.
  public var peakBytes = 0
}
