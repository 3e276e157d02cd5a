import CTemperSupport
import Dispatch
import Synchronization

/// The threads that an engine's kernels fan out to. A handover takes a microsecond while they are awake: between two work items a worker
/// spins for some hundred microseconds before it sleeps, which covers the gap between two kernels of a training step.
///
/// Work is a number of chunks. Each thread takes those of its own share first, the same in every kernel, so that what it wrote is still in
/// its cache; then the rest of others' shares, so that no thread waits for one that is preempted or waking up.
final class WorkerPool {
  private let board = Board()
  private var workers: [Worker] = []
  private var isBusy = false

  /// Calls `body(0)`, ..., `body(chunks - 1)`, on this thread and `threads - 1` of its own; returns when all are done.
  func run(chunks: Int, threads: Int, _ body: @escaping (Int) -> Void) {
    // Within a body, nested work runs on the same thread.
    guard !isBusy else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    isBusy = true
    while workers.count < threads - 1 { workers.append(Worker(board)) }
    let turn = board.publish(chunks, body)
    for index in 0..<threads - 1 { workers[index].call(to: turn, from: (index + 1) * chunks / threads) }
    board.help(turn, from: 0)
    board.wait(chunks)
    isBusy = false
  }

  deinit {
    for worker in workers { worker.stop() }
  }
}

/// The current work, and which chunks are taken.
private final class Board: @unchecked Sendable {
  /// The largest number of chunks of one work item.
  static let capacity = UInt32.bitWidth

  /// The number of the turn in the upper half, in the lower a bit for each free chunk. In one word, so that a late thread cannot take a chunk
  /// of a later turn.
  private let open = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)
  /// Written before a turn is published, and read only by threads that have taken a chunk of it, for which ``wait(_:)`` waits.
  private var body: ((Int) -> Void)?

  func publish(_ chunks: Int, _ body: @escaping (Int) -> Void) -> UInt32 {
    require(chunks <= Self.capacity, "a kernel may have \(Self.capacity) chunks at most, not \(chunks)")
    self.body = body
    finished.store(0, ordering: .relaxed)
    let turn = UInt32(truncatingIfNeeded: open.load(ordering: .relaxed) >> 32) &+ 1
    let all: UInt64 = (1 << UInt64(chunks)) - 1
    open.store(UInt64(turn) << 32 | all, ordering: .releasing)
    return turn
  }

  /// Does chunks of `turn` as long as there are any, first those from `start` on.
  func help(_ turn: UInt32, from start: Int) {
    var word = open.load(ordering: .acquiring)
    while UInt32(truncatingIfNeeded: word >> 32) == turn {
      let left = UInt32(truncatingIfNeeded: word)
      guard left != 0 else { return }
      let following = left & (~0 << UInt32(start))
      let chunk = (following != 0 ? following : left).trailingZeroBitCount
      let (isMine, now) = open.weakCompareExchange(
        expected: word, desired: word & ~(1 << UInt64(chunk)), ordering: .acquiringAndReleasing)
      word = now
      guard isMine else { continue }
      perform(chunk)
      finished.wrappingAdd(1, ordering: .releasing)
      word = open.load(ordering: .acquiring)
    }
  }

  /// Runs one chunk, and has released the body on return: the body belongs to a caller, and a release after the end of the last chunk would
  /// crash. Nothing is moved out of a function that is not inlined.
  @inline(never)
  private func perform(_ chunk: Int) { body?(chunk) }

  /// Returns when all chunks are done.
  func wait(_ chunks: Int) {
    // Long waits happen when another program has the processor: yield to it.
    var spins = 0
    while finished.load(ordering: .acquiring) != chunks {
      spins += 1
      if spins < 4000 { temper_pause() } else { temper_yield() }
    }
    body = nil
  }
}

/// One thread that waits for work.
private final class Worker {
  private let state: State
  private var thread: BackgroundThread?

  init(_ board: Board) {
    let state = State(board)
    self.state = state
    thread = BackgroundThread { state.loop() }
  }

  /// Lets it help with a turn, first with the chunks from `start` on.
  func call(to turn: UInt32, from start: Int) { state.announce(UInt64(turn) << 32 | UInt64(start)) }

  func stop() {
    state.announce(State.stop)
    thread?.join()
  }

  /// What the two threads share.
  private final class State: Sendable {
    /// No call: a share starts far below the half of ones.
    static let stop = UInt64.max

    private let board: Board
    private let announced = Atomic<UInt64>(0)
    private let isAsleep = Atomic<Bool>(false)
    private let alarm = DispatchSemaphore(value: 0)

    init(_ board: Board) { self.board = board }

    func announce(_ call: UInt64) {
      announced.store(call, ordering: .sequentiallyConsistent)
      if isAsleep.load(ordering: .sequentiallyConsistent), isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.signal() }
    }

    func loop() {
      var done: UInt64 = 0
      while true {
        let call = next(after: done)
        if call == Self.stop { return }
        board.help(UInt32(truncatingIfNeeded: call >> 32), from: Int(call & 0xFFFF_FFFF))
        done = call
      }
    }

    /// The call that follows `done`, as soon as it is announced.
    private func next(after done: UInt64) -> UInt64 {
      for _ in 0..<5000 {
        let call = announced.load(ordering: .acquiring)
        if call != done { return call }
        temper_pause()
      }
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      let call = announced.load(ordering: .sequentiallyConsistent)
      // The thread that resets the flag decides whether to signal.
      if call != done, isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return call }
      alarm.wait()
      return announced.load(ordering: .acquiring)
    }
  }
}
