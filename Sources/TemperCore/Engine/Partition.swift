/// The partition of work into chunks, which depends on its shape alone, never on the number of threads. Partial results are kept by chunk and
/// combined in chunk order, so the bits are the same on any number of threads. Work without partial results may be done several chunks at a
/// time.
public struct Partition: Sendable {
  /// The number of chunks.
  public let chunks: Int
  /// The total number of items.
  public let count: Int
  /// Chunks start at multiples of this.
  private let alignment: Int

  /// Cuts `count` items, of about `cost` floating-point operations each, into chunks that are worth a thread.
  ///
  /// Handing a chunk to another thread costs some microseconds; `grain` is the work that outweighs it. Chunks have `minItems` items or more, and
  /// there are at maxChunks `maxChunks` of them, a power of two, so that two or four threads get equal shares.
  public init(_ count: Int, cost: Int, grain: Int = 400_000, maxChunks: Int = 8, minItems: Int = 16) {
    self.count = count
    // A cache line of floats, so that two threads never write to the same one.
    alignment = min(minItems, 16)
    let wanted = min(max(1, count * cost / grain), max(1, count / minItems), maxChunks)
    chunks = 1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount)
  }

  /// The items of one chunk.
  public func range(_ chunk: Int) -> Range<Int> {
    edge(chunk)..<edge(chunk + 1)
  }

  private func edge(_ chunk: Int) -> Int {
    if chunk >= chunks { return count }
    return count * chunk / chunks / alignment * alignment
  }

  /// Calls `body` once for each chunk, on up to `Engine.current.threads` threads; returns when all are done.
  public func run(_ body: (_ chunk: Int, _ items: Range<Int>) -> Void) {
    let threads = min(Engine.current.threads, chunks)
    if threads <= 1 {
      for chunk in 0..<chunks { body(chunk, range(chunk)) }
      return
    }
    // The pool is done with the closure when it returns.
    withoutActuallyEscaping(body) { body in
      Engine.current.workers.run(chunks: chunks, threads: threads) { chunk in body(chunk, range(chunk)) }
    }
  }

  /// Calls `body` for all items, the chunks of one thread in one call; returns when all are done. For work whose result for an item does not
  /// depend on the cut, and that is faster in large pieces.
  func runJoined(_ body: (_ items: Range<Int>) -> Void) {
    let pieces = min(Engine.current.threads, chunks)
    func items(_ piece: Int) -> Range<Int> { edge(piece * chunks / pieces)..<edge((piece + 1) * chunks / pieces) }
    if pieces <= 1 { return body(0..<count) }
    withoutActuallyEscaping(body) { body in
      Engine.current.workers.run(chunks: pieces, threads: pieces) { body(items($0)) }
    }
  }
}
