import CTemperSupport
import Dispatch
import Synchronization

/// The threads that an engine's kernels fan out to. Handing work over takes a microsecond while they are awake: between two pieces of work
/// a worker spins for some tens of microseconds before it sleeps, which is what separates two kernels of a training step.
final class WorkerPool {
  private var workers: [Worker] = []

  /// Calls `body(0)`, ..., `body(count - 1)`, the first on this thread, each other on one of its own; returns when all are done.
  func run(_ count: Int, _ body: @escaping (Int) -> Void) {
    while workers.count < count - 1 { workers.append(Worker()) }
    for index in 1..<count { workers[index - 1].start { body(index) } }
    body(0)
    for index in 1..<count { workers[index - 1].wait() }
  }

  deinit {
    for worker in workers { worker.stop() }
  }
}

/// One thread that waits for work.
private final class Worker {
  private let state = State()
  private var thread: BackgroundThread?
  private var tickets = 0

  init() {
    let state = Unchecked(state)
    thread = BackgroundThread { state.value.loop() }
  }

  func start(_ job: @escaping () -> Void) {
    state.job = job
    tickets += 1
    state.announce(tickets)
  }

  func wait() {
    // Long waits happen where another program has the processor: let it go on.
    var spins = 0
    while state.finished.load(ordering: .acquiring) != tickets {
      spins += 1
      if spins < 4000 { temper_pause() } else { temper_yield() }
    }
    state.job = nil
  }

  func stop() {
    state.announce(-1)
    thread?.join()
  }

  /// What the two threads share. `job` is written before a ticket is announced and read after it was seen.
  private final class State {
    nonisolated(unsafe) var job: (() -> Void)?
    let announced = Atomic<Int>(0)
    let finished = Atomic<Int>(0)
    let isAsleep = Atomic<Bool>(false)
    let alarm = DispatchSemaphore(value: 0)

    func announce(_ ticket: Int) {
      announced.store(ticket, ordering: .sequentiallyConsistent)
      if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.signal() }
    }

    func loop() {
      var done = 0
      while true {
        let ticket = next(after: done)
        if ticket < 0 { return }
        perform()
        done = ticket
        finished.store(ticket, ordering: .releasing)
      }
    }

    /// Does the job, and has let go of it on return: the closure belongs to a caller that may find it in use after the ticket is finished, which
    /// a release moved behind that would make a crash. Nothing is moved out of a function that is not inlined.
    @inline(never)
    private func perform() { job?() }

    /// The ticket that follows `done`, as soon as it is announced.
    private func next(after done: Int) -> Int {
      for _ in 0..<1000 {
        let ticket = announced.load(ordering: .acquiring)
        if ticket != done { return ticket }
        temper_pause()
      }
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      var ticket = announced.load(ordering: .sequentiallyConsistent)
      // Whoever turns the flag back decides whether the alarm rings.
      if ticket != done, isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return ticket }
      alarm.wait()
      ticket = announced.load(ordering: .acquiring)
      return ticket
    }
  }
}
