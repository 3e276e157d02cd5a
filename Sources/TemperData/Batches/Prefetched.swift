import Dispatch
import TemperCore

/// Blocks of batches, filled one after the other on another thread, two in turn: while one is trained on, the next is filled. A hand-over is
/// paid once a block, and no memory is allocated after the first two.
package final class Prefetched<Block> {
  /// The block in use.
  package private(set) var block: Block
  private let filler: BackgroundFiller<Block>
  private let thread: BackgroundThread

  /// Blocks made by `newBlock`, which gives two of them, and filled by `fill`: the first on this thread, all others on another, in order.
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

  /// Gives the block in use to be filled anew, and takes the filled one.
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
    // The first is wanted at once. A semaphore that starts at 1 must not end below: it would trap.
    wanted.signal()
  }

  /// The work of the other thread.
  func loop() {
    while true {
      wanted.wait()
      if isStopped { return }
      fill(spare)
      filled.signal()
    }
  }

  /// Takes the filled block and gives a used one to be filled.
  func exchange(_ block: inout Block) {
    filled.wait()
    swap(&block, &spare)
    wanted.signal()
  }

  func stop() {
    // Once the present block is filled the other thread waits, and sees the flag when it is woken.
    filled.wait()
    isStopped = true
    wanted.signal()
  }
}
