import Dispatch

/// How work is cut: into chunks that depend on its shape alone, never on the number of threads. Partial results are kept by chunk and
/// combined in chunk order, so the bits are the same on any number of threads.
public struct Partition: Sendable {
  /// How many chunks.
  public let chunks: Int
  /// How many items in all.
  public let count: Int
  /// Chunks start at multiples of this.
  public let grain: Int

  /// Cuts `count` items, of about `cost` floating-point operations each, into chunks worth their while.
  ///
  /// Handing a chunk to another thread costs some microseconds; `worth` is the work that pays for that. At most `most` chunks are made.
  public init(_ count: Int, cost: Int, worth: Int = 400_000, most: Int = 8, grain: Int = 16) {
    let byWork = max(1, count * cost / worth)
    let byGrain = max(1, count / grain)
    self.count = count
    self.grain = grain
    chunks = min(byWork, byGrain, most)
  }

  /// The items of one chunk.
  public func range(_ chunk: Int) -> Range<Int> {
    edge(chunk)..<edge(chunk + 1)
  }

  private func edge(_ chunk: Int) -> Int {
    if chunk >= chunks { return count }
    return count * chunk / chunks / grain * grain
  }

  /// Calls `body` once for each chunk, on up to `Engine.current.threads` threads; returns when all are done.
  public func run(_ body: (_ chunk: Int, _ items: Range<Int>) -> Void) {
    let workers = min(Engine.current.threads, chunks)
    if workers <= 1 {
      for chunk in 0..<chunks { body(chunk, range(chunk)) }
      return
    }
    // The closure only touches memory that the caller keeps alive and cuts by chunk; the compiler cannot see that.
    withoutActuallyEscaping(body) { body in
      let shared = Unchecked(body)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for chunk in stride(from: worker, to: chunks, by: workers) { shared.value(chunk, range(chunk)) }
      }
    }
  }
}

/// Carries a value across threads where the code around it guarantees what the compiler cannot check.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
