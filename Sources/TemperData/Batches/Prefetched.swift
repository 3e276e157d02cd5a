import Dispatch
import TemperCore

/// Double-buffered blocks of batches, filled on another thread: while one is used for training, the next is filled. There is one hand-over
/// per block, and no allocation after the first two.
package final class Prefetched<Block> {
  /// The current block.
  package private(set) var block: Block
  private let filler: BackgroundFiller<Block>
  private let thread: BackgroundThread

  /// Blocks made by `newBlock`, which is called twice, and filled by `fill`: the first on this thread, all others on another, in order.
  package init(newBlock: () -> Block, fill: @escaping (Block) -> Void) {
    block = newBlock()
    let spare = newBlock()
    fill(block)
    let filler = BackgroundFiller(spare: spare, fill: fill)
    self.filler = filler
    let shared = Unchecked(filler)
    thread = BackgroundThread { shared.value.loop() }
  }

  deinit {
    // The other thread may be writing to a block.
    filler.stop()
    thread.join()
  }

  /// Hands over the current block for refilling, and takes the filled one.
  package func advance() {
    filler.exchange(&block)
  }
}

/// Fills one block while another is in use.
private final class BackgroundFiller<Block> {
  private let fill: (Block) -> Void
  private var spare: Block
  private var isStopped = false
  private let wanted = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  init(spare: Block, fill: @escaping (Block) -> Void) {
    (self.fill, self.spare) = (fill, spare)
    // The first is wanted at once. A semaphore that starts at 1 must not end lower: it would trap.
    wanted.signal()
  }

  /// The loop of the other thread.
  func loop() {
    while true {
      wanted.wait()
      if isStopped { return }
      fill(spare)
      filled.signal()
    }
  }

  /// Takes the filled block and hands over a used one for refilling.
  func exchange(_ block: inout Block) {
    filled.wait()
    swap(&block, &spare)
    wanted.signal()
  }

  func stop() {
    // Once the current block is filled the other thread waits, and sees the flag when it is woken.
    filled.wait()
    isStopped = true
    wanted.signal()
  }
}
