import Glibc
import Synchronization

/// What a computing thread owns: its pool of buffers and the number of threads its kernels may use.
///
/// There is one per thread and no global one, so several trainings can run side by side in a process. Not `Sendable`, on purpose: a step
/// runs on one thread, and only kernels fan out from it.
public final class Engine {
  /// How many threads a kernel may use. Results never depend on it: see ``Partition``.
  public var threads: Int

  /// The buffers that tensors of this thread come from and return to.
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

  /// Runs `body` with `threads` threads for the kernels of this thread, then puts the old number back.
  public static func withThreads<Result, Failure: Error>(_ threads: Int, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let engine = current
    let before = engine.threads
    engine.threads = max(1, threads)
    most.withLock { $0 = max($0, engine.threads) }
    defer { engine.threads = before }
    return try body()
  }

  /// The most threads that kernels have been given so far.
  static var mostThreads: Int { most.withLock { $0 } }
  private static let most = Mutex(1)

  /// Counters of the calling thread's pool.
  public static var statistics: PoolStatistics { current.pool.statistics }

  /// Makes the bytes in use now the peak that ``statistics`` tells, so that a piece of work can be measured.
  public static func resetPeak() { current.pool.resetPeak() }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { Unmanaged<Engine>.fromOpaque($0!).release() }
    return key
  }()
}

/// How a thread's pool has been used so far.
public struct PoolStatistics: Sendable, Equatable {
  /// Buffers handed out.
  public var taken = 0
  /// Buffers that had to come from malloc because the pool had none of that size.
  public var allocated = 0
  /// Bytes lying in the pool, ready for use.
  public var idleBytes = 0
  /// Bytes of the buffers in use. A buffer counts where it is taken and where it is given back, so one that crosses threads shows in both.
  public var usedBytes = 0
  /// The most that ``usedBytes`` has been since the thread began or ``Engine/resetPeak()``.
  public var peakBytes = 0
}
